/** All that happened, as a hash, and on request as lines to read. Two runs of a seed must agree on both. */
export class EventLog {
  readonly #lines: string[] | undefined;
  #low = 0x811c9dc5;
  #high = 0x1b873593;
  #events = 0;

  /** @param keepsLines whether {@link lines} are kept, for a trace */
  constructor(keepsLines: boolean) {
    this.#lines = keepsLines ? [] : undefined;
  }

  get lines(): readonly string[] {
    return this.#lines ?? [];
  }

  get events(): number {
    return this.#events;
  }

  get hash(): string {
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }

  /** What a person wants to read in a trace. */
  write(nowMs: number, source: string, what: string): void {
    this.mark(nowMs);
    this.#text(source);
    this.#text(what);
    this.#lines?.push(`${nowMs.toFixed(3).padStart(12)}  ${source.padEnd(12)} ${what}`);
  }

  /** What only the hash needs, such as each step and the bytes of each segment. */
  mark(number: number): void {
    this.#events++;
    this.#add(number | 0);
    this.#add((number * 65_536) | 0);
  }

  markBytes(bytes: Uint8Array): void {
    let sum = bytes.length;
    for (const byte of bytes) sum = (Math.imul(sum, 31) + byte) | 0;
    this.#add(sum);
  }

  #text(text: string): void {
    for (let i = 0; i < text.length; i++) this.#add(text.charCodeAt(i));
  }

  #add(word: number): void {
    this.#low = Math.imul(this.#low ^ word, 0x01000193);
    this.#high = Math.imul(this.#high ^ (word + (this.#low >>> 15)), 0x85ebca6b);
  }
}
