/** The defaults of the options of a gateway. */
export const gatewayDefaults = Object.freeze({
  /** The device of a session, if `authenticate` returns none. */
  device: "default",
  /** Devices of one account that are signed in at the same time, on all gateways. */
  maxDevicesPerAccount: 16,
  /** How long an async handler may take before its request is answered with SystemException. */
  handlerTimeoutMs: 10_000,
  /** Handlers of one session that have not settled. */
  maxInFlight: 64,
  /** Requests per second of one session. */
  maxRequestsPerSecond: Number.POSITIVE_INFINITY,
  /** How long the directory still finds the sessions of a gateway that died. */
  leaseMs: 30_000,
  /** How long a call of the directory, the bus or the idempotency store may take. */
  portTimeoutMs: 5_000,
});

/** Accounts and devices are at most this long, in UTF-16 units. */
export const MAX_NAME_LENGTH = 1024;

/** A LoginReq is at most this long. */
export const MAX_LOGIN_BYTES = 65_536;

/** What a session keeps of a LoginReq: its tags, and the UTF-16 units of zone, isp and tags together. */
export const MAX_LOGIN_TAGS = 256;
export const MAX_LOGIN_UNITS = 8_192;

/** How long a connection may stay open after its sign-out. */
export const SIGNED_OUT_WAIT_MS = 10_000;
