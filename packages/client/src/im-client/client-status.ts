import { type BackoffOptions, backoffMs } from "./backoff.js";

/** What the server confirmed at the sign-in. */
export interface Session {
  /** The id of this connection at the gateway; each sign-in gives a new one. */
  readonly channelId: string;
  readonly account: string;
  /** The extensions that both sides know, without their prefix. */
  readonly extensions: ReadonlySet<string>;
}

/** The status of an {@link ImClient}, distinguished by `state`. */
export type ClientStatus =
  | {
      /** `connect` has not been called. */
      readonly state: "idle";
    }
  | {
      /** An attempt to connect and to sign in is under way. */
      readonly state: "connecting";
      readonly address: string;
      /** Failures in a row before this attempt. */
      readonly failures: number;
    }
  | {
      readonly state: "online";
      readonly address: string;
      readonly failures: number;
      readonly session: Session;
      /** When it was reached, in milliseconds of `performance.now()`. */
      readonly sinceMs: number;
    }
  | {
      /** Not connected; the next attempt follows by itself. */
      readonly state: "offline";
      /** Where the next attempt goes. */
      readonly address: string;
      readonly failures: number;
      readonly reason: Error;
      /**
       * How long after this change the next attempt begins, in milliseconds; sooner if the network comes back. `Infinity`
       * for a page that was left, until it is shown again.
       */
      readonly retryInMs: number;
      /** How much of it the server asked for: the next attempt does not begin sooner in any case. */
      readonly retryAfterMs: number;
    }
  | {
      /** The client does nothing until `connect` is called again. */
      readonly state: "closed";
      /** Why, unless `close` was called or a sign-out succeeded. */
      readonly reason?: Error;
    };

/** What moves a client from one status to another. */
export type ClientEvent =
  | { readonly type: "connect" }
  | { readonly type: "signed-in"; readonly session: Session }
  /** The attempt failed, or the connection was lost. */
  | {
      readonly type: "failed";
      readonly reason: Error;
      /** How long the server asks the client to stay away. */
      readonly retryAfterMs?: number | undefined;
      /** In place of a random wait: 0 if machine or network have come back, when there is no crowd to avoid. */
      readonly waitMs?: number | undefined;
      /** Only the token had expired: the first attempt after that is made at once, at the same address. */
      readonly isTokenExpired?: boolean;
    }
  /** The wait is over. */
  | { readonly type: "retry" }
  /** The client must not connect again by itself. */
  | { readonly type: "end"; readonly reason?: Error };

/** What a transition depends on besides. */
export interface TransitionContext {
  readonly addresses: readonly string[];
  readonly backoff: BackoffOptions;
  /** Milliseconds of `performance.now()`. */
  readonly nowMs: number;
  /** From 0 up to, and not including, 1. */
  readonly random: number;
}

/**
 * The state machine of the client. Pure; docs/client.md draws it.
 *
 * @returns the next status; the same object if the event has no effect in this status
 */
export function transition(status: ClientStatus, event: ClientEvent, context: TransitionContext): ClientStatus {
  switch (event.type) {
    case "connect":
      if (status.state !== "idle" && status.state !== "closed") return status;
      return { state: "connecting", address: context.addresses[0]!, failures: 0 };
    case "signed-in": {
      if (status.state !== "connecting") return status;
      const { address, failures } = status;
      return { state: "online", address, failures, session: event.session, sinceMs: context.nowMs };
    }
    case "failed":
      if (status.state !== "connecting" && status.state !== "online") return status;
      return afterFailure(status, event, context);
    case "retry":
      if (status.state !== "offline") return status;
      return { state: "connecting", address: status.address, failures: status.failures };
    case "end":
      if (status.state === "closed") return status;
      return event.reason ? { state: "closed", reason: event.reason } : { state: "closed" };
  }
}

function afterFailure(
  status: ClientStatus & { state: "connecting" | "online" },
  { reason, retryAfterMs = 0, waitMs, isTokenExpired = false }: ClientEvent & { type: "failed" },
  { addresses, backoff, nowMs, random }: TransitionContext,
): ClientStatus {
  const wasStable = status.state === "online" && nowMs - status.sinceMs >= backoff.stableMs;
  const failures = wasStable ? 0 : status.failures;
  // An address that served for a while is tried first; after one that did not, the next.
  const at = addresses.indexOf(status.address) + (wasStable || isTokenExpired ? 0 : 1);
  const rounds = Math.floor(failures / addresses.length);
  // Not if it happens again and again: tokens may come expired.
  const ownWaitMs = isTokenExpired && failures === 0 ? 0 : waitMs;
  return {
    state: "offline",
    address: addresses[at % addresses.length]!,
    failures: failures + 1,
    reason,
    retryAfterMs,
    retryInMs: ownWaitMs === undefined ? backoffMs(rounds, retryAfterMs, random, backoff) : retryAfterMs + ownWaitMs,
  };
}
