import { EMPTY_BYTES } from "@im/transport-core/internal";
import { type CheckedLimits, checkLimits, type WireLimits } from "../packet/limits.js";
import type { Packet } from "../packet/packet.js";
import { WireError } from "../packet/wire-error.js";
import { decodePacket, packetLength } from "./packet-layout.js";
import { checkBytes, truncated } from "./read.js";

/**
 * Reads packets from a stream that arrives in chunks of any size. Packets that lie whole in a chunk are decoded in
 * place; only what remains of a chunk is copied, into a buffer that grows with the bytes that came, never with a length
 * that a peer declares.
 *
 * Bodies are views: of the chunk, or of that buffer, which is then not used again. So a chunk must not be modified
 * after it was fed, and a body keeps its chunk in memory: copy a small body that you keep long.
 *
 * After any error, one thrown by `onPacket` included, the place in the stream is lost and every later call throws that
 * error again.
 */
export class PacketReader {
  readonly #limits: CheckedLimits;
  /** The first `#length` bytes are the beginning of a packet. */
  #pending: Uint8Array = EMPTY_BYTES;
  #length = 0;
  /** How many bytes `#pending` needs before the packet can be read, or its length. */
  #needed = 0;
  #state: "ready" | "busy" | { readonly error: unknown } = "ready";

  /** Throws IM_ERR_WIRE_ARGUMENT. */
  constructor(limits?: WireLimits) {
    this.#limits = checkLimits(limits);
  }

  /** Bytes of a packet that has begun and not ended. */
  get bufferedBytes(): number {
    return this.#length;
  }

  /**
   * Takes the next chunk and calls `onPacket` for each packet that it completes, in order, before it returns.
   *
   * Throws IM_ERR_MAGIC, IM_ERR_HEADER_INVALID, IM_ERR_HEADER_TOO_LARGE, IM_ERR_BODY_TOO_LARGE, IM_ERR_WIRE_ARGUMENT,
   * IM_ERR_READER_BUSY when called from `onPacket`, and whatever `onPacket` throws.
   */
  feed(chunk: Uint8Array, onPacket: (packet: Packet) => void): void {
    this.#checkReady();
    checkBytes(chunk);
    this.#state = "busy";
    try {
      this.#readWhole(chunk, this.#completePending(chunk, onPacket), onPacket);
      this.#state = "ready";
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Call it when the stream has ended. Throws IM_ERR_TRUNCATED when it ended inside a packet. */
  end(): void {
    this.#checkReady();
    if (this.#length > 0) this.#fail(truncated(this.#length, this.#needed));
  }

  /** Adds to the packet that has begun, if one has; returns how much of the chunk that took. */
  #completePending(chunk: Uint8Array, onPacket: (packet: Packet) => void): number {
    let at = 0;
    while (this.#length > 0 && at < chunk.length) {
      at += this.#keep(chunk, at, Math.min(chunk.length, at + this.#needed - this.#length));
      if (this.#length < this.#needed) break;
      this.#needed = packetLength(this.#pending, 0, this.#length, this.#limits);
      if (this.#needed === this.#length) {
        const packet = decodePacket(this.#pending, 0, this.#length);
        this.#pending = EMPTY_BYTES;
        this.#length = 0;
        onPacket(packet);
      }
    }
    return at;
  }

  /** Reads the packets that lie whole in the chunk from `at` on, and keeps the rest. */
  #readWhole(chunk: Uint8Array, start: number, onPacket: (packet: Packet) => void): void {
    let at = start;
    while (at < chunk.length) {
      const length = packetLength(chunk, at, chunk.length, this.#limits);
      if (length > chunk.length - at) {
        this.#needed = length;
        this.#keep(chunk, at, chunk.length);
        return;
      }
      const packet = decodePacket(chunk, at, at + length);
      at += length;
      onPacket(packet);
    }
  }

  /** Copies part of a chunk to the end of `#pending` and returns how much that was. */
  #keep(chunk: Uint8Array, start: number, end: number): number {
    const length = this.#length + end - start;
    if (length > this.#pending.length) {
      const larger = new Uint8Array(Math.min(this.#needed, 2 * length));
      larger.set(this.#pending.subarray(0, this.#length));
      this.#pending = larger;
    }
    this.#pending.set(chunk.subarray(start, end), this.#length);
    this.#length = length;
    return end - start;
  }

  #checkReady(): void {
    if (this.#state === "ready") return;
    if (this.#state !== "busy") throw this.#state.error;
    throw new WireError(
      "IM_ERR_READER_BUSY",
      "The reader is inside onPacket: feed it after the callback has returned.",
    );
  }

  #fail(error: unknown): never {
    this.#state = { error };
    this.#pending = EMPTY_BYTES;
    this.#length = 0;
    throw error;
  }
}

/**
 * The packets of a stream of chunks, by {@link PacketReader}: the same ownership of bodies and the same errors, and
 * IM_ERR_TRUNCATED when the stream ends inside a packet. Packets before an error are still given.
 */
export async function* readPackets(
  stream: AsyncIterable<Uint8Array>,
  limits?: WireLimits,
): AsyncGenerator<Packet, void, undefined> {
  const reader = new PacketReader(limits);
  for await (const chunk of stream) {
    const packets: Packet[] = [];
    try {
      reader.feed(chunk, (packet) => packets.push(packet));
    } finally {
      yield* packets;
    }
  }
  reader.end();
}
