import type { Conn, Dialer, DialerContext } from "@im/transport-core";
import { dialWithin } from "@im/transport-core/internal";

/**
 * Dials, and enforces the time limit and the abort even if the Dialer does not. A Conn that comes too late is destroyed.
 *
 * @param dialing aborted when the attempt has failed, at the time limit too; abort it to give up
 * @param use called with the Conn, in the turn in which the attempt was checked not to be aborted
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
      // Its signal gives it up, with the reason, below.
      return () => {};
    });
    // It may have been aborted in the moment in which it succeeded.
    dialing.signal.throwIfAborted();
    use(conn);
  } catch (error) {
    dialing.abort(error);
    dialed.then((conn) => conn.destroy()).catch(() => {});
    throw error;
  }
}
