import type { Address } from "@im/transport-core";
import type { LoginReq } from "@im/wire";

/** The LoginReq of a sign-in, and what travels beside it. */
export interface Login extends LoginReq {
  /**
   * The device that the client says it is: 1 to 128 UTF-16 units; undefined if it does not say. Anybody can claim any device
   * of the account, so it counts only if `authenticate` returns it.
   */
  readonly device: string | undefined;
}

/** Who signs in, and from where. */
export interface SignIn {
  readonly remoteAddress: Address;
  readonly localAddress: Address;
  /** Aborts when the peer leaves, when the login wait is over, and when the gateway shuts down. */
  readonly signal: AbortSignal;
  /** What is left of the login wait. */
  readonly timeoutMs: number;
}

/** Whom a sign-in is let in as. */
export interface Identity<Data> {
  /** 1 … 1024 UTF-16 units of any text that is valid Unicode. */
  readonly account: string;
  /** As long as an account; one session each. @default `default` */
  readonly device?: string | undefined;
  readonly app?: string | undefined;
  /**
   * When the token expires, in milliseconds since 1970, such as `1000 * exp` of a JWT: then the gateway closes the connection
   * with 4003, upon which clients sign in with a fresh token. @default never
   */
  readonly expiresAtMs?: number | undefined;
  /** What else is to be kept, as `session.data`. */
  readonly data?: Data | undefined;
}

/**
 * Says who the token of a sign-in belongs to. `undefined` refuses it with Unauthorized. A `GatewayError` of code
 * `IM_ERR_UNAUTHORIZED` refuses it with words for the peer, and, if it says so, with another status and with advice on
 * how long to stay away. Any other error says nothing of the token: it gives SystemException, upon which clients try
 * again, and is reported; so does what is no identity.
 */
export type Authenticate<Data> = (
  login: Login,
  signIn: SignIn,
) => Identity<Data> | undefined | Promise<Identity<Data> | undefined>;
