import { isUtf8 } from "node:buffer";
import { CloseCode, MAX_CONTROL_PAYLOAD_BYTES, OpCode } from "@im/transport-core";
import { type DecoderSink, decodeClosePayload, StreamDecoder } from "@im/transport-core/authoring";
import { FragmentedMessage } from "./fragmented-message.js";
import { COMPRESSED, FIN, LENGTH_16, LENGTH_64, MASKED } from "./frame-header.js";
import { applyMask, MASK_BYTES, readMask, turnMask } from "./mask.js";
import { PartialText } from "./partial-text.js";

const RESERVED = 0x70;
const OPCODE = 0x0f;
const LENGTH_7 = 0x7f;
const INVALID_UTF8 = 1007;

/** Takes what a {@link FrameDecoder} finds. */
export interface FrameDecoderSink extends DecoderSink {
  /** Only if compression was agreed: takes a fragment of a compressed message. It may suspend the decoder. */
  compressed?(opCode: number, fragment: Uint8Array, isFinal: boolean): void;
}

/**
 * Decodes messages and control frames (RFC 6455 §5). Reports a message in fragments as one, but the fragments of a compressed
 * message each (RFC 7692 §6).
 */
export class FrameDecoder extends StreamDecoder {
  declare protected readonly sink: FrameDecoderSink;
  readonly #expectsMasks: boolean;
  readonly #maxFragments: number;
  /** Whether the peer's Close was received. What follows it is ignored. */
  sawClose = false;
  /** With {@link COMPRESSED} if the frame has it. */
  #opCode = 0;
  #isFinal = false;
  #mask = 0;
  /** Of the payload that a chunk cut: so many bytes are unmasked and, in a text, checked. */
  #readBytes = 0;
  #message: FragmentedMessage | undefined;
  #text: PartialText | undefined;

  /** @param expectsMasks whether this is the server's side (RFC 6455 §5.1) */
  constructor(sink: FrameDecoderSink, expectsMasks: boolean, maxFragments: number) {
    super(sink);
    this.#expectsMasks = expectsMasks;
    this.#maxFragments = maxFragments;
  }

