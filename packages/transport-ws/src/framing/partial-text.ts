import { isUtf8 } from "node:buffer";

const FIRST_CONTINUATION = 0x80;
const LAST_CONTINUATION = 0xbf;
/** A character has at most four bytes: of one that is cut, at most three are there. */
const MAX_CUT_BYTES = 3;

/** A text that arrives in pieces, which may cut its characters. Finds the first byte that is not UTF-8 at once. */
export class PartialText {
  /** How many bytes of a character are missing. */
  #missing = 0;
  /** The bounds of the next of them. */
  #low = FIRST_CONTINUATION;
  #high = LAST_CONTINUATION;

  /** Whether the text may end here: no character is cut. */
  get isWhole(): boolean {
    return this.#missing === 0;
  }

  /** Whether the text is valid UTF-8 so far, with this piece. After false, no more may be given. */
  accepts(piece: Uint8Array): boolean {
    const { length } = piece;
    let start = 0;
    while (this.#missing > 0 && start < length) if (!this.#acceptsByte(piece[start++]!)) return false;
    const last = lastCharacter(piece, start);
    if (!isUtf8(piece.subarray(start, last))) return false;
    for (let i = last; i < length; i++) if (!this.#acceptsByte(piece[i]!)) return false;
    return true;
  }

  /** The table of well-formed sequences (RFC 3629 §4): only the second byte has bounds that depend on the first. */
  #acceptsByte(byte: number): boolean {
    if (this.#missing > 0) {
      if (byte < this.#low || byte > this.#high) return false;
      this.#missing--;
      this.#low = FIRST_CONTINUATION;
      this.#high = LAST_CONTINUATION;
      return true;
    }
    if (byte < 0x80) return true;
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.#missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte === 0xe0) this.#low = 0xa0;
    else if (byte === 0xf0) this.#low = 0x90;
    else if (byte === 0xed) this.#high = 0x9f;
    else if (byte === 0xf4) this.#high = 0x8f;
    return true;
  }
}

/** Where the last character begins if the end of the piece may cut it. */
function lastCharacter(piece: Uint8Array, start: number): number {
  const { length } = piece;
  for (let i = length - 1; i >= Math.max(start, length - MAX_CUT_BYTES); i--) {
    if (piece[i]! > LAST_CONTINUATION) return i;
  }
  return length;
}
