/** Hears what something that a callback of the application gave rejects with, whatever kind of promise it is. */
export function ifRejected(given: unknown, failed: (error: unknown) => void): void {
  const isLater = typeof (given as { then?: unknown } | null | undefined)?.then === "function";
  if (isLater) Promise.resolve(given).catch(failed);
}
