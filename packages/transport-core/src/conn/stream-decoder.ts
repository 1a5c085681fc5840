/** Takes what a decoder finds. */
export interface DecoderSink {
  /** The longest payload that is taken. */
  readonly maxPayloadBytes: number;
  /** The payload is a view, of the chunk where it lies in one chunk; its memory is not used again. */
  frame(opCode: number, payload: Uint8Array): void;
  /** So many bytes more, or less, are kept of messages that are not complete. It may finish the decoder. */
  halfReceived?(bytes: number): void;
  /** The peer broke the rules. The decoder takes nothing more. */
  violation(code: number, reason: string): void;
}

/** More than the longest header of any transport. */
const HEADER_CAPACITY_BYTES = 16;
const FIRST_CAPACITY_BYTES = 1024;
/** How much memory a cut payload gets for the bytes that have come; most then need no second piece. */
const GROWTH = 4;

/**
 * Finds the frames in a stream of bytes, however it is cut into chunks; what a header looks like is for subclasses.
 *
 * Payloads that lie in one chunk are read in place. Only what a chunk cuts is copied, into memory that grows with the
 * bytes that have come, never with the length that the peer declares.
 */
export abstract class StreamDecoder {
  protected readonly sink: DecoderSink;
  /** Of the frame whose header was read last. */
  protected payloadBytes = 0;
  #isDone = false;
  #isSuspended = false;
  /** Done or suspended: one check for both in the loop. */
  #isStopped = false;
  /** While suspended: the part of the chunk that is not decoded yet. */
  #rest: Uint8Array | undefined;
  /** The beginning of a header that a chunk cut. */
  #header: Uint8Array | undefined;
  /** How much is kept of the header or the payload that was cut. */
  #keptBytes = 0;
  /** The beginning of a payload that a chunk cut. */
  #payload: Uint8Array | undefined;

  constructor(sink: DecoderSink) {
    this.sink = sink;
  }

