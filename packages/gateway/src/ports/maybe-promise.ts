/** What a port gives: at once if it lies in memory, later if it lies elsewhere. `await` takes both. */
export type MaybePromise<T> = T | Promise<T>;
