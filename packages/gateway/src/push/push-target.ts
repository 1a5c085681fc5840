/** The channels of an account: on all its devices, or on one. */
export interface AccountTarget {
  readonly account: string;
  readonly device?: string | undefined;
}

/** One channel, such as a session. */
export interface ChannelTarget {
  readonly channelId: string;
  /** The gateway that has it. @default this one */
  readonly gatewayId?: string | undefined;
}

/** Whom a push is for: an account by its name, an account or channel, or many of them. Who is named twice gets it once. */
export type PushTarget = string | AccountTarget | ChannelTarget | readonly (string | AccountTarget | ChannelTarget)[];

/** What became of a push. */
export interface PushReport {
  /** Channels that have it in their queue, or whose gateway was sent it. */
  readonly delivered: number;
  /** Accounts that have no session, or none on the device that was asked for. */
  readonly offline: readonly string[];
  /**
   * Whom it did not reach: channels that are gone, closing, or whose queue is full; those of a gateway that the bus could not
   * bring it to; accounts that the directory could not look for.
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
  /** Channels that are gone, or whose gateway was not reached; accounts that the directory could not look for. */
  readonly failed: readonly FailedPush[];
}

/** One channel, or one account whose channels are not known, that a push did not reach. */
export interface FailedPush {
  readonly channelId?: string | undefined;
  readonly account?: string | undefined;
  readonly error: unknown;
}
