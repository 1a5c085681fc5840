/** What a network does to the bytes that travel one way. What is left out does nothing. */
export interface DirectionFaults {
  /** How long bytes are under way, in milliseconds. */
  readonly latencyMs?: number;
  /** Latency varies by up to so much, more or less; bytes never overtake each other. */
  readonly jitterMs?: number;
  readonly bytesPerSecond?: number;
  /** Cuts into slices of 1 up to so many bytes, each in a turn of its own, so that each is likely to be read alone. */
  readonly maxSliceBytes?: number;
  /** In place of the byte at this offset, counted from 0, both ends get a reset. What came before has been forwarded. */
  readonly resetAtByte?: number;
  /**
   * Reads and forwards nothing, not even the end, as a cable that was pulled. What was dropped stays lost when this is
   * switched off again.
   */
  readonly drop?: boolean;
}

/** What happens to a connection. */
export interface Faults {
  readonly toServer?: DirectionFaults;
  readonly toClient?: DirectionFaults;
  /** Resets at once, before the server sees the connection. */
  readonly resetOnAccept?: boolean;
}
