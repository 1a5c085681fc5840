import { GatewayError } from "@im/gateway";
import { PatientTimer } from "@im/transport-core/internal";

/** So long Redis may leave a command unanswered while it answers no other. */
const SILENCE_MS = 2_000;

/**
 * Sends no more on a connection on which Redis has stopped to answer, until it answers again or the connection ends. What would be
 * sent would run late. And only a connection on which nothing is written is idle, so that the client's `socketTimeout` ends it.
 *
 * @param send to one server, on one connection
 * @returns the same, which throws `IM_ERR_PORT_TIMEOUT` meanwhile
 */
export function refuseWhileSilent<A extends readonly unknown[]>(
  send: (...args: A) => Promise<unknown>,
): (...args: A) => Promise<unknown> {
  let unanswered = 0;
  /** When Redis has answered, or had nothing to answer. */
  let aliveMs = 0;
  let isWatched = false;
  let isSilent = false;
  const timer = new PatientTimer(() => {
    const leftMs = aliveMs + SILENCE_MS - performance.now();
    isWatched = unanswered > 0 && leftMs > 0;
    if (isWatched) timer.start(leftMs);
    else isSilent = unanswered > 0;
  }, false);
  return async (...args) => {
    if (isSilent) throw new GatewayError("IM_ERR_PORT_TIMEOUT", `Redis has not answered for ${SILENCE_MS} ms`);
    if (unanswered++ === 0) aliveMs = performance.now();
    if (!isWatched) timer.start(SILENCE_MS);
    isWatched = true;
    try {
      return await send(...args);
    } finally {
      unanswered--;
      aliveMs = performance.now();
      isSilent = false;
    }
  };
}
