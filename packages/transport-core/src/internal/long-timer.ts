/** The longest delay of a timer; with a longer one it would fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * A timeout of any length: `Infinity` is none, what a timer cannot do (25 days) is cut to what it can, and what is overdue
 * comes at once, without the warning that Node prints of a negative delay.
 */
export function startTimer(task: () => void, delayMs: number): ReturnType<typeof setTimeout> | undefined {
  if (delayMs === Number.POSITIVE_INFINITY) return undefined;
  return setTimeout(task, Math.max(0, Math.min(delayMs, MAX_TIMER_MS)));
}
