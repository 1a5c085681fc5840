import type { PlatformWebSocket } from "../../src/browser/platform-web-socket.js";

/** A platform's WebSocket that is open, and whose network takes only what the test has it take. */
export class FakeWebSocket implements PlatformWebSocket {
  binaryType = "arraybuffer";
  bufferedAmount = 0;
  protocol = "";
  onopen: PlatformWebSocket["onopen"] = null;
  onmessage: PlatformWebSocket["onmessage"] = null;
  onerror: PlatformWebSocket["onerror"] = null;
  onclose: PlatformWebSocket["onclose"] = null;
  readonly sent: (string | Uint8Array)[] = [];
  /** What it was closed with, each time. */
  readonly closes: unknown[][] = [];

  send(data: string | Uint8Array): void {
    this.sent.push(data);
    this.bufferedAmount += typeof data === "string" ? new TextEncoder().encode(data).length : data.length;
  }

  close(...codeAndReason: unknown[]): void {
    this.closes.push(codeAndReason);
  }

  /** The network takes so much of what waits. */
  take(bytes = this.bufferedAmount): void {
    this.bufferedAmount -= bytes;
  }
}
