/** The longest delay of a timer; with a longer one it would fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** A timeout of any length: `Infinity` is none, and what a timer cannot do (25 days) is cut to what it can. */
export function startTimer(task: () => void, delayMs: number): ReturnType<typeof setTimeout> | undefined {
  return delayMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(task, Math.min(delayMs, MAX_TIMER_MS));
}
