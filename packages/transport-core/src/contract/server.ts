import type { Acceptor } from "./acceptor.js";
import type { Address } from "./address.js";
import type { ChannelMap } from "./channel-map.js";
import type { AbortOptions } from "./conn.js";
import type { OpCode } from "./frame.js";
import type { MessageListener } from "./message-listener.js";
import type { ServiceRegistration } from "./service-registration.js";
import type { StateListener } from "./state-listener.js";

/** How a shutdown went. */
export interface ShutdownReport {
  /** Connections that took what was queued and said Close themselves, or hung up in order. */
  readonly clean: number;
  /** Connections that were cut. */
  readonly cut: number;
}

export interface ShutdownOptions extends AbortOptions {
  /**
   * How many channels are closed per second, the oldest first, so that their clients do not all reconnect to another
   * server at once. The others go on until their turn. @default Infinity: all at once
   */
  readonly connectionsPerSecond?: number | undefined;
  /**
   * Whether connections that are accepted already may finish handshake and login, within the login wait; they are closed
   * after the others. So no client that reached this server is refused while another server takes over its port.
   * @default false: they are refused at once
   */
  readonly finishLogins?: boolean | undefined;
}

/**
 * Listens, logs connections in, and keeps them as channels until they end.
 *
 * The setters are for the time before `start`; after it they throw `IM_ERR_SERVER_STATE`, but for `setReadWait`, which
 * then counts for later connections.
 */
export interface Server extends ServiceRegistration, AsyncDisposable {
  /** Where it listens, or has listened. @throws `IM_ERR_SERVER_STATE` before `start` has resolved. */
  readonly address: Address;

  /** Without an Acceptor every connection is let in under a random id that cannot be guessed. */
  setAcceptor(acceptor: Acceptor): void;
  /** Needed: a server without one does not start. */
  setMessageListener(listener: MessageListener): void;
  setStateListener(listener: StateListener): void;
  /** How long a peer may be silent, in milliseconds. */
  setReadWait(waitMs: number): void;
  setChannelMap(channels: ChannelMap): void;

  /**
   * Resolves when it listens. After a failure it may be called again.
   *
   * @throws `IM_ERR_LISTEN` with the system's error as its cause, `IM_ERR_SERVER_STATE` if it was started before,
   * `IM_ERR_INVALID_OPTION` without a MessageListener.
   */
  start(options?: AbortOptions): Promise<void>;
  /**
   * Pushes to one channel; see `Agent.push`.
   *
   * @throws `IM_ERR_UNKNOWN_CHANNEL` if no such channel is connected, and what `Agent.push` throws.
   */
  push(channelId: string, payload: Uint8Array, opCode?: OpCode): boolean;
  /**
   * Pushes to every channel; the frame is encoded once for all. A channel that cannot take it is left out; if its queue is
   * full, `overflowPolicy` decides.
   *
   * @returns how many channels took it.
   * @throws `IM_ERR_PAYLOAD_TOO_LARGE`, `IM_ERR_INVALID_FRAME` as `Agent.push` does
   */
  broadcast(payload: Uint8Array, opCode?: OpCode): number;
  /**
   * Ends one connection: sends what is queued, then Close, and resolves when the socket is closed; see `Conn.close`.
   *
   * @throws `IM_ERR_UNKNOWN_CHANNEL` if no such channel is connected, `IM_ERR_INVALID_FRAME` for a code that may not be sent.
   */
  closeChannel(channelId: string, code?: number, reason?: string): Promise<void>;
  /**
   * Stops accepting, lets each channel's listener finish with the messages that were received, sends what is queued, then
   * Close (1001), and resolves when all sockets are closed and the StateListener is done with each end. What is not
   * done at the abort of `signal`, or twice the write wait after the last channel's turn, is cut. Later calls join the
   * first, and their signals cut as well; a server that was never started has nothing to do.
   *
   * @throws `IM_ERR_INVALID_OPTION`, and nothing is shut down
   */
  shutdown(options?: ShutdownOptions): Promise<ShutdownReport>;
}
