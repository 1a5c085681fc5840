const KiB = 1024;
const MiB = 1024 * KiB;

/** What every option is when it is not given. The waits are kim's. */
export const defaults = Object.freeze({
  /** Handshake and login together. */
  loginWaitMs: 10_000,
  /** How long a peer may be silent. */
  readWaitMs: 180_000,
  /** How long one write may take. */
  writeWaitMs: 10_000,
  /** How often a client pings. */
  heartbeatMs: 55_000,
  /** The largest payload of a frame, in and out. */
  maxPayloadBytes: 1 * MiB,
  /** Queued bytes above which `push` returns false. */
  highWaterMarkBytes: 1 * MiB,
  /** Queued bytes beyond which the connection is closed. */
  maxQueuedBytes: 8 * MiB,
  /** Messages that wait for the listener of their channel before reading pauses. */
  maxInboxMessages: 256,
  /** Bytes of such messages before reading pauses. */
  maxInboxBytes: 1 * MiB,
  /** Messages of one channel that the listener handles at the same time; above 1 they are not in order. */
  receiveConcurrency: 1,
});
