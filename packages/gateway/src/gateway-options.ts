import type { Logger, Server } from "@im/transport-core";
import {
  checkCount,
  checkHasMethods,
  checkLimit,
  checkRate,
  checkWait,
  guardHooks,
  guardReporter,
  invalidOption,
  randomId,
  rejectUnknownOptions,
} from "@im/transport-core/internal";
import type { CommandMap } from "@im/wire";
import { gatewayDefaults } from "./defaults.js";
import { type GatewayErrorReporter, reportToConsole } from "./diagnostics/error-reporter.js";
import { type GatewayHooks, hookNames } from "./diagnostics/gateway-hooks.js";
import { logErrors, logHooks } from "./diagnostics/log-hooks.js";
import type { Authenticate } from "./login/authenticate.js";
import { MemoryIdempotencyStore } from "./memory/memory-idempotency-store.js";
import { MemoryPushBus } from "./memory/memory-push-bus.js";
import { MemorySessionDirectory } from "./memory/memory-session-directory.js";
import type { IdempotencyStore } from "./ports/idempotency-store.js";
import type { PushBus } from "./ports/push-bus.js";
import type { ServiceRegistry } from "./ports/service-registry.js";
import type { SessionDirectory } from "./ports/session-directory.js";

export interface GatewayOptions<Map extends CommandMap, Data> {
  /** Servers that are not started. The gateway sets their Acceptor, listeners and ChannelMap, and starts and shuts them down. */
  readonly servers: readonly Server[];
  readonly authenticate: Authenticate<Data>;
  /** The messages of each command, such as `commandMap` of `@im/wire/messages`. @default none: bodies are bytes */
  readonly commands?: Map | undefined;
  /** The id of the gateway begins with this; the rest is random. @default gateway */
  readonly name?: string | undefined;
  /** Shared by all gateways of a cluster. @default one in memory */
  readonly directory?: SessionDirectory | undefined;
  /** Shared by all gateways of a cluster. @default one in memory */
  readonly bus?: PushBus | undefined;
  /** Shared by all gateways of a cluster. @default one in memory */
  readonly idempotency?: IdempotencyStore | undefined;
  /**
   * Where the gateway registers its servers, each as its option `service` says, so that clients find them. Until `shutdown` has
   * closed all connections they are registered as draining. @default none
   */
  readonly registry?: ServiceRegistry | undefined;
  /**
   * Devices of one account that may be signed in at the same time, on all gateways; `Infinity` for any number. The next one
   * displaces the session that signed in first. All gateways of a cluster have the same.
   * @default {@link gatewayDefaults.maxDevicesPerAccount}
   */
  readonly maxDevicesPerAccount?: number | undefined;
  /** How long an async handler may take, in milliseconds. @default {@link gatewayDefaults.handlerTimeoutMs} */
  readonly handlerTimeoutMs?: number | undefined;
  /** Requests per second of one session, with bursts of one second's. @default {@link gatewayDefaults.maxRequestsPerSecond} */
  readonly maxRequestsPerSecond?: number | undefined;
  /** Handlers of one session that have not settled. @default {@link gatewayDefaults.maxInFlight} */
  readonly maxInFlight?: number | undefined;
  /** How long a gateway that died, and its sessions, are still found, in milliseconds. @default {@link gatewayDefaults.leaseMs} */
  readonly leaseMs?: number | undefined;
  /**
   * How long the directory, the bus and the idempotency store may take for a call, in milliseconds. A call that takes longer
   * fails with `IM_ERR_PORT_TIMEOUT`; a result that comes later is ignored or undone. @default {@link gatewayDefaults.portTimeoutMs}
   */
  readonly portTimeoutMs?: number | undefined;
  readonly hooks?: GatewayHooks | undefined;
  /** Logs sign-ins, ends and errors; a pino logger, for example. @default none */
  readonly logger?: Logger | undefined;
  /** Receives errors that no caller can catch. @default the console, or nothing when there is a `logger` */
  readonly onError?: GatewayErrorReporter | undefined;
}

const optionNames = [
  "servers",
  "authenticate",
  "commands",
  "name",
  "directory",
  "bus",
  "idempotency",
  "registry",
  "maxDevicesPerAccount",
  "handlerTimeoutMs",
  "maxRequestsPerSecond",
  "maxInFlight",
  "leaseMs",
  "portTimeoutMs",
  "hooks",
  "logger",
  "onError",
] satisfies readonly (keyof GatewayOptions<CommandMap, unknown>)[];

