import { ifRejected } from "./thenable.js";

/** One reporter of errors for many, which can neither throw nor reject: there is nobody left to tell. */
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
