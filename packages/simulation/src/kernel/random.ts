/** Numbers that a seed decides. A fork depends on its name alone, not on what was drawn before. */
export class Random {
  readonly #seed: number;
  #state: number;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#state = mix(this.#seed);
  }

  /** An independent source: drawing from one never moves another. */
  fork(name: string | number): Random {
    let seed = mix(this.#seed ^ 0x9e3779b9);
    for (const character of String(name)) seed = mix(seed ^ character.codePointAt(0)!);
    return new Random(seed);
  }

  /** From 0 up to, and not including, 2³² (mulberry32). */
  uint32(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let bits = this.#state;
    bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (bits ^ (bits >>> 14)) >>> 0;
  }

  /** From 0 up to, and not including, 1. */
  fraction(): number {
    return this.uint32() / 2 ** 32;
  }

  /** A whole number, both bounds included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1));
  }

  /** A time in milliseconds, in steps that a binary fraction holds exactly. */
  ms(min: number, max: number): number {
    return this.int(min * 16, max * 16) / 16;
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.int(0, from.length - 1)]!;
  }

  /** @param weights how often each comes, relative to the others */
  weighted<T>(weights: readonly (readonly [weight: number, value: T])[]): T {
    let rest = this.fraction() * weights.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of weights) {
      rest -= weight;
      if (rest < 0) return value;
    }
    return weights[0]![1];
  }

  fill(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.uint32();
  }
}

function mix(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
