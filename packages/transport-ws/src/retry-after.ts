import type { IncomingHttpHeaders } from "node:http";

/** A date in any of the three formats (RFC 9110 §5.6.7); the last is in GMT without saying so. */
const DATE = /^[a-z]{3,9},? .*\d\d:\d\d:\d\d( \d{4}| GMT)$/i;

/** After how many seconds the client may try again: `Retry-After` has a number or a date (RFC 9110 §10.2.3). */
export function retryAfterSeconds({ "retry-after": given = "", date = "" }: IncomingHttpHeaders): number | undefined {
  if (/^\d+$/.test(given)) return Number(given);
  const at = readDate(given);
  // By the clock of the server, if it sends its date.
  return at === undefined ? undefined : Math.max(0, Math.ceil((at - (readDate(date) ?? Date.now())) / 1_000));
}

function readDate(text: string): number | undefined {
  const time = DATE.test(text) ? Date.parse(text.endsWith("GMT") ? text : `${text} GMT`) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
