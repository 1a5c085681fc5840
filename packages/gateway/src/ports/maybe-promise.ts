/** The result of a port: a value from one in memory, a promise from any other. `await` takes both. */
export type MaybePromise<T> = T | Promise<T>;
