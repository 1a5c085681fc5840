/** As often as kim's clients do. */
const EVERY_MS = 3_000;

/** Acknowledges received messages every few seconds. */
export class Acknowledgements {
  readonly #acknowledge: (messageId: bigint) => Promise<unknown>;
  #receivedId = 0n;
  #acknowledgedId = 0n;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(acknowledge: (messageId: bigint) => Promise<unknown>) {
    this.#acknowledge = acknowledge;
  }

  /** Where a catch-up begins; 0 for the position that the server keeps. */
  get receivedId(): bigint {
    return this.#receivedId;
  }

  /** All messages up to this id are received. */
  received(messageId: bigint): void {
    if (messageId <= this.#receivedId) return;
    this.#receivedId = messageId;
    this.#timer ??= setTimeout(() => void this.#flush(), EVERY_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #flush(): Promise<void> {
    const messageId = this.#receivedId;
    try {
      await this.#acknowledge(messageId);
      this.#acknowledgedId = messageId;
    } catch {
      // Offline, or the server cannot write now: the next flush tries again.
    }
    const isBehind = this.#acknowledgedId < this.#receivedId;
    this.#timer = isBehind ? setTimeout(() => void this.#flush(), EVERY_MS) : undefined;
  }
}
