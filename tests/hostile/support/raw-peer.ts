import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { Transport } from "./transports.js";

/** The Close frames that peers read, or how the socket ended without one. */
export interface Ending {
  readonly closeCode?: number;
  readonly atMs: number;
}

/** A peer that speaks bytes, put together without the code under test, and does only what the test says. */
export class RawPeer {
  readonly transport: Transport;
  readonly socket: Socket;
  /** Resolves when the server has ended the connection, in whichever way. */
  readonly ended: Promise<Ending>;
  onFrame: (opCode: number, payload: Buffer) => void = () => {};
  #bytes: Buffer = Buffer.alloc(0);
  #isUpgraded: boolean;
  #upgraded!: () => void;
  #closeCode: number | undefined;

  private constructor(transport: Transport, socket: Socket) {
    this.transport = transport;
    this.socket = socket;
    this.#isUpgraded = transport === "tcp";
    socket.on("data", (chunk) => this.#received(chunk));
    socket.on("error", () => {});
    this.ended = new Promise((resolve) => {
      const onEnd = () => {
        resolve({ atMs: Date.now(), ...(this.#closeCode !== undefined && { closeCode: this.#closeCode }) });
      };
      socket.once("end", onEnd).once("close", onEnd);
    });
  }

  /** Connects, without an upgrade. */
  static async connect(transport: Transport, port: number, localAddress?: string): Promise<RawPeer> {
    const socket = connect({
      port,
      host: "127.0.0.1",
      noDelay: true,
      // The server hangs up; we do only when the test says so.
      allowHalfOpen: true,
      ...(localAddress && { localAddress }),
    });
    const peer = new RawPeer(transport, socket);
    onTestFinished(() => void socket.destroy());
    await once(socket, "connect");
    return peer;
  }

  /** Connects and is ready to send frames. */
  static async open(transport: Transport, port: number, localAddress?: string): Promise<RawPeer> {
    const peer = await RawPeer.connect(transport, port, localAddress);
    await peer.upgrade();
    return peer;
  }

  /** Sends the upgrade request of WebSocket and waits for the answer; TCP has none. @param headers more of them, as lines */
  async upgrade(...headers: readonly string[]): Promise<void> {
    if (this.#isUpgraded) return;
    const answered = new Promise<void>((resolve) => {
      this.#upgraded = resolve;
    });
    this.socket.write([upgradeRequest.trimEnd(), ...headers, "\r\n"].join("\r\n"));
    const refused = this.ended.then(() => Promise.reject(new Error("the server refused the upgrade")));
    await Promise.race([answered, refused]);
  }

  send(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** A whole frame, as the transport writes it. */
  frame(opCode: number, payload: string | Uint8Array): Buffer {
    const bytes = Buffer.from(payload as string);
    if (this.transport === "tcp") return Buffer.concat([tcpHeader(opCode, bytes.length), bytes]);
    if (bytes.length >= 65_536) throw new Error("a raw peer sends no frames so long");
    const short = bytes.length < 126;
    // The mask is four zeros, so that masked bytes are the bytes themselves.
    const header = Buffer.alloc(short ? 6 : 8);
    header.writeUInt8(0x80 | opCode);
    header.writeUInt8(0x80 | (short ? bytes.length : 126), 1);
    if (!short) header.writeUInt16BE(bytes.length, 2);
    return Buffer.concat([header, bytes]);
  }

  /** Logs in by name and waits for the answer. */
  async logIn(id: string): Promise<void> {
    const answered = new Promise<void>((resolve) => {
      this.onFrame = () => resolve();
    });
    this.send(this.frame(2, id));
    const refused = this.ended.then(({ closeCode }) => Promise.reject(new Error(`login refused: ${closeCode}`)));
    await Promise.race([answered, refused]);
    this.onFrame = () => {};
  }

  #received(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    if (!this.#isUpgraded) {
      const end = this.#bytes.indexOf("\r\n\r\n");
      if (end < 0) return;
      if (!this.#bytes.toString("latin1").startsWith("HTTP/1.1 101")) return;
      this.#bytes = this.#bytes.subarray(end + 4);
      this.#isUpgraded = true;
      this.#upgraded();
    }
    for (;;) {
      const header = this.transport === "tcp" ? readTcpHeader(this.#bytes) : readWsHeader(this.#bytes);
      if (!header || this.#bytes.length < header.end) return;
      const payload = this.#bytes.subarray(header.start, header.end);
      this.#bytes = this.#bytes.subarray(header.end);
      if (header.opCode === 8) this.#closeCode ??= payload.length < 2 ? 1005 : payload.readUInt16BE();
      else this.onFrame(header.opCode, payload);
    }
  }
}

export const upgradeRequest = [
  "GET / HTTP/1.1",
  "Host: im.test",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "\r\n",
].join("\r\n");

export function tcpHeader(opCode: number, length: number): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt8(opCode);
  header.writeUInt32BE(length, 1);
  return header;
}

interface Header {
  readonly opCode: number;
  readonly start: number;
  readonly end: number;
}

function readTcpHeader(bytes: Buffer): Header | undefined {
  if (bytes.length < 5) return undefined;
  return { opCode: bytes[0]!, start: 5, end: 5 + bytes.readUInt32BE(1) };
}

function readWsHeader(bytes: Buffer): Header | undefined {
  if (bytes.length < 2) return undefined;
  const opCode = bytes[0]! & 0x0f;
  const length = bytes[1]!;
  if (length < 126) return { opCode, start: 2, end: 2 + length };
  const start = length === 126 ? 4 : 10;
  if (bytes.length < start) return undefined;
  const long = length === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return { opCode, start, end: start + long };
}
