import { TransportError, type TransportErrorCode } from "@im/transport-core";

/** @param what the rule, as a sentence that is wrong when this fails */
export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`does not hold: ${what}`);
}

export function equal<T>(actual: T, expected: T, what: string): void {
  if (!Object.is(actual, expected)) throw new Error(`${what}: expected ${show(expected)}, got ${show(actual)}`);
}

export function equalLists<T>(actual: readonly T[], expected: readonly T[], what: string): void {
  const length = Math.max(actual.length, expected.length);
  for (let index = 0; index < length; index++) {
    equal(actual[index], expected[index], `${what}, number ${index + 1} of ${actual.length}`);
  }
}

export function equalBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  equal(actual.length, expected.length, `${what}: length in bytes`);
  const wrong = actual.findIndex((byte, index) => byte !== expected[index]);
  if (wrong >= 0) equal(actual[wrong], expected[wrong], `${what}: byte ${wrong} of ${actual.length}`);
}

/** @returns the error, which is a TransportError of this code */
export async function rejects(call: Promise<unknown>, code: TransportErrorCode, what: string): Promise<TransportError> {
  return ofCode(await rejection(call, what), code, what);
}

/** Expects that exactly this is what the promise rejects with. */
export async function rejectsWith(call: Promise<unknown>, reason: unknown, what: string): Promise<void> {
  equal(await rejection(call, what), reason, `${what}: what it rejects with`);
}

/** @returns the error, which is a TransportError of this code */
export function throws(call: () => unknown, code: TransportErrorCode, what: string): TransportError {
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    return ofCode(error, code, what);
  }
  throw new Error(`${what}: expected ${code} to be thrown, but it returned ${show(result)}`);
}

/** @returns the error, which is a TransportError of this code */
export function ofCode(error: unknown, code: TransportErrorCode, what: string): TransportError {
  if (error instanceof TransportError && error.code === code) return error;
  throw new Error(`${what}: expected ${code}, got ${show(error)}`, { cause: error });
}

/** @returns what the promise rejects with */
export async function rejection(call: Promise<unknown>, what: string): Promise<unknown> {
  let result: unknown;
  try {
    result = await call;
  } catch (error) {
    return error;
  }
  throw new Error(`${what}: expected a rejection, but it resolved with ${show(result)}`);
}

function show(value: unknown): string {
  if (value instanceof TransportError) return `${value.code} (${value.message})`;
  if (value instanceof Error) return `${value.name} (${value.message})`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
