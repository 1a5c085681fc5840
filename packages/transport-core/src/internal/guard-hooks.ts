import { ifRejected } from "./thenable.js";

type Hook = (...args: unknown[]) => unknown;

/**
 * Merges sets of hooks into one. A hook that throws disturbs neither the caller nor the others. A hook that no set has is absent.
 *
 * @param names of all hooks that there are
 * @param failed is called with what a hook throws, or rejects with
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
