import type { Address } from "@im/transport-core";
import type { LoginReq } from "@im/wire";

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
  /** What else is to be kept, as `session.data`. */
  readonly data?: Data | undefined;
}

/**
 * Says who the token of a sign-in belongs to. `undefined` and any throw refuse it with Unauthorized; the words that the
 * peer reads are only those of a `GatewayError` of code `IM_ERR_UNAUTHORIZED`. Errors of the language or the system (a
 * TypeError, a refused connection to a database) give SystemException, and are reported.
 */
export type Authenticate<Data> = (
  login: LoginReq,
  signIn: SignIn,
) => Identity<Data> | undefined | Promise<Identity<Data> | undefined>;
