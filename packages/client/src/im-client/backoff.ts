import { MAX_TIMER_MS } from "@im/transport-core/internal";

/** How long to wait before connecting again. */
export interface BackoffOptions {
  /** The longest wait after the first failure, in milliseconds; it doubles with each. @default 1000 */
  readonly baseMs: number;
  /** The longest wait ever, in milliseconds. @default 30000 */
  readonly capMs: number;
  /** How long a connection must have lived for the failures before it to be forgotten. @default 10000 */
  readonly stableMs: number;
}

/**
 * Exponential backoff with full jitter: any wait from 0 to the bound is equally likely, so that clients that failed
 * together do not come back together. What a server asks for is waited in addition. No more than a timer can do, 25 days.
 *
 * @param failures in a row, before the one that is waited for
 * @param random from 0 up to, and not including, 1
 */
export function backoffMs(
  failures: number,
  retryAfterMs: number,
  random: number,
  { baseMs, capMs }: BackoffOptions,
): number {
  const boundMs = Math.min(capMs, baseMs * 2 ** failures, MAX_TIMER_MS);
  return Math.min(retryAfterMs + random * boundMs, MAX_TIMER_MS);
}
