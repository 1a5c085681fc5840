/** An Error for what a function of the application has thrown, which may be any value. */
export function asError(thrown: unknown): Error & { readonly code?: unknown } {
  return thrown instanceof Error
    ? thrown
    : new Error("a value was thrown that is no Error; see `cause`", { cause: thrown });
}
