import { type Dialer, defaults as transportDefaults } from "@im/transport-core";
import { checkNumber, invalidOption, randomId, rejectUnknownOptions } from "@im/transport-core/internal";
import { type CommandMap, encodeLoginReq, type LoginReq, MAX_DEVICE_LENGTH } from "@im/wire";
import { ClientError } from "../errors.js";
import { checkDialer } from "../frame-client/client-options.js";
import type { BackoffOptions } from "./backoff.js";
import { KICKED_OUT_CODE } from "./close-codes.js";
import { guard } from "./guard.js";
import type { LivenessOptions } from "./liveness.js";
import type { OfflineQueueOptions } from "./requests.js";
import type { TokenSource } from "./sign-in.js";

export interface ImClientOptions<Commands extends CommandMap> extends Partial<LivenessOptions> {
  /** Connects by the transport of your choice, such as `wsDialer()`. */
  readonly dialer: Dialer;
  /** The server's addresses, in the dialer's form. Several are tried in turn. */
  readonly addresses: string | readonly string[];
  /** Proves who signs in. A function is called for a fresh one at each sign-in. */
  readonly token: TokenSource;
  /** The other members of the LoginReq. */
  readonly login?: Partial<Omit<LoginReq, "token">>;
  /** The bodies of the commands, for client and gateway alike. A command that is not in it has raw bytes. */
  readonly commands?: Commands;
  /**
   * Which device of the account this is, 1 to {@link MAX_DEVICE_LENGTH} UTF-16 units. A gateway gives it to `authenticate` as
   * `login.device`; it counts only if `authenticate` returns it. Each device of an account has at most one session.
   */
  readonly device?: string | undefined;
  /** Names the client to the dialer. @default a random id */
  readonly id?: string;
  /** For each attempt to connect and to sign in, in milliseconds; the token is fetched within it. @default 10000 */
  readonly dialTimeoutMs?: number;
  /**
   * Whether `connect` goes on until it has succeeded, so that an application may begin offline. Else it rejects when each
   * address has failed once. @default false
   */
  readonly retryFirstConnect?: boolean;
  /** For each request that does not say otherwise, in milliseconds. @default 10000 */
  readonly requestTimeoutMs?: number;
  /** Requests that are sent and have not settled; more wait here, in order. @default 64 */
  readonly maxInFlight?: number;
  readonly reconnect?: Partial<BackoffOptions>;
  /** Lets requests wait for a connection. @default they fail at once */
  readonly offlineQueue?: Partial<OfflineQueueOptions>;
  /**
   * Pushes that wait for one handler or iteration. It alone loses those beyond: `onError` is called once, and its next
   * push says how many (`missed`). @default 1024
   */
  readonly maxQueuedPushes?: number;
  /**
   * Close codes after which the client does not connect again by itself. A kick-out that the gateway announces ends it in
   * any case. @default [4001], the gateway's kick-out
   */
  readonly finalCloseCodes?: readonly number[];
  /** Called with errors that no call can report: those of handlers, pushes without a handler. @default `console.error` */
  readonly onError?: (error: unknown) => void;
}

/** The defaults of the options. */
export const imClientDefaults = Object.freeze({
  dialTimeoutMs: transportDefaults.loginWaitMs,
  requestTimeoutMs: 10_000,
  retryFirstConnect: false,
  heartbeatMs: 25_000,
  heartbeatWaitMs: 10_000,
  probeWaitMs: 1_500,
  reconnect: Object.freeze({ baseMs: 1_000, capMs: 30_000, stableMs: 10_000 }),
  /** As many as the gateway's own `maxInFlight`; of one account it remembers 250 answers. */
  maxInFlight: 64,
  offlineQueue: Object.freeze({ maxRequests: 256, maxAgeMs: 60_000 }),
  maxQueuedPushes: 1_024,
  finalCloseCodes: Object.freeze([KICKED_OUT_CODE]) as readonly number[],
});

