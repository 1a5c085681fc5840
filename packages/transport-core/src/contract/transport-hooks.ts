import type { CloseInfo } from "../errors.js";
import type { Address } from "./address.js";
import type { Agent } from "./agent.js";

/**
 * Why a connection did not become a channel. The first four are decided before anything is read from the peer.
 *
 * - `max-connections`, `max-connections-per-address`, `accept-rate`: the options `maxConnections`,
 *   `maxConnectionsPerAddress` and `maxAcceptsPerSecond`
 * - `shutting-down`: the server accepts no more connections, or was shut down while the login was under way
 * - `proxy-header`: a trusted proxy sent no valid header of the PROXY protocol before its connection ended
 * - `handshake`: the peer hung up, or spoke another protocol, before the handshake of the transport was done
 * - `origin`, `verify-upgrade`: the options of the WebSocket server
 * - `login-timeout`: handshake and login took longer than `loginWaitMs`
 * - `login-refused`: the Acceptor threw an error that is meant for the peer
 * - `login-failed`: the Acceptor or the ChannelMap failed: see `onError`
 * - `duplicate-id`: another channel has the id
 * - `peer-left`: the connection ended while the login was under way
 */
export type RefusalReason =
  | "max-connections"
  | "max-connections-per-address"
  | "accept-rate"
  | "shutting-down"
  | "proxy-header"
  | "handshake"
  | "origin"
  | "verify-upgrade"
  | "login-timeout"
  | "login-refused"
  | "login-failed"
  | "duplicate-id"
  | "peer-left";

/**
 * Why a message was lost that the connection could have carried.
 *
 * - `overflow-newest`, `overflow-oldest`: the queue was full, or all queues together; `overflowPolicy` says which message is
 *   dropped
 * - `undelivered`: it was received, but the connection ended before the listener was ready for it, or too much waited in the
 *   server
 */
export type DropReason = "overflow-newest" | "overflow-oldest" | "undelivered";

/**
 * What a server reports for counting and measuring. Each hook is optional, and one that is not given costs nothing.
 *
 * Hooks are called synchronously, in the middle of the work: they count and return. What one throws is reported to
 * `onError` (`during: "hook"`) and has no other effect.
 */
export interface TransportHooks {
  /**
   * A socket within the limits was accepted, and its handshake begins. Exactly one `opened` or `refused` follows. From a trusted
   * proxy, it is called when the address of the client is known.
   */
  accepted?(remoteAddress: Address): unknown;
  /** A connection was refused: at the limits, without an `accepted` before; or after it, instead of an `opened`. */
  refused?(why: RefusalReason, remoteAddress: Address): unknown;
  /**
   * A login succeeded: the channel is in the ChannelMap, and nothing was received yet. Exactly one `closed` follows.
   *
   * @param handshakeMs from the accepted socket to the end of the transport's handshake
   * @param loginMs from there until now
   */
  opened?(agent: Agent, handshakeMs: number, loginMs: number): unknown;
  /** A message is about to be given to the MessageListener. */
  received?(agent: Agent, payloadBytes: number): unknown;
  /** A message was queued, by a push or a broadcast. It leaves unless it is `dropped`, or the channel is cut. */
  sent?(agent: Agent, payloadBytes: number): unknown;
  /** The system has taken a flush, `latencyMs` after it; `queuedBytes` have been queued since. */
  written?(agent: Agent, latencyMs: number, queuedBytes: number): unknown;
  /**
   * The system did not take all of a flush at once: the peer reads too slowly, or the connection has TLS, where no flush is
   * taken at once, or compression, where a message is compressed first. A `written` follows when it has, unless the
   * connection ends first.
   */
  blocked?(agent: Agent, queuedBytes: number): unknown;
  /** Messages were lost. */
  dropped?(agent: Agent, why: DropReason, messages: number, payloadBytes: number): unknown;
  /** The channel's socket is closed, and its listener is done or no longer waited for. The StateListener is called next. */
  closed?(agent: Agent, info: CloseInfo): unknown;
}
