/** Whether a value comes later: a promise, or what behaves like one. */
export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** Reports what something that a callback of the application gave rejects with, whatever kind of promise it is. */
export function ifRejected(given: unknown, failed: (error: unknown) => void): void {
  if (isThenable(given)) Promise.resolve(given).catch(failed);
}
