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
  /** Channels that could not take it: they are gone, closing, or their queue is full. */
  readonly failed: readonly { readonly channelId: string; readonly error: unknown }[];
}
