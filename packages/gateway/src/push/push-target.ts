/** The channels of an account: on all its devices, or on one. */
export interface AccountTarget {
  readonly account: string;
  readonly device?: string | undefined;
  /** A channel that does not get it, such as that of the request: the push is for the other devices. */
  readonly exceptChannelId?: string | undefined;
}

/** One channel, such as a session. */
export interface ChannelTarget {
  readonly channelId: string;
  /** The gateway that has it. @default this one */
  readonly gatewayId?: string | undefined;
}

/** The receivers of a push: an account by its name, an account, a channel, or an array of them. Each channel gets it once. */
export type PushTarget = string | AccountTarget | ChannelTarget | readonly (string | AccountTarget | ChannelTarget)[];

/** What the header of a push has besides its command. */
export interface PushHeader {
  /** @default that of the request that it is made for, or empty */
  readonly dest?: string | undefined;
}

/** What became of a push. */
export interface PushReport {
  /** Channels that have it in their queues, or whose gateway was sent it. */
  readonly delivered: number;
  /** Accounts without a session, or without one on the device that was named. */
  readonly offline: readonly string[];
  /**
   * What it did not reach: channels that have ended, are closing, or whose queue is full; channels of a gateway that the bus did
   * not reach; accounts that the directory could not look up.
   */
  readonly failed: readonly FailedPush[];
}

/** What became of a broadcast. */
export interface BroadcastReport {
  /** Channels of this gateway that have it in their queue. */
  readonly delivered: number;
  /** Channels of this gateway that did not take it. */
  readonly failed: readonly FailedPush[];
  /** Why the bus did not bring it to other gateways; undefined if it did. */
  readonly busError: unknown;
}

/** What became of a kick. */
export interface KickReport {
  /** Channels that are being closed, or whose gateway was sent the kick-out. */
  readonly kicked: number;
  /** As in {@link PushReport}. */
  readonly offline: readonly string[];
  /** Channels that are gone, or whose gateway was not reached; accounts that the directory could not look up. */
  readonly failed: readonly FailedPush[];
}

/** A channel that a push did not reach, or an account whose channels are not known. */
export interface FailedPush {
  readonly channelId?: string | undefined;
  readonly account?: string | undefined;
  readonly error: unknown;
}
