import { CloseCode } from "@im/transport-core";
import { FRAME_HEADER_BYTES } from "./frame-encoder.js";

/** Takes what a decoder finds. Opcodes are passed on as they are, known or not. */
export interface DecoderSink {
  /** The longest payload that is taken. */
  readonly maxPayloadBytes: number;
  /** The payload is a view, of the chunk where the frame lies in one chunk; its memory is not reused. */
  frame(opCode: number, payload: Uint8Array): void;
  /** A length is beyond the limit. The decoder takes nothing more. */
  violation(code: number, reason: string): void;
}

const FIRST_CAPACITY_BYTES = 1024;

/**
 * Finds the frames in a stream of bytes, however it is cut into chunks.
 *
 * Whole frames are read in place. Only a frame that a chunk cuts is copied, into memory that grows with the bytes that
 * have come, never with the length that the peer declares.
 */
export class FrameDecoder {
  readonly #sink: DecoderSink;
  /** The frame that the last chunk cut, its header included. */
  #cut: Uint8Array | undefined;
  #cutBytes = 0;
  #failed = false;

  constructor(sink: DecoderSink) {
    this.#sink = sink;
  }

  write(chunk: Uint8Array): void {
    let offset = this.#cut ? this.#complete(chunk) : 0;
    while (!this.#failed && chunk.length - offset >= FRAME_HEADER_BYTES) {
      const payloadBytes = this.#checkedLength(chunk, offset);
      const start = offset + FRAME_HEADER_BYTES;
      if (payloadBytes > chunk.length - start) break;
      offset = start + payloadBytes;
      this.#sink.frame(chunk[start - FRAME_HEADER_BYTES]!, view(chunk, start, payloadBytes));
    }
    if (!this.#failed && offset < chunk.length) this.#keep(chunk, offset, chunk.length - offset, 0);
  }

  /** @returns where in the chunk the next frame begins */
  #complete(chunk: Uint8Array): number {
    let offset = 0;
    if (this.#cutBytes < FRAME_HEADER_BYTES) {
      offset = this.#take(chunk, 0, FRAME_HEADER_BYTES);
      if (this.#cutBytes < FRAME_HEADER_BYTES) return offset;
    }
    const payloadBytes = this.#checkedLength(this.#cut!, 0);
    if (this.#failed) return offset;
    offset = this.#take(chunk, offset, FRAME_HEADER_BYTES + payloadBytes);
    if (this.#cutBytes < FRAME_HEADER_BYTES + payloadBytes) return offset;
    const frame = this.#cut!;
    this.#cut = undefined;
    this.#sink.frame(frame[0]!, view(frame, FRAME_HEADER_BYTES, payloadBytes));
    return offset;
  }

  /** Takes from the chunk what is missing of the cut frame's first `wanted` bytes. */
  #take(chunk: Uint8Array, offset: number, wanted: number): number {
    const bytes = Math.min(wanted - this.#cutBytes, chunk.length - offset);
    this.#keep(chunk, offset, bytes, wanted);
    return offset + bytes;
  }

  #keep(chunk: Uint8Array, offset: number, bytes: number, wanted: number): void {
    const kept = this.#cut ? this.#cutBytes : 0;
    const needed = kept + bytes;
    if (!this.#cut || this.#cut.length < needed) {
      // Doubling copies each byte about once more; more than the whole frame is never needed.
      const doubled = Math.max(FIRST_CAPACITY_BYTES, 2 * needed);
      const grown = new Uint8Array(wanted > 0 ? Math.max(needed, Math.min(doubled, wanted)) : doubled);
      if (this.#cut) grown.set(this.#cut.subarray(0, kept));
      this.#cut = grown;
    }
    this.#cut.set(view(chunk, offset, bytes), kept);
    this.#cutBytes = needed;
  }

  #checkedLength(bytes: Uint8Array, offset: number): number {
    const length =
      ((bytes[offset + 1]! << 24) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 8) | bytes[offset + 4]!) >>> 0;
    const { maxPayloadBytes } = this.#sink;
    if (length <= maxPayloadBytes) return length;
    this.#failed = true;
    this.#cut = undefined;
    this.#sink.violation(CloseCode.PayloadTooLarge, `a frame of ${length} bytes, the limit is ${maxPayloadBytes}`);
    return Number.POSITIVE_INFINITY;
  }
}

/** A plain Uint8Array even of a Buffer, whose `slice` would mean something else. */
function view(bytes: Uint8Array, start: number, length: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, length);
}
