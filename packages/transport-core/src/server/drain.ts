import type { BatchingChannel } from "../channel/batching-channel.js";
import type { FramedConn } from "../conn/framed-conn.js";
import { CloseCode, type CloseInfo } from "../contract/close-info.js";
import type { ShutdownReport } from "../contract/server.js";
import { startTimer } from "../deadline/long-timer.js";
import { TransportError } from "../errors.js";
import type { Newcomer } from "./newcomer.js";

/** Whom a server has: those without an id, with their connection once they speak frames, and its channels. */
export interface Population {
  readonly newcomers: ReadonlyMap<Newcomer, FramedConn | undefined>;
  readonly channels: ReadonlySet<BatchingChannel>;
}

/**
 * Ends all connections in order: logins are refused, listeners finish with what has arrived, peers are told (1001). What
 * is not done after `limitMs`, or at the abort of the signal, is cut.
 */
export async function drain(
  { newcomers, channels }: Population,
  limitMs: number,
  signal: AbortSignal | undefined,
): Promise<ShutdownReport> {
  const shuttingDown = new TransportError("IM_ERR_LOGIN_REFUSED", "the server is shutting down", {
    closeCode: CloseCode.GoingAway,
  });
  const ends: Promise<CloseInfo>[] = [];
  for (const [newcomer, conn] of newcomers) {
    if (conn) ends.push(conn.closed);
    newcomer.expel(shuttingDown);
  }
  for (const channel of channels) {
    ends.push(channel.closed);
    void channel.quiesce().then(() => channel.close(CloseCode.GoingAway, shuttingDown.message));
  }
  const cut = () => {
    for (const conn of [...newcomers.values(), ...channels]) conn?.destroy();
  };
  const timer = startTimer(cut, limitMs);
  signal?.addEventListener("abort", cut, { once: true });
  if (signal?.aborted) cut();
  const infos = await Promise.all(ends);
  clearTimeout(timer);
  signal?.removeEventListener("abort", cut);
  const clean = infos.filter((info) => info.clean).length;
  return { clean, cut: infos.length - clean };
}
