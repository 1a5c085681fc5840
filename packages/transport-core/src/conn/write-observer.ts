/** Called with what becomes of written messages. */
export interface WriteObserver {
  /** A message was queued. */
  sent(payloadBytes: number): void;
  /** The system did not take all of a flush. */
  blocked(queuedBytes: number): void;
  /** The system has taken a flush, so long after it. */
  written(latencyMs: number, queuedBytes: number): void;
  /** A message was dropped because there was no room. */
  dropped(why: "overflow-newest" | "overflow-oldest", payloadBytes: number): void;
}
