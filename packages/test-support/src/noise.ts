export type Random = (below: number) => number;

/** How many inputs a fuzz test tries. */
export const fuzzRuns = Number(process.env.FUZZ_RUNS ?? 20_000);
/** Milliseconds that so many may take. */
export const fuzzTimeout = 20_000 + fuzzRuns;

/** mulberry32: the same inputs in every run, so that a failure can be repeated. */
export function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A few bytes changed, taken out, put in or doubled; or none. */
export function mutate(input: Uint8Array, random: Random): Uint8Array {
  const bytes = [...input];
  for (let count = random(4); count > 0; count--) {
    const at = random(bytes.length + 1);
    const kind = random(5);
    if (kind === 0) bytes[at] = random(256);
    else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    else if (kind === 2) bytes.splice(at, 1 + random(4));
    else if (kind === 3) bytes.splice(at, 0, [0, 1, 0x7e, 0x7f, 0x80, 0xff][random(6)]!);
    else bytes.splice(at, 0, ...bytes.slice(at, at + 8));
  }
  return Uint8Array.from(bytes);
}

export function noise(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random(256));
}

/** Chunks of one to many bytes. */
export function chunksOf(input: Uint8Array, random: Random): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < input.length; ) {
    const end = at + 1 + random(random(3) === 0 ? 60 : 4);
    chunks.push(input.slice(at, end));
    at = end;
  }
  return chunks;
}

export function failure(input: Uint8Array, what: string, cause?: unknown): Error {
  return new Error(`input ${Buffer.from(input).toString("hex")}: ${what}`, { cause });
}
