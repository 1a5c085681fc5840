import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { within } from "./within.js";

/** A field of a protobuf message: text, a number, or a message in bytes. */
type Field = readonly [number: number, value: string | number | bigint | Uint8Array];

export interface KimPacket {
  readonly command: string;
  readonly channelId: string;
  readonly sequence: number;
  readonly flag: number;
  readonly status: number;
  readonly dest: string;
  readonly body: ReturnType<typeof decodeFields>;
}

const LOGIC = 0xc311a365;
const BASIC = 0xc315a765;

/**
 * What kim's JS SDK does, on a bare socket and by its own means: masked Binary messages, lengths read as signed 32-bit,
 * a sequence that counts modulo 65536 and can be 0, BasicPkt heartbeats, no answer to a Ping.
 */
export class KimWebClient {
  #sequence: number;
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  readonly #messages: Buffer[] = [];
  #arrived: () => void = () => {};
  /** The code of the Close that came; 1005 for one without. */
  readonly closed: Promise<number>;
  #closedWith: (code: number) => void = () => {};

  private constructor(socket: Socket, sequence: number) {
    this.#socket = socket;
    this.#sequence = sequence;
    this.closed = new Promise((resolve) => {
      this.#closedWith = resolve;
    });
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#takeFrames();
    });
  }

  /** @param sequence where its counter stands */
  static async open(url: string, sequence = 0): Promise<KimWebClient> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const key = randomBytes(16).toString("base64");
    const upgraded = new Promise<Buffer>((resolve) => {
      let head = Buffer.alloc(0);
      const collect = (chunk: Buffer) => {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf("\r\n\r\n");
        if (end < 0) return;
        socket.off("data", collect);
        resolve(head.subarray(end + 4));
      };
      socket.on("data", collect);
    });
    const headers = ["Host: gateway", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
    socket.write(`GET / HTTP/1.1\r\n${headers.join("\r\n")}\r\nSec-WebSocket-Key: ${key}\r\n\r\n`);
    const rest = await within(upgraded, "the upgrade");
    const client = new KimWebClient(socket, sequence);
    client.#received = rest;
    client.#takeFrames();
    return client;
  }

  /** Sends a request, and gives its sequence. */
  send(command: string, dest: string, body: readonly Field[]): number {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) % 65536;
    const header = encodeFields([
      [1, command],
      [3, sequence],
      [6, dest],
    ]);
    const payload = encodeFields(body);
    this.#sendMessage(Buffer.concat([u32(LOGIC), u32(header.length), header, u32(payload.length), payload]));
    return sequence;
  }

  ping(): void {
    this.#sendMessage(Buffer.concat([u32(BASIC), Buffer.of(0, 1, 0, 0)]));
  }

  /** The next message: a LogicPkt, or the code of a BasicPkt. */
  async next(): Promise<KimPacket | number> {
    const message = await this.#nextMessage();
    const magic = message.readUInt32BE(0);
    if (magic === BASIC) return message.readUInt16BE(4);
    if (magic !== LOGIC) throw new Error(`no magic: ${message.toString("hex")}`);
    const headerEnd = 8 + message.readInt32BE(4);
    const header = decodeFields(message.subarray(8, headerEnd));
    const bodyLength = message.readInt32BE(headerEnd);
    const text = (number: number) => Buffer.from((header[number] as Uint8Array | undefined) ?? []).toString();
    const value = (number: number) => Number(header[number] ?? 0);
    return {
      command: text(1),
      channelId: text(2),
      sequence: value(3),
      flag: value(4),
      status: value(5),
      dest: text(6),
      body: decodeFields(message.subarray(headerEnd + 4, headerEnd + 4 + bodyLength)),
    };
  }

  /** The next message, which must be a LogicPkt. */
  async packet(): Promise<KimPacket> {
    const packet = await this.next();
    if (typeof packet === "number") throw new Error(`a BasicPkt of code ${packet} in place of a LogicPkt`);
    return packet;
  }

  /** Closes as the SDK does: Close without a code, and the end of the connection at once. */
  close(): void {
    this.#sendFrame(0x8, Buffer.alloc(0));
    this.#socket.end();
  }

  async #nextMessage(): Promise<Buffer> {
    while (this.#messages.length === 0) {
      const arrival = new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
      await within(arrival, "a message");
    }
    return this.#messages.shift()!;
  }

  #sendMessage(payload: Buffer): void {
    this.#sendFrame(0x2, payload);
  }

  #sendFrame(opCode: number, payload: Buffer): void {
    const mask = randomBytes(4);
    const masked = payload.map((byte, index) => byte ^ mask[index % 4]!);
    const length =
      payload.length < 126 ? Buffer.of(0x80 | payload.length) : Buffer.of(0xfe, payload.length >> 8, payload.length);
    this.#socket.write(Buffer.concat([Buffer.of(0x80 | opCode), length, mask, masked]));
  }

  #takeFrames(): void {
    for (;;) {
      const short = this.#received[1];
      if (short === undefined) return;
      const start = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (this.#received.length < start) return;
      const length =
        short === 126 ? this.#received.readUInt16BE(2) : short === 127 ? this.#received.readUInt32BE(6) : short;
      if (this.#received.length < start + length) return;
      const opCode = this.#received[0]! & 0xf;
      const payload = this.#received.subarray(start, start + length);
      this.#received = this.#received.subarray(start + length);
      if (opCode === 0x2) this.#messages.push(payload);
      if (opCode === 0x8) this.#closedWith(payload.length < 2 ? 1005 : payload.readUInt16BE(0));
      this.#arrived();
    }
  }
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) | 128);
  }
}

function encodeFields(fields: readonly Field[]): Buffer {
  const written = fields.map(([number, value]) => {
    if (value === "" || value === 0 || value === 0n) return Buffer.alloc(0);
    if (typeof value === "number" || typeof value === "bigint") {
      return Buffer.concat([varint(BigInt(number * 8)), varint(BigInt(value))]);
    }
    const bytes = Buffer.from(value as string);
    return Buffer.concat([varint(BigInt(number * 8 + 2)), varint(BigInt(bytes.length)), bytes]);
  });
  return Buffer.concat(written);
}

/** The last value of each field: bytes, or a number. */
export function decodeFields(bytes: Uint8Array): Record<number, Uint8Array | bigint> {
  const fields: Record<number, Uint8Array | bigint> = {};
  let at = 0;
  const take = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(take());
    const value = take();
    if (tag % 8 === 0) fields[tag >> 3] = value;
    else {
      fields[tag >> 3] = bytes.slice(at, at + Number(value));
      at += Number(value);
    }
  }
  return fields;
}
