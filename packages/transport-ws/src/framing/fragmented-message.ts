const FIRST_CAPACITY_BYTES = 1024;

/** A message of which fragments are still missing (RFC 6455 §5.4). */
export class FragmentedMessage {
  readonly opCode: number;
  fragments = 0;
  byteLength = 0;
  /** Grows with the received bytes: many tiny fragments cost no more than a large one. */
  #memory = new Uint8Array(0);

  constructor(opCode: number) {
    this.opCode = opCode;
  }

  get memoryBytes(): number {
    return this.#memory.length;
  }

  /** The fragments received so far, in order. */
  get payload(): Uint8Array {
    return this.#memory.subarray(0, this.byteLength);
  }

  /** Counts a fragment without keeping it. */
  count(fragment: Uint8Array): void {
    this.byteLength += fragment.length;
    this.fragments++;
  }

  add(fragment: Uint8Array): void {
    const needed = this.byteLength + fragment.length;
    if (needed > this.#memory.length) {
      const grown = new Uint8Array(Math.max(FIRST_CAPACITY_BYTES, 2 * needed));
      grown.set(this.payload);
      this.#memory = grown;
    }
    this.#memory.set(fragment, this.byteLength);
    this.count(fragment);
  }
}
