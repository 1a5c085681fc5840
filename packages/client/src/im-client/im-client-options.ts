import type { AbortOptions, Dialer } from "@im/transport-core";
import {
  checkNumber,
  guardReporter,
  invalidOption,
  LOGIN_WAIT_MS,
  type Optional,
  randomId,
  rejectUnknownOptions,
} from "@im/transport-core/internal";
import type { CommandMap } from "@im/wire";
import { encodeLoginReq, type LoginReq, MAX_DEVICE_LENGTH } from "@im/wire/codec";
import { ClientError } from "../errors.js";
import { checkDialer } from "../frame-client/client-options.js";
import type { BackoffOptions } from "./backoff.js";
import { KICKED_OUT_CODE } from "./close-codes.js";
import type { LivenessOptions } from "./liveness.js";
import type { OfflineQueueOptions } from "./requests.js";
import type { TokenSource } from "./sign-in.js";

/** Gives the addresses to try, the best first. */
export type FindAddresses = (context: AbortOptions) => string | readonly string[] | Promise<string | readonly string[]>;

export interface ImClientOptions<Commands extends CommandMap> extends Optional<LivenessOptions> {
  /** Connects by the transport of your choice, such as `wsDialer()`. */
  readonly dialer: Dialer;
  /** The server's address, in the dialer's form. Either this or `addresses` must be given. */
  readonly address?: string | undefined;
  /** Addresses that are tried in turn, or a function that is called for them before each attempt, within `dialTimeoutMs`. */
  readonly addresses?: string | readonly string[] | FindAddresses | undefined;
  /** Authenticates the account. A function is called for a fresh token at each sign-in. */
  readonly token: TokenSource;
  /** The other members of the LoginReq. */
  readonly login?: Optional<Omit<LoginReq, "token">> | undefined;
  /** The bodies of the commands, for client and gateway alike. A command that is not in it has raw bytes. */
  readonly commands?: Commands | undefined;
  /**
   * Which device of the account this is, 1 to {@link MAX_DEVICE_LENGTH} UTF-16 units. A gateway gives it to `authenticate` as
   * `login.device`; it counts only if `authenticate` returns it. Each device of an account has at most one session.
   */
  readonly device?: string | undefined;
  /** Names the client to the dialer. @default a random id */
  readonly id?: string | undefined;
  /** For each attempt to connect and to sign in, in milliseconds; the token is fetched within it. @default 10000 */
  readonly dialTimeoutMs?: number | undefined;
  /**
   * Whether `connect` goes on until it has succeeded, so that an application may begin offline. Else it rejects when each
   * address has failed once. @default false
   */
  readonly retryFirstConnect?: boolean | undefined;
  /** For each request that does not say otherwise, in milliseconds. @default 10000 */
  readonly requestTimeoutMs?: number | undefined;
  /** Requests that are sent and have not settled; more wait here, in order. @default 64 */
  readonly maxInFlight?: number | undefined;
  readonly reconnect?: Optional<BackoffOptions> | undefined;
  /** Lets requests wait for a connection. @default they fail at once */
  readonly offlineQueue?: Optional<OfflineQueueOptions> | undefined;
  /**
   * Pushes that wait for one handler or iteration. It alone loses those beyond: `onError` is called once, and its next
   * push says how many (`missed`). @default 1024
   */
  readonly maxQueuedPushes?: number | undefined;
  /**
   * Close codes after which the client does not connect again by itself. A kick-out that the gateway announces ends it in
   * any case. @default [4001], the gateway's kick-out
   */
  readonly finalCloseCodes?: readonly number[] | undefined;
  /** Called with errors that no call can report: those of handlers, pushes without a handler. @default `console.error` */
  readonly onError?: ((error: unknown) => unknown) | undefined;
}

/** The defaults of the options. */
export const imClientDefaults = Object.freeze({
  dialTimeoutMs: LOGIN_WAIT_MS,
  requestTimeoutMs: 10_000,
  retryFirstConnect: false,
  heartbeatMs: 25_000,
  heartbeatTimeoutMs: 10_000,
  probeTimeoutMs: 1_500,
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
  "address",
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
  const defaults: Readonly<Record<string, unknown>> = imClientDefaults;
  const numbers = Object.entries(given).filter(([name]) => typeof defaults[name] === "number");
  const all = [...numbers, ...Object.entries({ ...reconnect, ...offlineQueue })] as [string, number][];
  for (const [name, number] of all) checkNumber(name, number);
  checkDialer(given.dialer);
  const addresses = addressesOf(given);
  const { token, onError = reportToConsole } = given;
  if (typeof token !== "string" && typeof token !== "function") {
    throw invalidOption("token", "a string, or a function that gives one", token);
  }
  const login = onlyGiven(given.login);
  checkLogin(typeof token === "string" ? { ...login, token } : login);
  if (given.device !== undefined) checkDevice(given.device);
  const { retryFirstConnect } = given;
  if (typeof retryFirstConnect !== "boolean") throw invalidOption("retryFirstConnect", "a boolean", retryFirstConnect);
  if (typeof onError !== "function") throw invalidOption("onError", "a function", onError);
  if (!Array.isArray(given.finalCloseCodes)) throw invalidOption("finalCloseCodes", "an array", given.finalCloseCodes);
  const finalCloseCodes: ReadonlySet<number> = new Set(given.finalCloseCodes);
  // Entries are looked up by names that come from the network: only own ones count.
  const commands = new Map(Object.entries(given.commands));
  const report = guardReporter(onError);
  return { ...given, login, reconnect, offlineQueue, addresses, commands, finalCloseCodes, report };
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

/** @throws `IM_ERR_INVALID_OPTION` */
function addressesOf({ address, addresses }: Pick<ImClientOptions<CommandMap>, "address" | "addresses">) {
  if (address !== undefined && addresses !== undefined)
    throw invalidOption("addresses", "absent beside address", addresses);
  if (typeof addresses === "function") return addresses;
  return checkAddresses(address === undefined ? "addresses" : "address", address ?? addresses);
}

/** Each once: the next address is found by its place. @throws `IM_ERR_INVALID_OPTION` */
export function checkAddresses(name: string, given: unknown): readonly string[] {
  const all = [given].flat();
  if (all.length > 0 && all.every((each) => typeof each === "string")) return [...new Set(all)];
  throw invalidOption(name, "one address or several", given);
}

type Given<T> = { [Name in keyof T]: Exclude<T[Name], undefined> };

/** Without the options that are undefined or null. */
function onlyGiven<T extends object>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value != null)) as Given<T>;
}

function reportToConsole(error: unknown): void {
  console.error("@im/client:", error);
}
