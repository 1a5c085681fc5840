/** Whether a value is a promise, or has a `then` as promises have. */
export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** If a callback of the application returned a promise of any kind, calls `failed` with what it rejects with. */
export function ifRejected(given: unknown, failed: (error: unknown) => void): void {
  if (isThenable(given)) Promise.resolve(given).catch(failed);
}
