import type { MaybePromise } from "./maybe-promise.js";

/** A session and where it is: plain data that may be stored as JSON. Any text is allowed in any string. */
export interface SessionRecord {
  readonly account: string;
  /** One of the account's devices. An account has at most one session per device. */
  readonly device: string;
  /** Unique among all channels of all gateways, and never used again. */
  readonly channelId: string;
  /** The gateway that holds the channel; a gateway that starts anew has a new id. */
  readonly gatewayId: string;
  readonly app: string;
  readonly zone: string;
  readonly isp: string;
  readonly remoteIp: string;
  readonly tags: readonly string[];
  /** The id that all sign-ins of one `connect()` of an application share; empty if the client sends none. */
  readonly connectId: string;
}

/** How a session enters. */
export interface EnterOptions {
  /** The client comes back by itself: it displaces no session but one of its own `connectId`. @default false */
  readonly isReconnect?: boolean | undefined;
  /** How many devices of the account may have a session. Beyond it those that entered first are displaced. @default any number */
  readonly maxDevices?: number | undefined;
}

/** The result of an entry. */
export interface Entered {
  /**
   * Only with `isReconnect`: the session that has the place, or the oldest of an account that has `maxDevices`; then nothing
   * has changed.
   */
  readonly holder?: SessionRecord | undefined;
  /** The session of the same account and device that was there before, and those beyond `maxDevices`, the oldest first. */
  readonly displaced: readonly SessionRecord[];
  /** Whether the account had no session on any device before. */
  readonly isFirst: boolean;
}

/** The result of a sign-out or a disconnect. */
export interface Left {
  /** False if the session was not in its place, most often because a newer one is. */
  readonly removed: boolean;
  /** Whether it was removed and the account has no other session. */
  readonly isLast: boolean;
}

/**
 * Maps account and device to channel and gateway, for all gateways. Each call is one atomic step. A call may reject when the
 * directory cannot be reached; the gateway then refuses the sign-in, or repeats the sign-out later.
 *
 * A gateway has a lease for as long as it renews it. Sessions of a gateway without a lease are not found.
 * `describeSessionDirectory` in `@im/gateway/contract-suites` tests these rules.
 */
export interface SessionDirectory {
  /**
   * Puts the session in the place of its account and device, as the newest of the account, and removes the oldest beyond
   * `maxDevices`. With `isReconnect` it does neither where that would displace a session of another `connectId`: it is
   * compared in the same step. Only sessions whose gateway has a lease count.
   *
   * @throws `IM_ERR_LEASE_LOST` without a lease of its gateway
   */
  enter(session: SessionRecord, options?: EnterOptions): MaybePromise<Entered>;
  /** Removes the session if it is still the one in its place: compare, then delete. */
  leave(session: SessionRecord): MaybePromise<Left>;
  /** All sessions of all these accounts. */
  find(accounts: readonly string[]): MaybePromise<readonly SessionRecord[]>;
  /**
   * Begins or prolongs the lease of a gateway by `leaseMs` from now.
   *
   * @returns false if there was none: it is new, or it was late and its sessions may have been displaced meanwhile
   */
  renew(gatewayId: string, leaseMs: number): MaybePromise<boolean>;
  /** Ends the lease of a gateway and forgets all its sessions. */
  retire(gatewayId: string): MaybePromise<void>;
}
