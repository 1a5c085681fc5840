import { isIP, type Socket } from "node:net";
import { reasonOf } from "../conn/dial-errors.js";
import { type DialOutcome, dialWithin } from "../conn/dial-within.js";
import { formatAddress } from "../contract/address.js";
import type { Conn } from "../contract/conn.js";
import type { DialerContext } from "../contract/dialer.js";
import { TransportError } from "../errors.js";
import type { SocketTarget } from "./connect-socket.js";

/**
 * As `dialWithin`, for dialers on Node's sockets: if the time is over before any address of the host has connected, the
 * error says of each one that was tried why it failed. The `cause` is an `AggregateError` of them.
 *
 * @param attempt calls `watch` with the socket that connects, and where to
 */
export async function dialHost(
  context: DialerContext,
  attempt: (outcome: DialOutcome, watch: (socket: Socket, where: SocketTarget) => void) => () => void,
): Promise<Conn> {
  const failures = new Map<string, Error>();
  try {
    return await dialWithin(context, (outcome) =>
      attempt(outcome, (socket, where) => {
        // An address has no others, and its own failure ends the dial.
        if ("host" in where && isIP(where.host) === 0) watchAttempts(socket, failures);
      }),
    );
  } catch (error) {
    const isLate = error instanceof TransportError && error.code === "IM_ERR_DIAL_TIMEOUT";
    if (!isLate || failures.size === 0) throw error;
    const cause = new AggregateError(failures.values());
    throw new TransportError("IM_ERR_DIAL_TIMEOUT", `${error.message} ${reasonOf(cause)}`, { cause });
  }
}

/** Keeps the failure of each address until one connects. An address that has not answered has timed out. */
function watchAttempts(socket: Socket, failures: Map<string, Error>): void {
  const tried = (host: string, port: number) => {
    const address = formatAddress({ host, port });
    failures.set(address, new Error(`connect ETIMEDOUT ${address}`));
  };
  const failed = (host: string, port: number, _family: number, error: Error) => {
    failures.set(formatAddress({ host, port }), error);
  };
  const connected = () => {
    failures.clear();
    socket.off("connectionAttempt", tried).off("connectionAttemptFailed", failed).off("connect", connected);
  };
  socket.on("connectionAttempt", tried).on("connectionAttemptFailed", failed).on("connect", connected);
}
