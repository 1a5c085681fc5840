import type { Address, HandshakeInfo } from "@im/transport-core";
import type { LoginReq } from "@im/wire/codec";

/** The LoginReq of a sign-in, and what travels beside it. */
export interface Login extends LoginReq {
  /**
   * The device that the client says it is: 1 to 128 UTF-16 units; undefined if it does not say. Anybody can claim any device
   * of the account, so it counts only if `authenticate` returns it.
   */
  readonly device: string | undefined;
}

/** The connection that signs in. */
export interface SignIn {
  readonly remoteAddress: Address;
  readonly localAddress: Address;
  /** The subprotocol that both sides agreed on; empty if none. */
  readonly subprotocol: string;
  /** What the transport said before the first packet: the upgrade request with its cookies, and the TLS handshake. */
  readonly handshake: HandshakeInfo;
  /** Aborts when the connection ends, when the login wait is over, and when the gateway shuts down. */
  readonly signal: AbortSignal;
  /** What is left of the login wait, in milliseconds. */
  readonly timeoutMs: number;
}

/** The account and device that a sign-in belongs to. */
export interface Identity<Data> {
  /** 1 … 1024 UTF-16 units of any text that is valid Unicode. */
  readonly account: string;
  /** As long as an account. Each device has at most one session. @default `default` */
  readonly device?: string | undefined;
  readonly app?: string | undefined;
  /**
   * When the token expires, in milliseconds since 1970, such as `1000 * exp` of a JWT: then the gateway closes the connection
   * with 4003, upon which clients sign in with a fresh token. @default never
   */
  readonly expiresAtMs?: number | undefined;
  /** Kept as `session.data`. */
  readonly data?: Data | undefined;
}

/**
 * Returns the account that the token of a sign-in belongs to. `undefined` refuses it with Unauthorized. A `GatewayError` of
 * code `IM_ERR_UNAUTHORIZED` refuses it with a message for the peer, and optionally with another status and a time to wait
 * before the next attempt. Any other error, and a result that is no identity, does not blame the token: it is reported to
 * `onError`, and answered with SystemException, upon which clients try again.
 */
export type Authenticate<Data> = (
  login: Login,
  signIn: SignIn,
) => Identity<Data> | undefined | Promise<Identity<Data> | undefined>;
