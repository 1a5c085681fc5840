import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { parseFrame, type RawFrame } from "./raw-frames.js";
import { Recorder, within } from "./transport-neutral.js";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** An upgrade request, put together here without `ws`. Headers of `undefined` are left out. */
export function upgradeRequest(path = "/", headers: Readonly<Record<string, string | undefined>> = {}): Buffer {
  const all: Record<string, string | undefined> = {
    Host: "localhost",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return Buffer.from([`GET ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
}

/** The answer that agrees to an upgrade request with this key. */
export function upgradeAnswer(key: string): Buffer {
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  return Buffer.from([...lines, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n"));
}

/** A peer that speaks bytes and does only what the test says; it never hangs up by itself. */
export class RawPeer {
  readonly socket: Socket;
  /** What comes before the first empty line. */
  #head: string | undefined;
  readonly #frames = new Recorder<RawFrame>("frames from the other side");
  readonly #ends = new Recorder<"end" | "reset">("ends of the connection");
  #bytes: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
    onTestFinished(() => void socket.destroy());
    socket.on("data", (chunk) => this.#received(chunk));
    socket.on("end", () => this.#ends.add("end"));
    socket.on("error", () => this.#ends.add("reset"));
  }

  /** Connects and says nothing. */
  static async connect(port: number): Promise<RawPeer> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const peer = new RawPeer(socket);
    await within(new Promise<void>((resolve) => socket.once("connect", resolve)), "the raw peer to connect");
    return peer;
  }

  /** Connects and upgrades. */
  static async upgraded(port: number, path?: string): Promise<RawPeer> {
    const peer = await RawPeer.connect(port);
    peer.send(upgradeRequest(path));
    const head = await peer.head();
    if (!head.startsWith("HTTP/1.1 101 ")) throw new Error(`expected 101, got ${head}`);
    return peer;
  }

  /** Sends all parts in one write. */
  send(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** Reads nothing, sends a part (zeros are no frames) until so many bytes have left, and hangs up. */
  async pourAndHangUp(byteLength: number, part: Uint8Array = Buffer.alloc(256 * 1024)): Promise<void> {
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

  /** The status line and the headers of the answer, or of the request. */
  async head(): Promise<string> {
    await this.#frames.until(() => this.#head !== undefined, "the HTTP head");
    return this.#head!;
  }

  /** What follows an HTTP head, once the other side has ended the connection. */
  async body(): Promise<string> {
    await this.ended();
    return this.#bytes.toString();
  }

  frame(): Promise<RawFrame> {
    return this.#frames.next();
  }

  /** The opcode and payload of the next frame, as text. */
  async message(): Promise<{ opCode: number; text: string }> {
    const { first, payload } = await this.frame();
    return { opCode: first & 0xf, text: payload.toString() };
  }

  /** The code and reason of the next frame, which must be a Close. */
  async close(): Promise<{ code: number; reason: string }> {
    const { first, payload } = await this.frame();
    if (first !== 0x88) throw new Error(`expected a Close frame, got ${first.toString(16)} ${payload.toString("hex")}`);
    return { code: payload.length === 0 ? 1005 : payload.readUInt16BE(), reason: payload.toString("utf8", 2) };
  }

  /** All frames that came until the other side ended the connection. */
  async framesUntilEnd(): Promise<readonly RawFrame[]> {
    await this.ended();
    if (this.#bytes.length > 0) throw new Error(`bytes that are no frame: ${this.#bytes.toString("hex")}`);
    return this.#frames.all;
  }

  /** How the other side ended the connection: with FIN or with RST. */
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
    if (this.#head === undefined) {
      const end = this.#bytes.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.#head = this.#bytes.toString("latin1", 0, end);
      this.#bytes = this.#bytes.subarray(end + 4);
      this.#frames.wake();
    }
    const speaksFrames = this.#head.startsWith("HTTP/1.1 101 ") || this.#head.startsWith("GET ");
    for (let frame = speaksFrames && parseFrame(this.#bytes); frame; frame = parseFrame(this.#bytes)) {
      this.#bytes = this.#bytes.subarray(frame.size);
      this.#frames.add(frame);
    }
  }
}
