const SLAB_BYTES = 16 * 1024;
/** Payloads above this are cheaper handed on as they are than copied. */
const COPY_LIMIT_BYTES = 4 * 1024;
const MAX_SPARE_SLABS = 256;
const NOTHING = new Uint8Array(0);

/** Slabs that no write uses any more, shared by all connections: an idle connection holds none. */
const spareSlabs: Uint8Array[] = [];

/**
 * The bytes of one flush. Small pieces are copied into slabs, one after the other; large ones are taken as they are.
 *
 * To write into the batch, `reserve` room and fill `slab` from the offset that it returns.
 */
export class WriteBatch {
  /** Where `reserve`d room lies; changes with each call of `reserve`. */
  slab: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  #pieces: Uint8Array[] = [];
  #sealedBytes = 0;
  #slabs: Uint8Array[] = [];

  get byteLength(): number {
    return this.#sealedBytes + this.#end - this.#start;
  }

  /** Room for `length` bytes (at most 16 KiB) at the returned offset of `slab`. */
  reserve(length: number): number {
    if (this.#end + length > this.slab.length) {
      this.#seal();
      this.slab = spareSlabs.pop() ?? new Uint8Array(SLAB_BYTES);
      this.#slabs.push(this.slab);
      this.#start = 0;
      this.#end = 0;
    }
    const offset = this.#end;
    this.#end += length;
    return offset;
  }

  /** Adds bytes: a copy if they are few, else the array itself, which must not change until it is written. */
  append(bytes: Uint8Array): void {
    if (bytes.length > COPY_LIMIT_BYTES) {
      this.#refer(bytes);
      return;
    }
    const offset = this.reserve(bytes.length);
    this.slab.set(bytes, offset);
  }

  /** Adds bytes that other batches share: the array itself where that saves a copy. */
  appendShared(bytes: Uint8Array): void {
    if (this.byteLength === 0) this.#refer(bytes);
    else this.append(bytes);
  }

  /** The batch as pieces to write in order. The batch is empty afterwards; the pieces stay valid until `recycle`. */
  take(): readonly Uint8Array[] {
    this.#seal();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#sealedBytes = 0;
    return pieces;
  }

  /**
   * Gives the slabs of what was taken back for use by others, if nothing reads the pieces any more (`reusable`); else
   * leaves them to the pieces. Call it after each `take`, before anything is added.
   */
  recycle(reusable: boolean): void {
    if (reusable) {
      for (const slab of this.#slabs) if (spareSlabs.length < MAX_SPARE_SLABS) spareSlabs.push(slab);
    }
    this.#slabs = [];
    this.slab = NOTHING;
    this.#start = 0;
    this.#end = 0;
  }

  #seal(): void {
    if (this.#end === this.#start) return;
    this.#pieces.push(this.slab.subarray(this.#start, this.#end));
    this.#sealedBytes += this.#end - this.#start;
    this.#start = this.#end;
  }

  #refer(bytes: Uint8Array): void {
    this.#seal();
    this.#pieces.push(bytes);
    this.#sealedBytes += bytes.length;
  }
}