type Options = GatewayOptions<CommandMap, unknown>;

export type GatewaySettings = ReturnType<typeof resolveGatewayOptions>;

/** A checked copy with defaults. @throws `IM_ERR_INVALID_OPTION` */
export function resolveGatewayOptions(options: Options) {
  if (typeof options !== "object" || options === null) throw invalidOption("the options", "an object", options);
  rejectUnknownOptions(options, optionNames);
  const { servers, authenticate, name = "gateway", commands = {} } = options;
  if (!Array.isArray(servers) || servers.length === 0) throw invalidOption("servers", "an array of servers", servers);
  for (const [index, server] of servers.entries()) checkIsServer(`servers[${index}]`, server);
  if (typeof authenticate !== "function") throw invalidOption("authenticate", "a function", authenticate);
  if (typeof name !== "string" || name === "") throw invalidOption("name", "a string that is not empty", name);
  return {
    servers: [...servers] as readonly Server[],
    authenticate: authenticate as Authenticate<unknown>,
    commands: new Map(Object.entries(commands)),
    gatewayId: `${name}:${randomId()}`,
    ...portsOf(options),
    ...limitsOf(options),
    ...callbacksOf(options),
  };
}

function portsOf({ directory, bus, idempotency, registry, servers }: Options) {
  checkHasMethods("directory", directory, ["enter", "restore", "leave", "find", "renew", "retire"]);
  checkHasMethods("bus", bus, ["subscribe", "publish", "broadcast"]);
  checkHasMethods("idempotency", idempotency, ["claim", "record", "release"]);
  checkHasMethods("registry", registry, ["register", "deregister", "find", "watch"]);
  if (registry) checkServiceIds(servers);
  return {
    registry,
    directory: directory ?? new MemorySessionDirectory(),
    sharesDirectory: directory !== undefined,
    bus: bus ?? new MemoryPushBus(),
    idempotency: idempotency ?? new MemoryIdempotencyStore(),
  };
}

type LimitName = Exclude<keyof typeof gatewayDefaults, "device">;

function limitsOf(options: Options) {
  const checked = (name: LimitName, check: (name: string, given: number) => number) =>
    check(name, options[name] ?? gatewayDefaults[name]);
  return {
    maxDevicesPerAccount: checked("maxDevicesPerAccount", checkCount),
    handlerTimeoutMs: checked("handlerTimeoutMs", checkWait),
    maxRequestsPerSecond: checked("maxRequestsPerSecond", checkRate),
    maxInFlight: checked("maxInFlight", checkLimit),
    portTimeoutMs: checked("portTimeoutMs", checkWait),
    registryLeaseMs: checked("leaseMs", checkWait),
    // A directory in memory ends with the gateway: no other gateway needs its lease.
    leaseMs: options.directory ? checked("leaseMs", checkWait) : Number.POSITIVE_INFINITY,
  };
}

function callbacksOf({ hooks = {}, logger, onError = logger ? () => {} : reportToConsole }: Options) {
  if (typeof onError !== "function") throw invalidOption("onError", "a function", onError);
  checkHasMethods("logger", logger, ["debug", "info", "warn", "error"]);
  const report = guardReporter(onError, ...(logger ? [logErrors(logger)] : []));
  const allHooks = logger ? [hooks, logHooks(logger)] : [hooks];
  return {
    hooks: guardHooks<GatewayHooks>(hookNames, allHooks, (error) => report(error, { during: "hook" })),
    report,
  };
}

/** Two servers of one id would take each other's place in the registry. */
function checkServiceIds(servers: readonly Server[]): void {
  const ids = new Set<string>();
  for (const [index, { serviceId }] of servers.entries()) {
    if (ids.has(serviceId)) throw invalidOption(`servers[${index}]`, "a server with a serviceId of its own", serviceId);
    ids.add(serviceId);
  }
}

const serverMethods = ["setAcceptor", "setMessageListener", "setChannelMap", "setStateListener", "start", "shutdown"];

function checkIsServer(name: string, given: Server): void {
  if (given === undefined) throw invalidOption(name, "a server", given);
  checkHasMethods(name, given, serverMethods);
}
