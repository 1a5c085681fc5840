import type { TransportHooks } from "../contract/transport-hooks.js";
import type { ErrorReporter } from "../error-reporter.js";

export const hookNames = [
  "accepted",
  "refused",
  "opened",
  "received",
  "sent",
  "written",
  "blocked",
  "dropped",
  "closed",
] as const satisfies readonly (keyof TransportHooks)[];

type Hook = (...args: unknown[]) => unknown;

/** One set of hooks for many, none of which can harm the caller or another. What nobody takes stays absent. */
export function guardHooks(many: readonly TransportHooks[], report: ErrorReporter): TransportHooks {
  const guarded: Record<string, Hook> = {};
  const failed = (error: unknown) => report(error, { during: "hook" });
  for (const name of hookNames) {
    const takers = many.filter((hooks) => hooks[name] !== undefined);
    if (takers.length === 0) continue;
    guarded[name] = (...args) => {
      for (const hooks of takers) {
        try {
          const returned = (hooks[name] as Hook)(...args);
          if (returned instanceof Promise) returned.catch(failed);
        } catch (error) {
          failed(error);
        }
      }
    };
  }
  return guarded;
}
