import { type Conn, type Dialer, type DialerContext, TransportError } from "@im/transport-core";
import { startTimer } from "@im/transport-core/authoring";

/**
 * Dials, and holds to the time limit and to the abort even if the Dialer does not. What comes too late is closed.
 *
 * @param dialing aborted at the time limit; abort it to give up
 * @param use called with the Conn, in the same turn in which it was seen that nobody has given it up
 * @throws `IM_ERR_DIAL_TIMEOUT`, the reason of the abort, what the Dialer throws
 */
export async function dialWithinLimits(
  dialer: Dialer,
  context: Omit<DialerContext, "signal">,
  dialing: AbortController,
  use: (conn: Conn) => void,
): Promise<void> {
  const { address, timeoutMs } = context;
  const { signal } = dialing;
  const late = new TransportError("IM_ERR_DIAL_TIMEOUT", `no connection to ${address} within ${timeoutMs} ms`);
  const timer = startTimer(() => dialing.abort(late), timeoutMs);
  const dial = async () => dialer.dialAndHandshake({ ...context, signal });
  const dialed = dial();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    const conn = await Promise.race([dialed, aborted]);
    // It may have been given up in the moment in which it succeeded.
    signal.throwIfAborted();
    use(conn);
  } catch (error) {
    dialed.then((conn) => conn.destroy()).catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
