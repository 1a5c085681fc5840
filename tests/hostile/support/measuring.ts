/** `pnpm test:long` runs the same tests with the full numbers. */
export const isLong = process.env.HOSTILE === "long";

export function size(short: number, long: number): number {
  return isLong ? long : short;
}

/** Prints a figure of a long run. */
export function report(figures: string): void {
  if (isLong) console.log(figures);
}

/** The value below which so many per cent of all are. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}

/** Rejects, saying what did not happen, if it does not happen in time. */
export async function within<T>(deadlineMs: number, promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${deadlineMs} ms in vain for ${what}`)), deadlineMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
