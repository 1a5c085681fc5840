/** What every option of a gateway is when it is not given. */
export const gatewayDefaults = Object.freeze({
  /** The device of a session whose `authenticate` names none. */
  device: "default",
  /** Devices of one account that are signed in at the same time, on all gateways. */
  maxDevicesPerAccount: 16,
  /** How long an async handler may take before its request is answered with SystemException. */
  handlerTimeoutMs: 10_000,
  /** Requests of one session whose handlers have not settled. */
  maxInFlight: 64,
  /** Requests per second of one session. */
  maxRequestsPerSecond: Number.POSITIVE_INFINITY,
  /** How long the sessions of a gateway that has died are found. */
  leaseMs: 30_000,
  /** How long directory, bus and idempotency store may take for a call. */
  portTimeoutMs: 5_000,
});

/** Accounts and devices are at most this long, in UTF-16 units. */
export const MAX_NAME_LENGTH = 1024;

/** A LoginReq is at most this long. */
export const MAX_LOGIN_BYTES = 65_536;

/** What stays with the session of a LoginReq: its tags, and the UTF-16 units of zone, isp and tags together. */
export const MAX_LOGIN_TAGS = 256;
export const MAX_LOGIN_UNITS = 8_192;

/** How long a connection that has signed out may stay. */
export const SIGNED_OUT_WAIT_MS = 10_000;
