import { isThenable } from "@im/transport-core/internal";

/**
 * Runs code of the application: what it throws or rejects with goes to `report`, and no further.
 *
 * @returns a promise, which never rejects, if the code gave one
 */
export function guard(run: () => unknown, report: (error: unknown) => void): void | Promise<void> {
  try {
    const given = run();
    if (isThenable(given)) return settled(given, report);
  } catch (error) {
    report(error);
  }
  return undefined;
}

async function settled(promise: PromiseLike<unknown>, report: (error: unknown) => void): Promise<void> {
  try {
    await promise;
  } catch (error) {
    report(error);
  }
}
