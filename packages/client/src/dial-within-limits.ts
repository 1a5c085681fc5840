import type { Conn, Dialer, DialerContext } from "@im/transport-core";
import { dialWithin } from "@im/transport-core/internal";

/**
 * Dials, and holds to the time limit and to the abort even if the Dialer does not. What comes too late is closed.
 *
 * @param dialing aborted when the attempt has failed, at the time limit too; abort it to give up
 * @param use called with the Conn, in the same turn in which it was seen that nobody has given it up
 * @throws `IM_ERR_DIAL_TIMEOUT`, the reason of the abort, what the Dialer throws
 */
export async function dialWithinLimits(
  dialer: Dialer,
  context: Omit<DialerContext, "signal">,
  dialing: AbortController,
  use: (conn: Conn) => void,
): Promise<void> {
  const limited = { ...context, signal: dialing.signal };
  const dial = async () => dialer.dialAndHandshake(limited);
  const dialed = dial();
  try {
    const conn = await dialWithin(limited, ({ opened, failed }) => {
      dialed.then(opened, failed);
      // It is given up by its signal, with the reason, below.
      return () => {};
    });
    // It may have been given up in the moment in which it succeeded.
    dialing.signal.throwIfAborted();
    use(conn);
  } catch (error) {
    dialing.abort(error);
    dialed.then((conn) => conn.destroy()).catch(() => {});
    throw error;
  }
}