  /** Whether nothing more is taken: after a violation, or when the subclass says so. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Whether frames wait for {@link proceed}. */
  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  /**
   * Stops behind the frame that is being taken; the rest of its chunk is kept. Until {@link proceed} nothing may be written:
   * the caller pauses its socket.
   */
  suspend(): void {
    if (this.#isDone) return;
    this.#isSuspended = true;
    this.#isStopped = true;
  }

  /** Goes on behind the frame at which it stopped. That may suspend it again. */
  proceed(): void {
    this.#isSuspended = false;
    this.#isStopped = this.#isDone;
    const rest = this.#takeRest();
    if (rest) this.write(rest);
  }

  /**
   * Reads the header at `offset`, sets `payloadBytes`, and remembers the rest for `readPayload`.
   *
   * @returns its length; 0 if it goes on beyond `end`, or if the decoder is done
   */
  protected abstract readHeader(bytes: Uint8Array, offset: number, end: number): number;

  /**
   * Takes the payload that belongs to the header.
   *
   * @param payload a plain Uint8Array, never a Buffer, whose `slice` would mean something else
   * @param buffer the memory that the payload is a view of
   */
  protected abstract readPayload(payload: Uint8Array, buffer: ArrayBufferLike): void;

  /**
   * A chunk cut the payload: called with what has arrived of it. What is changed in place stays so for `readPayload`.
   *
   * @param _kept begins with the payload and may be longer: a view for each chunk would cost more than the rest of its reading
   * @param _bytes how much of the payload has arrived
   */
  protected readCutPayload(_kept: Uint8Array, _bytes: number): void {}

  /** Takes nothing more: what is written from now on is discarded. */
  finish(): void {
    this.#isDone = true;
    this.#isStopped = true;
    this.#keptBytes = 0;
    this.#header = undefined;
    this.#takeRest();
    this.#freePayload();
  }

  protected fail(code: number, reason: string): void {
    this.finish();
    this.sink.violation(code, reason);
  }

  write(chunk: Uint8Array): void {
    if (this.#isDone) return;
    let offset = this.#payload || this.#header ? this.#complete(chunk) : 0;
    // Asking for the buffer costs as much as making a view of it.
    const { buffer, byteOffset, length } = chunk;
    while (offset < length && !this.#isStopped) {
      const headerBytes = this.readHeader(chunk, offset, length);
      if (headerBytes === 0) {
        if (!this.#isDone) this.#keepHeader(chunk, offset);
        return;
      }
      offset += headerBytes;
      if (this.payloadBytes > length - offset) {
        this.#keepPayload(chunk, offset, length - offset);
        return;
      }
      this.readPayload(new Uint8Array(buffer, byteOffset + offset, this.payloadBytes), buffer);
      offset += this.payloadBytes;
    }
    if (offset < length && this.#isSuspended) this.#keepRest(viewOf(chunk, offset, length - offset));
  }

  /** @returns where in the chunk the next frame begins */
  #complete(chunk: Uint8Array): number {
    let offset = 0;
    if (this.#header) {
      offset = this.#completeHeader(this.#header, chunk);
      if (this.#header || this.#isDone) return offset;
      if (this.payloadBytes <= chunk.length - offset) {
        this.readPayload(viewOf(chunk, offset, this.payloadBytes), chunk.buffer);
        return offset + this.payloadBytes;
      }
    }
    const bytes = Math.min(this.payloadBytes - this.#keptBytes, chunk.length - offset);
    this.#keepPayload(chunk, offset, bytes);
    const payload = this.#payload;
    if (payload && this.#keptBytes === this.payloadBytes) {
      this.#keptBytes = 0;
      this.#freePayload();
      this.readPayload(viewOf(payload, 0, this.payloadBytes), payload.buffer);
    }
    return offset + bytes;
  }

  /** @returns where in the chunk the header ends; the kept one is gone once it is whole */
  #completeHeader(header: Uint8Array, chunk: Uint8Array): number {
    let offset = 0;
    while (offset < chunk.length && !this.#isDone) {
      header[this.#keptBytes++] = chunk[offset++]!;
      if (this.readHeader(header, 0, this.#keptBytes) === 0) continue;
      this.#header = undefined;
      this.#keptBytes = 0;
      break;
    }
    return offset;
  }

  #keepHeader(chunk: Uint8Array, offset: number): void {
    this.#header = new Uint8Array(HEADER_CAPACITY_BYTES);
    this.#header.set(viewOf(chunk, offset, chunk.length - offset));
    this.#keptBytes = chunk.length - offset;
  }

  #keepPayload(chunk: Uint8Array, offset: number, bytes: number): void {
    const kept = this.#keptBytes;
    const needed = kept + bytes;
    let grownBytes = 0;
    if (!this.#payload || this.#payload.length < needed) {
      const grown = new Uint8Array(Math.min(this.payloadBytes, Math.max(FIRST_CAPACITY_BYTES, GROWTH * needed)));
      if (this.#payload) grown.set(viewOf(this.#payload, 0, kept));
      grownBytes = grown.length - (this.#payload?.length ?? 0);
      this.#payload = grown;
    }
    this.#payload.set(viewOf(chunk, offset, bytes), kept);
    this.#keptBytes = needed;
    if (grownBytes > 0) this.sink.halfReceived?.(grownBytes);
    // The sink may have finished the decoder.
    if (this.#payload && needed < this.payloadBytes) this.readCutPayload(this.#payload, needed);
  }

  #keepRest(rest: Uint8Array): void {
    this.#rest = rest;
    this.sink.halfReceived?.(rest.length);
  }

  #takeRest(): Uint8Array | undefined {
    const rest = this.#rest;
    this.#rest = undefined;
    if (rest) this.sink.halfReceived?.(-rest.length);
    return rest;
  }

  #freePayload(): void {
    const bytes = this.#payload?.length ?? 0;
    this.#payload = undefined;
    if (bytes > 0) this.sink.halfReceived?.(-bytes);
  }
}

function viewOf(bytes: Uint8Array, offset: number, length: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + offset, length);
}
