import type { defaults } from "../defaults.js";
import type { AbortOptions, Conn } from "./conn.js";

/** What a Client passes to its Dialer. */
export interface DialerContext extends AbortOptions {
  /** The Client's id and name, for a login that uses them; a Client passes both. */
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  /** Where to; each transport says which forms it takes. */
  readonly address: string;
  /** For connecting and the handshake together, login included, in milliseconds. @default {@link defaults.loginWaitMs} */
  readonly timeoutMs?: number | undefined;
}

/**
 * Sets up a connection and its handshake. Applications wrap a transport's plain dialer with their login; frames that
 * are received in the same chunk as the login's answer stay in the Conn.
 */
export interface Dialer {
  /**
   * @throws `IM_ERR_INVALID_ADDRESS`, `IM_ERR_CONNECT` (the system's error is the cause), `IM_ERR_HANDSHAKE` (the other
   * side speaks, but refuses), `IM_ERR_DIAL_TIMEOUT`; nothing stays open after a throw.
   */
  dialAndHandshake(context: DialerContext): Promise<Conn>;
}
