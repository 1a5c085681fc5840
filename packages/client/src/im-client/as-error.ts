/** What the application's functions throw may be anything. */
export function asError(thrown: unknown): Error & { readonly code?: unknown } {
  return thrown instanceof Error ? thrown : new Error("what was thrown is no Error; see `cause`", { cause: thrown });
}
