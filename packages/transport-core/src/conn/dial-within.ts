import type { Conn } from "../contract/conn.js";
import type { DialerContext } from "../contract/dialer.js";
import { LOGIN_WAIT_MS } from "../defaults.js";
import { TransportError } from "../errors.js";
import { checkWait } from "../internal/check-options.js";
import { PatientTimer } from "../internal/patient-timer.js";
import { shownAddress } from "./dial-errors.js";

/** How an attempt to connect ends; only the first call counts. */
export interface DialOutcome {
  opened(conn: Conn): void;
  failed(error: TransportError): void;
}

/**
 * For dialers: runs one attempt to connect within the context's time limit and signal.
 *
 * @param attempt begins to connect, and returns what gives it up and closes its socket
 * @throws `IM_ERR_DIAL_TIMEOUT`, the signal's reason, what the attempt failed with
 */
export async function dialWithin(
  { address, timeoutMs = LOGIN_WAIT_MS, signal }: DialerContext,
  attempt: (outcome: DialOutcome) => () => void,
): Promise<Conn> {
  checkWait("timeoutMs", timeoutMs);
  signal?.throwIfAborted();
  let stop = () => {};
  try {
    return await new Promise<Conn>((resolve, reject) => {
      const giveUp = attempt({ opened: resolve, failed: reject });
      const stopWith = (reason: unknown) => {
        reject(reason);
        giveUp();
      };
      const late = `no connection to ${shownAddress(address)} within ${timeoutMs} ms: is the address right?`;
      const over = () => stopWith(new TransportError("IM_ERR_DIAL_TIMEOUT", late));
      const timer = new PatientTimer(over).start(timeoutMs);
      const abort = () => stopWith(signal?.reason);
      signal?.addEventListener("abort", abort, { once: true });
      stop = () => {
        timer.stop();
        signal?.removeEventListener("abort", abort);
      };
    });
  } finally {
    stop();
  }
}
