import { CloseCode, OpCode } from "@im/transport-core";
import { PartialText } from "../framing/partial-text.js";
import type { Compression } from "./compression.js";
import type { InflatedSink, Inflater } from "./inflater.js";
import type { Direction } from "./negotiation.js";

const INVALID_DATA = 1007;
/** Blocks that are marked as the last, in one message; each of them costs a decompressor. */
const MAX_LAST_BLOCKS = 8;

/** About what a decompressor takes: its window and state, and the piece that it fills. */
const INFLATER_BYTES = 64 * 1024;

/** Where decompressed messages go. */
export interface MessageSink {
  readonly maxPayloadBytes: number;
  /** So many bytes more, or less, are kept of a message that is not complete. It may end the reading. */
  halfReceived(bytes: number): void;
  /** All of the fragment is decompressed; the next may follow. @param payload of the whole message, after its last fragment */
  inflated(opCode: number, payload: Uint8Array | undefined): void;
  /** The message breaks the rules, or is larger than is allowed. */
  violation(code: number, reason: string): void;
}

/** Decompresses the messages of a connection, fragment by fragment. */
export class IncomingMessages implements InflatedSink {
  readonly #compression: Compression;
  readonly #direction: Direction;
  readonly #sink: MessageSink;
  /** While a message is not whole, and between messages if they keep their context. */
  #inflater: Inflater | undefined;
  /** Whether a fragment is being decompressed, or waits for its turn. */
  isBusy = false;
  #hasTurn = false;
  #opCode = 0;
  #isFinal = false;
  #pieces: Uint8Array[] = [];
  #byteLength = 0;
  /** What the sink knows to be kept. */
  #countedBytes = 0;
  #text: PartialText | undefined;
  #lastBlocks = 0;

  constructor(compression: Compression, direction: Direction, sink: MessageSink) {
    this.#compression = compression;
    this.#direction = direction;
    this.#sink = sink;
  }

  /** Takes a fragment; not while it is busy. `inflated` or `violation` follows, unless the reading is given up before. */
  take(opCode: number, fragment: Uint8Array, isFinal: boolean): void {
    this.isBusy = true;
    this.#opCode = opCode;
    this.#isFinal = isFinal;
    if (opCode === OpCode.Text) this.#text ??= new PartialText();
    // Until the next fragment, the message holds a decompressor.
    if (!isFinal && this.#countedBytes === 0) this.#count(INFLATER_BYTES);
    if (!this.isBusy) return;
    this.#compression.turns.take(() => {
      this.#hasTurn = true;
      if (this.isBusy) this.#inflate(fragment, isFinal);
      else this.#giveTurnBack();
    });
  }

  #inflate(input: Uint8Array, isFinal: boolean): void {
    this.#inflater ??= this.#compression.takeInflater(this.#direction);
    this.#inflater.inflate(input, isFinal, this, (rest) => this.#goOn(rest));
  }

  /** Behind a block that is marked as the last, more may follow (RFC 7692 §7.2.1). @param rest with the trailer */
  #goOn(rest: Uint8Array): void {
    this.#inflater = undefined;
    if (++this.#lastBlocks > MAX_LAST_BLOCKS) this.#fail(INVALID_DATA, "too many last blocks in a compressed message");
    else this.#inflate(rest, false);
  }

  piece(bytes: Uint8Array): boolean {
    this.#byteLength += bytes.length;
    const { maxPayloadBytes } = this.#sink;
    if (this.#byteLength > maxPayloadBytes) {
      this.#fail(CloseCode.PayloadTooLarge, `a compressed message of more than ${maxPayloadBytes} bytes`);
      return false;
    }
    if (this.#text?.accepts(bytes) === false) {
      this.#fail(INVALID_DATA, "a text is not UTF-8");
      return false;
    }
    this.#pieces.push(bytes);
    this.#count(bytes.length);
    return this.isBusy;
  }

  done(): void {
    this.#giveTurnBack();
    this.isBusy = false;
    if (!this.#isFinal) {
      this.#sink.inflated(this.#opCode, undefined);
      return;
    }
    if (this.#text?.isWhole === false) {
      this.#fail(INVALID_DATA, "a text is not UTF-8");
      return;
    }
    const payload = joined(this.#pieces, this.#byteLength);
    this.#forget();
    if (!this.#direction.keepsContext) this.#release();
    this.#sink.inflated(this.#opCode, payload);
  }

  corrupt(): void {
    this.#fail(INVALID_DATA, "a compressed message is not deflate data");
  }

  #fail(code: number, reason: string): void {
    this.giveUp();
    this.#sink.violation(code, reason);
  }

  /** Takes nothing more, and frees its memory. */
  giveUp(): void {
    this.isBusy = false;
    if (this.#hasTurn) this.#giveTurnBack();
    this.#inflater?.close();
    this.#inflater = undefined;
    this.#forget();
  }

  #giveTurnBack(): void {
    this.#hasTurn = false;
    this.#compression.turns.giveBack();
  }

  #release(): void {
    if (this.#inflater) this.#compression.returnInflater(this.#inflater, this.#direction);
    this.#inflater = undefined;
  }

  #forget(): void {
    const bytes = this.#countedBytes;
    this.#pieces = [];
    this.#byteLength = 0;
    this.#countedBytes = 0;
    this.#text = undefined;
    this.#lastBlocks = 0;
    if (bytes > 0) this.#sink.halfReceived(-bytes);
  }

  #count(bytes: number): void {
    this.#countedBytes += bytes;
    this.#sink.halfReceived(bytes);
  }
}

/** A copy, also of a single piece: the memory behind it has messages of other connections. */
function joined(pieces: readonly Uint8Array[], byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}
