import { ifRejected } from "./thenable.js";

/** A reporter of errors that ignores what the given one throws or rejects with: nothing is left to report it to. */
export function guardReporter<Rest extends unknown[]>(
  ...many: readonly ((error: unknown, ...rest: Rest) => unknown)[]
): (error: unknown, ...rest: Rest) => void {
  return (error, ...rest) => {
    for (const report of many) {
      try {
        ifRejected(report(error, ...rest), ignore);
      } catch {}
    }
  };
}

function ignore(): void {}
