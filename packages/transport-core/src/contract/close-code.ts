/**
 * Close codes on every transport (RFC 6455 §7.4.1). `NoStatus` and `Abnormal` are never sent: they report a Close
 * frame without a code, and an end without a Close frame.
 */
export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  ProtocolError: 1002,
  NoStatus: 1005,
  Abnormal: 1006,
  PolicyViolation: 1008,
  PayloadTooLarge: 1009,
  InternalError: 1011,
  /** The server takes no more for the moment: connections, or of what this one sends (IANA's registry). */
  TryAgainLater: 1013,
  /** The peer was silent for the read wait, or took nothing for the write wait (IANA's registry). */
  Timeout: 3008,
} as const;
