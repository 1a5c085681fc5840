/** Rejects, saying what did not happen, if the promise is not settled in time. */
export async function within<T>(promise: PromiseLike<T>, what: string, ms = 8_000): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`did not happen within ${ms} ms: ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Something to be settled later, from outside. */
export function deferred<T = void>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/** The error that a promise rejects with, or that a call throws. */
export async function errorOf(call: (() => unknown) | PromiseLike<unknown>): Promise<Error & { code?: string }> {
  try {
    await (typeof call === "function" ? call() : call);
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

export async function codeOf(call: (() => unknown) | PromiseLike<unknown>): Promise<string> {
  const error = await errorOf(call).catch(() => ({ code: "nothing was thrown", message: "" }));
  return error.code ?? error.message;
}

export function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

export function text(payload: Uint8Array): string {
  return new TextDecoder().decode(payload);
}
