/** A time as an argument of Redis, which takes whole milliseconds. */
export function wholeMs(ms: number): string {
  return String(Math.min(Math.ceil(ms), Number.MAX_SAFE_INTEGER));
}
