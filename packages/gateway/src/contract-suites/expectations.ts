import type { MaybePromise } from "../ports/maybe-promise.js";
import { withTimeout } from "../ports/with-timeout.js";

/** Throws unless both say the same; plain data only. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  const [has, wants] = [JSON.stringify(sorted(actual)), JSON.stringify(sorted(expected))];
  if (has !== wants) throw new Error(`${what}: expected ${wants}, got ${has}`);
}

/** Throws unless the call throws or rejects with this code. */
export async function expectCode(call: () => unknown, code: string): Promise<void> {
  let thrown: unknown;
  try {
    await call();
  } catch (error) {
    thrown = error;
  }
  const has = (thrown as { code?: unknown } | undefined)?.code;
  if (has !== code) throw new Error(`expected an error of code ${code}, got ${thrown ?? "none"}`);
}

/** What a promise resolves to, in a reasonable time. */
export async function soon<T>(promise: MaybePromise<T>, what: string): Promise<T> {
  return withTimeout(promise, 2_000, what);
}

/** The same with the keys of objects in order, so that two ways of writing one value compare equal. */
function sorted(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]);
}
