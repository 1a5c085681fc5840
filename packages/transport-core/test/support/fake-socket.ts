import type { Socket } from "node:net";
import { text } from "./fake-driver.js";

/** A socket that takes bytes when the test says so. */
export function fakeSocket(): FakeSocket & Socket {
  return new FakeSocket() as FakeSocket & Socket;
}

/** What a driver and a batch use of a socket. */
class FakeSocket {
  readonly localAddress = "127.0.0.1";
  readonly localPort = 1;
  readonly remoteAddress = "127.0.0.2";
  readonly remotePort = 2;
  errored: Error | null = null;
  writableLength = 0;
  takesAtOnce = true;
  encrypted = false;
  /** What the system below has not taken of what is encrypted. */
  readonly _handle = { writeQueueSize: 0, _parent: { writeQueueSize: 0 } };
  /** What was written, piece by piece. */
  readonly pieces: Uint8Array[] = [];
  /** `cork`, `uncork`, `write abc`, `pause`, …, in order. */
  readonly calls: string[] = [];
  #callbacks: ((error?: Error | null) => void)[] = [];
  readonly #listeners = new Map<string, (this: FakeSocket, argument?: unknown) => void>();

  on(event: string, listener: (this: never, ...args: never[]) => void): void {
    this.#listeners.set(event, listener as (this: FakeSocket, argument?: unknown) => void);
  }

  emit(event: "data" | "error" | "close", argument?: unknown): void {
    this.#listeners.get(event)?.call(this, argument);
  }

  cork(): void {
    this.calls.push("cork");
  }

  uncork(): void {
    this.calls.push("uncork");
  }

  write(piece: Uint8Array, taken?: (error?: Error | null) => void): boolean {
    if (piece.length > 0) {
      this.pieces.push(piece);
      this.calls.push(`write ${piece.length > 20 ? `${piece.length} bytes` : text(piece)}`);
    }
    if (!this.takesAtOnce) this.writableLength += piece.length;
    if (taken) this.#callbacks.push(taken);
    return this.takesAtOnce;
  }

  /** The system takes all that was written. */
  take(): void {
    this.#settle(null);
  }

  /** The peer resets the connection: what was written is lost. */
  reset(): void {
    this.#settle(new Error("read ECONNRESET"));
  }

  #settle(error: Error | null): void {
    this.writableLength = 0;
    for (const callback of this.#callbacks.splice(0)) callback(error);
  }

  pause(): void {
    this.calls.push("pause");
  }

  resume(): void {
    this.calls.push("resume");
  }

  end(): void {
    this.calls.push("end");
  }

  destroy(): void {
    this.calls.push("destroy");
  }
}
