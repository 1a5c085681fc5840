/** Rejects, saying what did not happen, if the promise is not settled in time. */
export async function within<T>(promise: PromiseLike<T>, what: string, ms = 5_000): Promise<T> {
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

const setImmediateOfNode = setImmediate;

/** After this turn of the event loop: all that was resolved has gone on, and what was to be flushed has been. */
export function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediateOfNode(() => setImmediateOfNode(() => resolve())));
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

/** The code of what a call throws or a promise rejects with; a message that tells when it does neither. */
export async function codeOf(call: (() => unknown) | PromiseLike<unknown>): Promise<string> {
  try {
    await (typeof call === "function" ? call() : call);
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return "nothing was thrown";
}
