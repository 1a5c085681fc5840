const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long" });
const date = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const shortDate = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

const DAY_MS = 86_400_000;

export function clockTime(atMs: number): string {
  return clock.format(atMs);
}

/** Whole days between a time and now, by the calendar. */
function daysAgo(atMs: number): number {
  const midnight = new Date().setHours(0, 0, 0, 0);
  return Math.max(0, Math.ceil((midnight - atMs) / DAY_MS));
}

/** Above the messages of a day. */
export function dayName(atMs: number): string {
  const days = daysAgo(atMs);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return date.format(atMs);
}

/** In a list: the time of today, else the day. */
export function shortTime(atMs: number): string {
  const days = daysAgo(atMs);
  if (days === 0) return clock.format(atMs);
  return days < 7 ? weekday.format(atMs).slice(0, 3) : shortDate.format(atMs);
}

export function isSameDay(aMs: number, bMs: number): boolean {
  return new Date(aMs).toDateString() === new Date(bMs).toDateString();
}
