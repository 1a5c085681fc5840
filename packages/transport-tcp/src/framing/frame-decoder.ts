import { CloseCode } from "@im/transport-core";
import { StreamDecoder } from "@im/transport-core/authoring";
import { FRAME_HEADER_BYTES } from "./frame-encoder.js";

/** Finds frames of opcode, length and payload. Opcodes are passed on as they are, known or not. */
export class FrameDecoder extends StreamDecoder {
  #opCode = 0;

  protected readHeader(bytes: Uint8Array, offset: number, end: number): number {
    if (end - offset < FRAME_HEADER_BYTES) return 0;
    const length =
      ((bytes[offset + 1]! << 24) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 8) | bytes[offset + 4]!) >>> 0;
    const { maxPayloadBytes } = this.sink;
    if (length > maxPayloadBytes) {
      this.fail(CloseCode.PayloadTooLarge, `a frame of ${length} bytes, the limit is ${maxPayloadBytes}`);
      return 0;
    }
    this.#opCode = bytes[offset]!;
    this.payloadBytes = length;
    return FRAME_HEADER_BYTES;
  }

  protected readPayload(payload: Uint8Array): void {
    this.sink.frame(this.#opCode, payload);
  }
}
