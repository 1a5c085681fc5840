import type { Conn } from "./conn.js";
import type { HandshakeInfo } from "./handshake-info.js";

/** What an Acceptor gives for a connection that it lets in. */
export interface Accepted {
  /** Names the channel; not empty, and unique among the server's channels. */
  readonly id: string;
  /** Given to the application with every message, as `agent.meta`. */
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
}

/** What an Acceptor gets beside the connection. */
export interface AcceptOptions {
  /**
   * Aborts when the login wait is over, when the peer leaves, and when the server shuts down. Pass it to all that the login
   * waits for, except reads from the connection, which end by themselves. It is made when it is asked for: a copy of the
   * options by `{...options}` does not have it.
   */
  readonly signal: AbortSignal;
  /**
   * What is left of the login wait, which the handshake of the transport shares, in milliseconds. When it is over the
   * connection is closed, and what the Acceptor gives later is ignored.
   */
  readonly timeoutMs: number;
  /** The upgrade request and the TLS handshake. The server keeps them until the login is over. */
  readonly handshake: HandshakeInfo;
}

/** Runs the application's login on a new connection. */
export interface Acceptor {
  /**
   * Reads and writes frames as the login needs (`conn.readFrame`, `conn.writeFrame`) and gives the channel
   * id, alone or with meta. Frames that the login does not read are kept for the MessageListener.
   *
   * A throw closes this connection, after what was written has left: the peer reads the error's message as the close
   * reason, so throw an error that is meant for it, as a `TransportError` of code `IM_ERR_LOGIN_REFUSED`. Its close code
   * is 1008, or the error's own `closeCode` (3000–4999, or of RFC 6455 §7.4.1). Errors of the language or the system (a
   * TypeError, a refused connection to a database) say only 1011, internal error.
   */
  accept(conn: Conn, options: AcceptOptions): string | Accepted | Promise<string | Accepted>;
}
