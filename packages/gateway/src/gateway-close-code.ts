/** Close codes of the gateway, beside those of the transports. */
export const GatewayCloseCode = {
  /** The message is not a packet (RFC 6455 §7.4.1). */
  InvalidPacket: 1007,
  /** The session was kicked out, or displaced by a newer sign-in: the client must not come back by itself. */
  KickedOut: 4001,
  /** The token of the sign-in has expired: the client signs in with a fresh one. */
  Expired: 4003,
} as const;

/** The reason of a Close for a session that a newer sign-in has displaced. */
export const DISPLACED = "kicked out: signed in elsewhere";