/** The options that have no such default. */
const otherOptions = [
  "dialer",
  "addresses",
  "token",
  "login",
  "commands",
  "device",
  "id",
  "onError",
] as const satisfies readonly (keyof ImClientOptions<CommandMap>)[];

/** A checked copy with defaults. @throws `IM_ERR_INVALID_OPTION` */
export function resolveImClientOptions(options: ImClientOptions<CommandMap>) {
  rejectUnknownOptions(options, [...otherOptions, ...Object.keys(imClientDefaults)]);
  for (const name of ["reconnect", "offlineQueue"] as const) {
    rejectUnknownOptions(options[name] ?? {}, Object.keys(imClientDefaults[name]));
  }
  const given = { ...imClientDefaults, id: randomId(), login: {}, commands: {}, ...onlyGiven(options) };
  const reconnect = { ...imClientDefaults.reconnect, ...onlyGiven(given.reconnect) };
  const offlineQueue = options.offlineQueue
    ? { ...imClientDefaults.offlineQueue, ...onlyGiven(options.offlineQueue) }
    : undefined;
  const { dialTimeoutMs, requestTimeoutMs, heartbeatMs, heartbeatWaitMs, probeWaitMs } = given;
  const waits = { dialTimeoutMs, requestTimeoutMs, heartbeatMs, heartbeatWaitMs, probeWaitMs, ...reconnect };
  const { maxInFlight, maxQueuedPushes } = given;
  const numbers = { ...waits, maxInFlight, maxQueuedPushes, ...offlineQueue };
  for (const [name, number] of Object.entries(numbers)) checkNumber(name, number);
  checkDialer(given.dialer);
  // Each once: the next address is found by its place.
  const addresses = [...new Set([given.addresses].flat())];
  if (addresses.length === 0 || !addresses.every((address) => typeof address === "string")) {
    throw invalidOption("addresses", "one address or several", given.addresses);
  }
  const { token, onError = reportToConsole } = given;
  if (typeof token !== "string" && typeof token !== "function") {
    throw invalidOption("token", "a string, or a function that gives one", token);
  }
  checkLogin(typeof token === "string" ? { ...given.login, token } : given.login);
  if (given.device !== undefined) checkDevice(given.device);
  const { retryFirstConnect } = given;
  if (typeof retryFirstConnect !== "boolean") throw invalidOption("retryFirstConnect", "a boolean", retryFirstConnect);
  if (typeof onError !== "function") throw invalidOption("onError", "a function", onError);
  if (!Array.isArray(given.finalCloseCodes)) throw invalidOption("finalCloseCodes", "an array", given.finalCloseCodes);
  const finalCloseCodes: ReadonlySet<number> = new Set(given.finalCloseCodes);
  // Entries are looked up by names that come from the network: only own ones count.
  const commands = new Map(Object.entries(given.commands));
  const report = (error: unknown) => void guard(() => onError(error), ignore);
  return { ...given, reconnect, offlineQueue, addresses, commands, finalCloseCodes, report };
}

export type ResolvedImClientOptions = ReturnType<typeof resolveImClientOptions>;

/** @throws `IM_ERR_INVALID_OPTION` if it cannot be encoded */
function checkLogin(login: Partial<LoginReq>): void {
  try {
    encodeLoginReq(login);
  } catch (cause) {
    throw new ClientError("IM_ERR_INVALID_OPTION", `login: ${(cause as Error).message}`, { cause });
  }
}

/** @throws `IM_ERR_INVALID_OPTION` */
function checkDevice(device: string): void {
  const isDevice = typeof device === "string" && device !== "" && device.length <= MAX_DEVICE_LENGTH;
  if (isDevice && !/\p{Surrogate}/u.test(device)) return;
  throw invalidOption("device", `a string of 1 to ${MAX_DEVICE_LENGTH} UTF-16 units without lone surrogates`, device);
}

/** Without the options that are undefined or null. */
function onlyGiven<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value != null)) as T;
}

/** Errors of `onError` itself have no other handler. */
function ignore(): void {}

function reportToConsole(error: unknown): void {
  console.error("@im/client:", error);
}
