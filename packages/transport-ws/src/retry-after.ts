import type { IncomingHttpHeaders } from "node:http";

/** A day with the time in any of the three forms (RFC 9110 §5.6.7), the last of which does not say that it is GMT. */
const DATE = /^[a-z]{3,9},? .*\d\d:\d\d:\d\d( \d{4}| GMT)$/i;

/** In how many seconds an answer asks to be tried again: it says a number or a date (RFC 9110 §10.2.3). */
export function retryAfterSeconds({ "retry-after": given = "", date = "" }: IncomingHttpHeaders): number | undefined {
  if (/^\d+$/.test(given)) return Number(given);
  const at = readDate(given);
  // By the clock of who names the date, if it tells.
  return at === undefined ? undefined : Math.max(0, Math.ceil((at - (readDate(date) ?? Date.now())) / 1_000));
}

function readDate(text: string): number | undefined {
  const time = DATE.test(text) ? Date.parse(text.endsWith("GMT") ? text : `${text} GMT`) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
