import { ifRejected } from "./thenable.js";

type Hook = (...args: unknown[]) => unknown;

/**
 * One set of hooks for many, none of which can harm the caller or another. What nobody takes stays absent.
 *
 * @param names of all hooks that there are
 * @param failed learns of what a hook throws, or rejects with
 */
export function guardHooks<Hooks extends object>(
  names: readonly (keyof Hooks & string)[],
  many: readonly Hooks[],
  failed: (error: unknown) => void,
): Hooks {
  const guarded: Record<string, Hook> = {};
  for (const name of names) {
    const takers = many.filter((hooks) => hooks[name] !== undefined);
    if (takers.length === 0) continue;
    guarded[name] = (...args) => {
      for (const hooks of takers) {
        try {
          ifRejected((hooks[name] as Hook)(...args), failed);
        } catch (error) {
          failed(error);
        }
      }
    };
  }
  return guarded as Hooks;
}
