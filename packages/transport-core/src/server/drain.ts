import { FramedChannel } from "../channel/framed-channel.js";
import { atEndOfTurn } from "../conn/end-of-turn.js";
import { Waiters } from "../conn/waiters.js";
import { CloseCode } from "../contract/close-code.js";
import type { Conn } from "../contract/conn.js";
import type { ShutdownReport } from "../contract/server.js";
import { TransportError } from "../errors.js";
import { PatientTimer } from "../internal/patient-timer.js";
import type { DrainingSet } from "./draining-set.js";
import { pace } from "./pace.js";
import type { PendingConnection } from "./pending-connection.js";
import type { ServerChannels } from "./server-channels.js";

/** The connections of a server: those without an id, and its channels. */
export interface Connections {
  readonly pendingConnections: DrainingSet<PendingConnection>;
  readonly channels: ServerChannels;
}

export interface DrainStages {
  /** How many channels are closed per second. @default Infinity */
  readonly connectionsPerSecond?: number;
  /** Whether logins that have begun may finish, before the last channels are closed. @default false */
  readonly finishLogins?: boolean;
}

export interface DrainLimits extends DrainStages {
  /** How long the channel that is closed last has. */
  readonly limitMs: number;
  /** Cuts the connections that are still open. */
  readonly signal: AbortSignal;
  /** Settles when the listening socket is closed. */
  readonly listenerClosed: Promise<unknown>;
}

/** How long sockets may take to close after they were cut, and their StateListeners to be called. */
const CUT_WAIT_MS = 250;

/**
 * Ends all connections in order: refuses logins or lets them finish, waits until listeners have handled all received messages,
 * closes channels with 1001, and waits for the StateListener of each. Connections that are still open `limitMs` after the last
 * Close, or at the abort of the signal, are cut.
 */
export async function drain(
  { pendingConnections, channels }: Connections,
  {
    connectionsPerSecond = Number.POSITIVE_INFINITY,
    finishLogins = false,
    limitMs,
    signal,
    listenerClosed,
  }: DrainLimits,
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
  let areLoginsRefused = false;
  const refuseLogins = () => {
    if (areLoginsRefused) return;
    areLoginsRefused = true;
    for (const pending of pendingConnections) {
      if (pending.conn) count(pending.conn);
      pending.reject("shutting-down", shuttingDown);
    }
  };
  const timeLimit = new Waiters<void>();
  const timeIsUp = timeLimit.wait();
  const cut = () => {
    refuseLogins();
    for (const { conn } of pendingConnections) conn?.destroy();
    for (const channel of channels) FramedChannel.cut(channel);
    timeLimit.resolve();
  };
  signal.addEventListener("abort", cut, { once: true });
  const closeInOrder = (channel: FramedChannel) => {
    // The peer may have closed it before its turn.
    if (FramedChannel.hasEnded(channel)) return false;
    void FramedChannel.quiesce(channel).then(() => channel.close(CloseCode.GoingAway, shuttingDown.message));
    return true;
  };
  const known = new Set<FramedChannel>();
  const closeNewChannels = () => {
    const open = [...channels].filter((channel) => !known.has(channel) && !FramedChannel.hasEnded(channel));
    for (const channel of open) {
      known.add(channel);
      count(channel);
    }
    return pace(open, connectionsPerSecond, closeInOrder, signal);
  };
  if (!finishLogins) refuseLogins();
  const areClosing = closeNewChannels();
  if (signal.aborted) cut();
  await areClosing;
  if (finishLogins) {
    await Promise.race([pendingConnections.emptied(), timeIsUp]);
    await closeNewChannels();
  }
  const timer = new PatientTimer(cut).start(limitMs);
  const ended = Promise.all([...ends, listenerClosed]);
  // After the time limit StateListeners are still called, which takes a turn, but the shutdown does not wait for them.
  const reported = ended.then(() =>
    Promise.race([channels.emptied(), timeIsUp.then(() => new Promise<void>(atEndOfTurn))]),
  );
  let cutTimer: ReturnType<typeof setTimeout> | undefined;
  // The shutdown ends although a connection or the listener does not.
  const cutIsOver = timeIsUp.then(async () => {
    await new Promise<void>((resolve) => {
      cutTimer = setTimeout(resolve, CUT_WAIT_MS);
    });
  });
  await Promise.race([reported, cutIsOver]);
  timer.stop();
  clearTimeout(cutTimer);
  signal.removeEventListener("abort", cut);
  return { clean, cut: ends.length - clean };
}
