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
  /**
   * A whole number below 2^53 that orders the entries of an account: larger than the epoch of every entry before it, also if the
   * directory has lost its data since. The larger of the directory's clock in microseconds and the account's last epoch + 1 is
   * one. 0 with a `holder`.
   */
  readonly epoch: number;
  /** The session of the same account and device that was there before, and those beyond `maxDevices`, the oldest first. */
  readonly displaced: readonly SessionRecord[];
  /** Whether the account had no session on any device before. */
  readonly isFirst: boolean;
}

/** A session that has entered before. */
export interface EnteredSession {
  readonly session: SessionRecord;
  /** As {@link Entered} had it. */
  readonly epoch: number;
}

/** The result of putting one session back. */
export interface Restored {
  /**
   * - `kept`: the session is in its place. Nothing has changed.
   * - `restored`: its place was empty, or an older session had it. It is in its place again, with its old epoch.
   * - `displaced`: newer sessions have its place, or are as many as `maxDevices`. It is not in its place, and has displaced none.
   */
  readonly outcome: "kept" | "restored" | "displaced";
  /** The older sessions that have lost their places to it; empty unless it is `restored`. */
  readonly displaced: readonly SessionRecord[];
}

/** The result of a sign-out or a disconnect. */
export interface Left {
  /** False if the session was not in its place, most often because a newer one is. */
  readonly removed: boolean;
  /** Whether it was removed and the account has no other session. */
  readonly isLast: boolean;
}

/**
 * Maps account and device to channel and gateway, for all gateways. A call may reject when the directory cannot be reached; the
 * gateway then refuses the sign-in, or repeats the call later. A call that rejects, or whose answer is lost, may have acted.
 *
 * A gateway has a lease for as long as it renews it. Sessions of a gateway without a lease are not found, keep no place and do
 * not count. A gateway that has lost its lease, or whose entries the directory has lost, puts its sessions back with `restore`;
 * epochs decide which of two sessions is the newer one. `describeSessionDirectory` in `@im/gateway/contract-suites` tests these
 * rules.
 */
export interface SessionDirectory {
  /**
   * Puts the session in the place of its account and device, as the newest of the account, and removes the oldest beyond
   * `maxDevices`. With `isReconnect` it does neither where that would displace a session of another `connectId`: it is
   * compared in the same step. Only sessions whose gateway has a lease count. It is one atomic step.
   */
  enter(session: SessionRecord, options?: EnterOptions): MaybePromise<Entered>;
  /**
   * Puts sessions that have entered before back in their places, unless newer ones have them; the oldest of an account are those
   * with the smallest epochs. Sessions beyond `maxDevices` are removed as by `enter`. Each session is one atomic step.
   *
   * @returns one result for each session, in their order
   */
  restore(
    sessions: readonly EnteredSession[],
    options?: Pick<EnterOptions, "maxDevices">,
  ): MaybePromise<readonly Restored[]>;
  /** Removes the session if it is still the one in its place: compare, then delete, in one atomic step. */
  leave(session: SessionRecord): MaybePromise<Left>;
  /** All sessions of all these accounts. */
  find(accounts: readonly string[]): MaybePromise<readonly SessionRecord[]>;
  /**
   * Begins or prolongs the lease of a gateway by `leaseMs` from now.
   *
   * @returns false if there was none: it is new, it was late, or the directory has lost its data
   */
  renew(gatewayId: string, leaseMs: number): MaybePromise<boolean>;
  /** Ends the lease of a gateway for good. Its sessions may be forgotten. */
  retire(gatewayId: string): MaybePromise<void>;
}
