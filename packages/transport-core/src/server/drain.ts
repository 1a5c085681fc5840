import { FramedChannel } from "../channel/framed-channel.js";
import { atEndOfTurn } from "../conn/end-of-turn.js";
import { Waiters } from "../conn/waiters.js";
import { CloseCode } from "../contract/close-code.js";
import type { Conn } from "../contract/conn.js";
import type { ShutdownReport } from "../contract/server.js";
import { TransportError } from "../errors.js";
import { PatientTimer } from "../internal/patient-timer.js";
import { pace } from "./pace.js";
import type { PendingConnection } from "./pending-connection.js";
import type { ServerChannels } from "./server-channels.js";

/** The connections of a server: those without an id, and its channels. */
export interface Connections {
  readonly pendingConnections: ReadonlySet<PendingConnection>;
  readonly channels: ServerChannels;
}

export interface DrainLimits {
  /** How many channels are closed per second. */
  readonly connectionsPerSecond: number;
  /** How long the last of them has. */
  readonly limitMs: number;
  /** Cuts those that are not done. */
  readonly signal: AbortSignal;
  /** Settles when nothing more is accepted and no socket is left. */
  readonly listenerClosed: Promise<unknown>;
}

/** How long sockets that were cut have to close, and StateListeners to be called for them. */
const CUT_WAIT_MS = 250;

/**
 * Ends all connections in order: refuses logins, lets listeners finish what was received, closes channels with 1001, and
 * calls the StateListener for each. What is not done `limitMs` after the last turn, or at the abort of the signal, is cut.
 */
export async function drain(
  { pendingConnections, channels }: Connections,
  { connectionsPerSecond, limitMs, signal, listenerClosed }: DrainLimits,
): Promise<ShutdownReport> {
  const shuttingDown = new TransportError("IM_ERR_LOGIN_REFUSED", "the server is shutting down", {
    closeCode: CloseCode.GoingAway,
  });
  const ends: Promise<unknown>[] = [];
  let clean = 0;
  const count = (conn: Pick<Conn, "closed">) => {
    const counted = conn.closed.then((info) => {
      if (info.clean) clean++;
    });
    ends.push(counted);
  };
  for (const pending of pendingConnections) {
    if (pending.conn) count(pending.conn);
    pending.reject("shutting-down", shuttingDown);
  }
  const connected = [...channels].filter((channel) => !FramedChannel.hasEnded(channel));
  for (const channel of connected) count(channel);
  const patience = new Waiters<void>();
  const patienceIsOver = patience.wait();
  const cut = () => {
    for (const { conn } of pendingConnections) conn?.destroy();
    for (const channel of channels) FramedChannel.cut(channel);
    patience.resolve();
  };
  signal.addEventListener("abort", cut, { once: true });
  if (signal.aborted) cut();
  const closeInOrder = (channel: FramedChannel) => {
    // It may have left by itself before its turn.
    if (FramedChannel.hasEnded(channel)) return false;
    void FramedChannel.quiesce(channel).then(() => channel.close(CloseCode.GoingAway, shuttingDown.message));
    return true;
  };
  await pace(connected, connectionsPerSecond, closeInOrder, signal);
  const timer = new PatientTimer(cut).start(limitMs);
  const ended = Promise.all([...ends, listenerClosed]);
  // Once the patience is over, StateListeners are still told, which takes a turn, but not waited for.
  const told = ended.then(() =>
    Promise.race([channels.emptied(), patienceIsOver.then(() => new Promise<void>(atEndOfTurn))]),
  );
  let cutTimer: ReturnType<typeof setTimeout> | undefined;
  // Whatever a connection or the listener does not end, the shutdown does not wait for it.
  const cutIsOver = patienceIsOver.then(async () => {
    await new Promise<void>((resolve) => {
      cutTimer = setTimeout(resolve, CUT_WAIT_MS);
    });
  });
  await Promise.race([told, cutIsOver]);
  timer.stop();
  clearTimeout(cutTimer);
  signal.removeEventListener("abort", cut);
  return { clean, cut: ends.length - clean };
}
