import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { Recorder, within } from "./recorder.js";

export interface RawFrame {
  readonly opCode: number;
  readonly payload: Buffer;
}

/** A TCP frame, put together here without the code under test. */
export function frame(opCode: number, payload: string | Uint8Array = ""): Buffer {
  const bytes = Buffer.from(payload as string);
  const header = Buffer.alloc(5);
  header.writeUInt8(opCode);
  header.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([header, bytes]);
}

/** The payload of a Close frame, put together here without the code under test. */
export function closeFrame(code: number, reason = ""): Buffer {
  const status = Buffer.alloc(2);
  status.writeUInt16BE(code);
  return frame(8, Buffer.concat([status, Buffer.from(reason)]));
}

/** What kim's clients send. */
export const kim = { close: Buffer.from("0800000000", "hex"), ping: Buffer.from("0900000000", "hex") };

/** A peer that speaks bytes and does only what the test says; it never hangs up by itself. */
export class RawPeer {
  readonly socket: Socket;
  readonly #frames = new Recorder<RawFrame>("frames from the server");
  readonly #ends = new Recorder<"end" | "reset">("ends of the connection");
  #bytes: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
    onTestFinished(() => void socket.destroy());
    socket.on("data", (chunk) => this.#received(chunk));
    socket.on("end", () => this.#ends.add("end"));
    socket.on("error", () => this.#ends.add("reset"));
  }

  /** @param where a port of this machine, or the path of a Unix domain socket */
  static async connect(where: number | string): Promise<RawPeer> {
    const target = typeof where === "number" ? { port: where, host: "127.0.0.1" } : { path: where };
    const socket = connect({ ...target, allowHalfOpen: true, noDelay: true });
    const peer = new RawPeer(socket);
    await within(new Promise<void>((resolve) => socket.once("connect", resolve)), "the raw peer to connect");
    return peer;
  }

  /** Sends all parts in one write. */
  send(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** Reads nothing, sends parts of zeros until so many bytes have left, and hangs up. */
  async pourAndHangUp(byteLength: number): Promise<void> {
    this.socket.pause();
    const part = Buffer.alloc(256 * 1024);
    for (let sent = 0; sent < byteLength; sent += part.length) this.socket.write(part);
    await within(new Promise<void>((resolve) => this.socket.end(resolve)), "all that was sent to leave");
    this.socket.resume();
  }

  /** Sends each byte in a segment of its own, as far as the system lets us. */
  async drip(bytes: Uint8Array): Promise<void> {
    for (const byte of bytes) {
      await new Promise<void>((written) => this.socket.write(Uint8Array.of(byte), () => written()));
    }
  }

  /** The next frame of the server. */
  frame(): Promise<RawFrame> {
    return this.#frames.next();
  }

  /** The code and reason of the server's next frame, which must be a Close. */
  async close(): Promise<{ code: number; reason: string }> {
    const { opCode, payload } = await this.frame();
    if (opCode !== 8) throw new Error(`expected a Close frame, got opcode ${opCode} ${payload.toString("hex")}`);
    return { code: payload.length === 0 ? 1005 : payload.readUInt16BE(), reason: payload.toString("utf8", 2) };
  }

  /** All frames that came until the server ended the connection. */
  async framesUntilEnd(): Promise<readonly RawFrame[]> {
    await this.ended();
    return this.#frames.all;
  }

  /** How the server ended the connection: with FIN or with RST. */
  ended(): Promise<"end" | "reset"> {
    return this.#ends.first(() => true, "any");
  }

  /** Sends FIN and goes on reading. */
  hangUp(): void {
    this.socket.end();
  }

  /** Sends RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  #received(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= 5) {
      const end = 5 + this.#bytes.readUInt32BE(1);
      if (this.#bytes.length < end) return;
      this.#frames.add({ opCode: this.#bytes[0]!, payload: this.#bytes.subarray(5, end) });
      this.#bytes = this.#bytes.subarray(end);
    }
  }
}
