/** The shortest time between two steps; at higher rates one step takes several items. */
const TICK_MS = 20;

/**
 * Calls `task` with one item after the other, at most `perSecond` of them, the first at once; `Infinity` means all at once.
 *
 * @param task returns whether the item counts; after one that does not count, the next follows at once
 * @param signal ends it: `task` is not called with the items that are left
 * @returns resolves when no item is left, or at the abort
 */
export function pace<T>(
  items: Iterable<T>,
  perSecond: number,
  task: (item: T) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = performance.now();
  const rest = items[Symbol.iterator]();
  let counted = 0;
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const step = () => {
      const due = 1 + ((performance.now() - startedMs) * perSecond) / 1000;
      while (perSecond === Number.POSITIVE_INFINITY || counted + 1 <= due) {
        const { done, value } = rest.next();
        if (done) {
          end();
          return;
        }
        if (task(value)) counted++;
      }
      const nextMs = startedMs + (counted * 1000) / perSecond;
      timer = setTimeout(step, Math.max(TICK_MS, nextMs - performance.now()));
    };
    if (signal.aborted) {
      resolve();
      return;
    }
    signal.addEventListener("abort", end, { once: true });
    step();
  });
}
