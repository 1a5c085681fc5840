/** What the two socket buffers between peers hold together, in bytes. */
const CAPACITY_BYTES = 256 * 1024;

/** The callbacks of a pipe's ends. Each is called in a task of its own, never from within a call of the other end. */
interface PipeEnds {
  /** There is something to take. */
  readable(): void;
  /** There is room again after `put` found none. */
  writable(): void;
}

/** One direction of a connection: messages in order, and no more of them than fit. */
export class MemoryPipe {
  readonly #ends: PipeEnds;
  #messages: Uint8Array[] = [];
  #bytes = 0;
  #writerWaits = false;
  #isEnded = false;
  #isReaderGone = false;

  constructor(ends: PipeEnds) {
    this.#ends = ends;
  }

  /** Whether the writer has said that nothing follows, and all before that was taken. */
  get isExhausted(): boolean {
    return this.#isEnded && this.#messages.length === 0;
  }

  /** @returns false, taking nothing, if the pipe is full; `writable` follows */
  put(message: Uint8Array): boolean {
    if (this.#isReaderGone) return true;
    // As a socket takes part of what it has no room for, a message enters as soon as there is any room.
    if (this.#bytes >= CAPACITY_BYTES) {
      this.#writerWaits = true;
      return false;
    }
    this.#messages.push(message);
    this.#bytes += message.length;
    if (this.#messages.length === 1) setTimeout(() => this.#ends.readable(), 0);
    return true;
  }

  /** Nothing follows. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#messages.length === 0) setTimeout(() => this.#ends.readable(), 0);
  }

  /** All that has arrived. */
  takeAll(): readonly Uint8Array[] {
    const messages = this.#messages;
    this.#messages = [];
    this.#bytes = 0;
    this.#wakeWriter();
    return messages;
  }

  /** What comes from now on vanishes, as with a socket whose peer is gone. */
  abandon(): void {
    this.#isReaderGone = true;
    this.#messages = [];
    this.#wakeWriter();
  }

  #wakeWriter(): void {
    if (!this.#writerWaits) return;
    this.#writerWaits = false;
    setTimeout(() => this.#ends.writable(), 0);
  }
}