  protected readHeader(bytes: Uint8Array, offset: number, end: number): number {
    if (end - offset < 2) return 0;
    const first = bytes[offset]!;
    const second = bytes[offset + 1]!;
    // A fault in the first two bytes fails at once, without waiting for the rest of the header.
    const fault = this.#faultOf(first, second);
    if (fault) {
      this.fail(CloseCode.ProtocolError, fault);
      return 0;
    }
    let length = second & LENGTH_7;
    let position = offset + 2;
    if (length === LENGTH_16) {
      if (end - position < 2) return 0;
      length = (bytes[position]! << 8) | bytes[position + 1]!;
      position += 2;
    } else if (length === LENGTH_64) {
      if (end - position < 8) return 0;
      length = uint32(bytes, position) * 0x1_0000_0000 + uint32(bytes, position + 4);
      position += 8;
    }
    const opCode = first & (OPCODE | COMPRESSED);
    if (!this.#isWithinLimits(opCode, length)) return 0;
    if (this.#expectsMasks) {
      if (end - position < MASK_BYTES) return 0;
      this.#mask = readMask(bytes, position);
      position += MASK_BYTES;
    }
    this.#opCode = opCode;
    this.#isFinal = (first & FIN) !== 0;
    this.payloadBytes = length;
    return position - offset;
  }

  protected readPayload(payload: Uint8Array, buffer: ArrayBufferLike): void {
    const read = this.#readBytes;
    this.#readBytes = 0;
    if (this.#mask !== 0) applyMask(payload, read, this.payloadBytes - read, turnMask(this.#mask, read), buffer);
    if (this.#isFinal && this.#opCode === OpCode.Binary) this.sink.frame(OpCode.Binary, payload);
    else if (this.#opCode > OpCode.Pong) this.#takeCompressed(payload);
    else if (this.#opCode >= OpCode.Close) this.#takeControl(payload);
    else this.#takeFragment(payload, read);
  }

  protected override readCutPayload(kept: Uint8Array, bytes: number): void {
    const read = this.#readBytes;
    this.#readBytes = bytes;
    if (this.#mask !== 0) applyMask(kept, read, bytes - read, turnMask(this.#mask, read));
    if (this.#isText()) this.#checkText(kept.subarray(read, bytes), false);
  }

  #takeControl(payload: Uint8Array): void {
    if (this.#opCode !== OpCode.Close) {
      this.sink.frame(this.#opCode, payload);
    } else if (!decodeClosePayload(payload)) {
      const isCodeValid = decodeClosePayload(payload.subarray(0, 2)) !== undefined;
      this.fail(isCodeValid ? INVALID_UTF8 : CloseCode.ProtocolError, "invalid Close frame");
    } else {
      this.sawClose = true;
      this.finish();
      this.sink.frame(OpCode.Close, payload);
    }
  }

  /** Of a frame that is not the first, the opcode does not tell that its message is compressed. */
  #takeCompressed(fragment: Uint8Array): void {
    const isFinal = this.#isFinal;
    const opCode = this.#message?.opCode ?? this.#opCode;
    if (isFinal) {
      this.#message = undefined;
    } else {
      this.#message ??= new FragmentedMessage(opCode);
      this.#message.count(fragment);
    }
    this.sink.compressed!(opCode & OPCODE, fragment, isFinal);
  }

  #takeFragment(fragment: Uint8Array, checkedBytes: number): void {
    if (this.#message && isCompressed(this.#message.opCode)) {
      this.#takeCompressed(fragment);
      return;
    }
    if (this.#isText() && !this.#checkText(fragment.subarray(checkedBytes), this.#isFinal)) return;
    let opCode = this.#opCode;
    let payload = fragment;
    if (opCode === OpCode.Continuation || !this.#isFinal) {
      const message = this.#message ?? new FragmentedMessage(opCode);
      const keptBytes = message.memoryBytes;
      message.add(fragment);
      this.#message = this.#isFinal ? undefined : message;
      const changedBytes = this.#isFinal ? -keptBytes : message.memoryBytes - keptBytes;
      if (changedBytes !== 0) this.sink.halfReceived?.(changedBytes);
      if (!this.#isFinal) return;
      opCode = message.opCode;
      payload = message.payload;
    }
    this.sink.frame(opCode, payload);
  }

  /** Whether the payload is that of a text, or of a fragment of one. */
  #isText(): boolean {
    const opCode = this.#opCode === OpCode.Continuation ? this.#message!.opCode : this.#opCode;
    return opCode === OpCode.Text;
  }

  /** Fails at the piece that makes a text invalid, without waiting for the rest. @returns whether it is valid so far */
  #checkText(piece: Uint8Array, isLast: boolean): boolean {
    let isValid: boolean;
    if (isLast && !this.#text) {
      isValid = isUtf8(piece);
    } else {
      this.#text ??= new PartialText();
      isValid = this.#text.accepts(piece) && (!isLast || this.#text.isWhole);
      if (isLast) this.#text = undefined;
    }
    if (!isValid) this.fail(INVALID_UTF8, "a text is not UTF-8");
    return isValid;
  }

  #faultOf(first: number, second: number): string | undefined {
    const opCode = first & OPCODE;
    if ((first & RESERVED) !== 0) {
      if (!this.sink.compressed) return "a reserved bit is set, but no extension was agreed";
      if ((first & RESERVED) !== COMPRESSED) return "a reserved bit is set that permessage-deflate does not use";
      if (opCode !== OpCode.Text && opCode !== OpCode.Binary) return "RSV1 is set on a frame that begins no message";
    }
    if (((second & MASKED) !== 0) !== this.#expectsMasks) {
      return this.#expectsMasks ? "a client's frame is not masked" : "a server's frame is masked";
    }
    if (opCode >= OpCode.Close) return faultOfControl(first, second);
    if (opCode > OpCode.Binary) return `unknown opcode ${opCode}`;
    if (opCode === OpCode.Continuation) return this.#message ? undefined : "a continuation of nothing";
    return this.#message ? "a message inside a fragmented message" : undefined;
  }

  #isWithinLimits(opCode: number, length: number): boolean {
    if (opCode >= OpCode.Close && opCode <= OpCode.Pong) return true;
    const { maxPayloadBytes } = this.sink;
    const bytes = length + (this.#message?.byteLength ?? 0);
    if (
      bytes > maxPayloadBytes &&
      !(isCompressed(this.#message?.opCode ?? opCode) && bytes <= deflateBound(maxPayloadBytes))
    ) {
      this.fail(CloseCode.PayloadTooLarge, `a message of ${bytes} bytes or more, the limit is ${maxPayloadBytes}`);
      return false;
    }
    if (this.#message && this.#message.fragments >= this.#maxFragments) {
      this.fail(CloseCode.PolicyViolation, `a message in more than ${this.#maxFragments} fragments`);
      return false;
    }
    return true;
  }

  override finish(): void {
    const keptBytes = this.#message?.memoryBytes ?? 0;
    this.#message = undefined;
    this.#text = undefined;
    if (keptBytes > 0) this.sink.halfReceived?.(-keptBytes);
    super.finish();
  }
}

function isCompressed(opCode: number): boolean {
  return (opCode & COMPRESSED) !== 0;
}

/** What deflate makes of that many bytes at most, if they cannot be compressed: a small window and little memory cost blocks. */
function deflateBound(bytes: number): number {
  return bytes + (bytes >> 4) + 64;
}

/** RFC 6455 §5.5. */
function faultOfControl(first: number, second: number): string | undefined {
  const opCode = first & OPCODE;
  if (opCode > OpCode.Pong) return `unknown opcode ${opCode}`;
  if ((first & FIN) === 0) return "a control frame in fragments";
  return (second & LENGTH_7) > MAX_CONTROL_PAYLOAD_BYTES ? "control frame over 125 bytes" : undefined;
}

function uint32(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!) >>> 0;
}
