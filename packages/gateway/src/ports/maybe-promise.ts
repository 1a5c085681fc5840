/** What a port gives: at once if it lies in memory, later if it lies elsewhere. `await` takes both. */
export type MaybePromise<T> = T | Promise<T>;

/** Whether it comes later. */
export function isLater<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
