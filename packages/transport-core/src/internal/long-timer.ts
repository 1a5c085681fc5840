/** The longest delay of a timer; with a longer one it would fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * A timeout of any length: `Infinity` means never, more than a timer allows (25 days) is cut to that, and a negative delay
 * means at once, without the warning that Node prints for it.
 */
export function startTimer(task: () => void, delayMs: number): ReturnType<typeof setTimeout> | undefined {
  if (delayMs === Number.POSITIVE_INFINITY) return undefined;
  return setTimeout(task, Math.max(0, Math.min(delayMs, MAX_TIMER_MS)));
}
