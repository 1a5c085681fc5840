/** A varint of a length below 2^35, the most bytes that it takes. */
const MAX_VARINT_BYTES = 5;

/** The most bytes that a text takes with its length before it. */
export function maxBytesOf(text: string): number {
  return MAX_VARINT_BYTES + 3 * text.length;
}

/** Writes varints, texts and bytes, one behind the other. */
export class BytesWriter {
  readonly #bytes: Buffer;
  #end = 0;

  /** @param maxBytes at least what will be written */
  constructor(maxBytes: number) {
    this.#bytes = Buffer.allocUnsafe(maxBytes);
  }

  get written(): Buffer {
    return this.#bytes.subarray(0, this.#end);
  }

  varint(value: number): this {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#bytes[this.#end++] = (rest % 128) + 128;
    this.#bytes[this.#end++] = rest;
    return this;
  }

  /** Their number, and then themselves. */
  bytes(bytes: Uint8Array): this {
    this.varint(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
    return this;
  }

  text(text: string): this {
    this.varint(Buffer.byteLength(text));
    this.#end += this.#bytes.write(text, this.#end);
    return this;
  }
}

/** Reads what a {@link BytesWriter} has written. */
export class BytesReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** @throws a RangeError where the bytes end before it, or if it is 2^53 or more */
  varint(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 53; factor *= 128) {
      const byte = this.#bytes.readUInt8(this.#at++);
      value += (byte % 128) * factor;
      if (byte < 128 && value < 2 ** 53) return value;
    }
    throw new RangeError("a number is too large");
  }

  /** A view. @throws a RangeError where the bytes end before it */
  bytes(): Buffer {
    const length = this.varint();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError(`${length} bytes are announced, but the envelope ends before`);
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  text(): string {
    return this.bytes().toString();
  }
}
