const KiB = 1024;
const MiB = 1024 * KiB;

/** `loginWaitMs`, for dialers too. */
export const LOGIN_WAIT_MS = 10_000;

/** Those of {@link defaults} that every connection has: a page loads no others. */
export const connDefaults = /* @__PURE__ */ Object.freeze({
  /** How long a peer may take nothing of what waits for it. */
  writeWaitMs: 10_000,
  /** How long a Close is waited for. */
  closeWaitMs: 2_000,
  /** The largest payload of a frame, in and out. */
  maxPayloadBytes: 1 * MiB,
  /** Queued bytes above which `push` returns false. */
  highWaterMarkBytes: 1 * MiB,
  /** Queued bytes beyond which `overflowPolicy` applies. */
  maxQueuedBytes: 8 * MiB,
  /** Messages that wait for the listener of their channel before reading pauses. */
  maxInboxMessages: 256,
  /** Bytes of such messages before reading pauses. */
  maxInboxBytes: 1 * MiB,
});

/** What every option is when it is not given. The waits are kim's. */
export const defaults = /* @__PURE__ */ withConnDefaults({
  /** Handshake and login together. */
  loginWaitMs: LOGIN_WAIT_MS,
  /** Connections of a server, those without an id included. */
  maxConnections: 100_000,
  /** Connections of one remote address: one hundredth of all, so that no one address can take them. */
  maxConnectionsPerAddress: 1_000,
  /** Connections that a server accepts per second, and at once. */
  maxAcceptsPerSecond: 5_000,
  /** How long a peer may be silent. */
  readWaitMs: 180_000,
  /** How often a client pings. */
  heartbeatMs: 55_000,
  /** What happens then. */
  overflowPolicy: "close" as const,
  /** Pings that wait for their answer to leave. */
  maxUnansweredPings: 256,
  /** Messages of one channel that the listener handles at the same time; above 1 they are not in order. */
  receiveConcurrency: 1,
});

/** A function, since bundlers keep a spread that no code uses. */
function withConnDefaults<Others extends object>(others: Others): Readonly<typeof connDefaults & Others> {
  return Object.freeze({ ...connDefaults, ...others });
}
