/** Close codes of the gateway, beside those of the transports. */
export const GatewayCloseCode = {
  /** What came is no packet (RFC 6455 §7.4.1). */
  InvalidPacket: 1007,
  /** The gateway lost its lease: sign in again (IANA's registry: service restart). */
  LeaseLost: 1012,
  /** Another sign-in of the same account and device has this one's place: do not come back by yourself. */
  KickedOut: 4001,
  /** The token of the sign-in has expired: sign in with a fresh one. */
  Expired: 4003,
} as const;
