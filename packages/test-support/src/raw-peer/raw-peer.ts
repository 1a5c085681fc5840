import type { Socket } from "node:net";
import { onTestFinished } from "vitest";
import { Recorder, within } from "../recorder.js";

export interface RawFrame {
  /** Above 255 if the first byte says more than the opcode of a whole frame. */
  readonly opCode: number;
  readonly payload: Buffer;
}

/** What stands at the beginning of the bytes received. */
export interface Parsed<F extends RawFrame> {
  readonly byteLength: number;
  /** Left out for bytes that are no frame, such as an HTTP head. */
  readonly frame?: F;
}

/** The bytes of the status code and the reason of a Close frame. */
export function closePayload(code: number, reason = ""): Buffer {
  const status = Buffer.alloc(2);
  status.writeUInt16BE(code);
  return Buffer.concat([status, Buffer.from(reason)]);
}

/** A peer that sends bytes and does only what the test says; it never ends its side by itself. */
export abstract class RawPeer<F extends RawFrame = RawFrame> {
  readonly socket: Socket;
  readonly #frames = new Recorder<F>("frames from the other side");
  readonly #ends = new Recorder<"end" | "reset">("ends of the connection");
  /** Doubles when it is full, so that a large frame costs no more than its bytes. */
  #memory: Buffer = Buffer.alloc(0);
  /** Where in the memory stands what came and is no frame yet. */
  #start = 0;
  #end = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    onTestFinished(() => void socket.destroy());
    socket.on("data", (chunk) => this.#received(chunk));
    socket.on("end", () => this.#ends.add("end"));
    socket.on("error", () => this.#ends.add("reset"));
  }

  /** What stands whole at the beginning of these bytes, if anything does. */
  protected abstract parse(bytes: Buffer): Parsed<F> | undefined;

  /** Sends all parts in one write. */
  send(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** Reads nothing, sends the part until so many bytes have left, and ends its side. */
  async pourAndHangUp(byteLength: number, part: Uint8Array): Promise<void> {
    this.socket.pause();
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

  /** All frames so far. */
  get frames(): readonly F[] {
    return this.#frames.all;
  }

  /** What came and is no frame, or not yet. */
  get rest(): Buffer {
    return this.#memory.subarray(this.#start, this.#end);
  }

  frame(): Promise<F> {
    return this.#frames.next();
  }

  /** The opcode and payload of the next frame, as text. */
  async message(): Promise<{ opCode: number; text: string }> {
    const { opCode, payload } = await this.frame();
    return { opCode, text: payload.toString() };
  }

  /** The code and reason of the next frame, which must be a Close. */
  async close(): Promise<{ code: number; reason: string }> {
    const { opCode, payload } = await this.frame();
    if (opCode !== 8) throw new Error(`expected a Close frame, got opcode ${opCode} ${payload.toString("hex")}`);
    return { code: payload.length === 0 ? 1005 : payload.readUInt16BE(), reason: payload.toString("utf8", 2) };
  }

  /** All frames that came until the other side ended the connection. */
  async framesUntilEnd(): Promise<readonly F[]> {
    await this.ended();
    if (this.rest.length > 0) throw new Error(`bytes that are no frame: ${this.rest.toString("hex")}`);
    return this.#frames.all;
  }

  /** How the other side ended the connection: with FIN or with RST. */
  ended(): Promise<"end" | "reset"> {
    return this.#ends.first(() => true, "any");
  }

  /** Resolves when the socket is closed in both directions. */
  async closed(deadlineMs?: number): Promise<void> {
    const closing = new Promise<void>((resolve) => this.socket.once("close", () => resolve()));
    if (!this.socket.closed) await within(closing, "the raw peer's socket to close", deadlineMs);
  }

  /** Sends FIN and goes on reading. */
  hangUp(): void {
    this.socket.end();
  }

  /** Sends RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Looks again at what is waited for. */
  protected wake(): void {
    this.#frames.wake();
  }

  protected until(isMet: () => boolean, what: string): Promise<void> {
    return this.#frames.until(isMet, what);
  }

  #received(chunk: Buffer): void {
    if (this.#end + chunk.length > this.#memory.length) {
      const { rest } = this;
      this.#memory = Buffer.alloc(2 * (rest.length + chunk.length));
      rest.copy(this.#memory);
      [this.#start, this.#end] = [0, rest.length];
    }
    chunk.copy(this.#memory, this.#end);
    this.#end += chunk.length;
    for (let parsed = this.parse(this.rest); parsed; parsed = this.parse(this.rest)) {
      this.#start += parsed.byteLength;
      if (parsed.frame) this.#frames.add(parsed.frame);
    }
  }
}
