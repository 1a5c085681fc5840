import type { Overflow } from "../conn/overflow.js";
import { type OverflowPolicy, overflowPolicies } from "../conn/overflow-policy.js";
import type { Acceptor } from "../contract/acceptor.js";
import type { ChannelMap } from "../contract/channel-map.js";
import type { Logger } from "../contract/logger.js";
import type { MessageListener } from "../contract/message-listener.js";
import type { ServiceRegistration } from "../contract/service-registration.js";
import type { StateListener } from "../contract/state-listener.js";
import type { TransportHooks } from "../contract/transport-hooks.js";
import type { DeadlineWheel } from "../deadline/deadline-wheel.js";
import { defaults } from "../defaults.js";
import { hookNames } from "../diagnostics/hook-names.js";
import { logErrors, logHooks, logLife } from "../diagnostics/log-hooks.js";
import type { ErrorReporter } from "../error-reporter.js";
import { checkCount, checkHasMethods, checkWait, invalidOption } from "../internal/check-options.js";
import { guardHooks } from "../internal/guard-hooks.js";
import { guardReporter } from "../internal/guard-reporter.js";
import type { Optional } from "../internal/optional.js";
import { memoryShareBytes } from "../limits/memory-share.js";
import { QueuedTotal } from "../limits/queued-total.js";
import { ReceivedTotal } from "../limits/received-total.js";
import {
  type ChannelOptions,
  type ConnOptions,
  channelOptionNames,
  connOptionNames,
  resolveChannelOptions,
  resolveConnOptions,
} from "../options.js";

/** Options of every server. Those with a setter on `Server` may be given here or there. */
export interface ServerOptions extends ConnOptions, ChannelOptions {
  readonly acceptor?: Acceptor | undefined;
  readonly messageListener?: MessageListener | undefined;
  readonly stateListener?: StateListener | undefined;
  /** @default a hash map in memory */
  readonly channelMap?: ChannelMap | undefined;
  /**
   * Handshake and login together, in milliseconds.
   * @default {@link defaults.loginWaitMs}
   * @beyond the socket is destroyed; once it speaks frames, Close 1008
   */
  readonly loginWaitMs?: number | undefined;
  /**
   * Connections at the same time, those that have not logged in included.
   * @default {@link defaults.maxConnections}
   * @beyond WebSocket answers 503, TCP sends Close 1013; before a TLS handshake the socket is destroyed
   */
  readonly maxConnections?: number | undefined;
  /**
   * Connections of one remote address at the same time, with IPv6 of one /64. Unix domain sockets are exempt. Behind a
   * proxy, the address is that of the client if the server knows the proxy (`trustedProxies`).
   * @default {@link defaults.maxConnectionsPerAddress}
   * @beyond the same, but 429
   */
  readonly maxConnectionsPerAddress?: number | undefined;
  /**
   * Connections that the server accepts per second, on average and at once.
   * @default {@link defaults.maxAcceptsPerSecond}
   * @beyond the same, but 429
   */
  readonly maxAcceptsPerSecond?: number | undefined;
  /**
   * Bytes queued for all peers together that do not read. Bytes that the system takes at once are not queued, and a payload
   * that is sent to many peers counts once. Each server has its own limit: give each server of a process its part.
   * @default a quarter of the memory that the process may use
   * @beyond the fullest channel is closed, 1008; or as `overflowPolicy` decides
   */
  readonly maxQueuedBytesTotal?: number | undefined;
  /**
   * Bytes that all peers together have sent and that wait in the server: messages of which a part is missing, and messages
   * that wait for their reader. From half of it on, connections with waiting messages are not read further. Each server has
   * its own limit.
   * @default a quarter of the memory that the process may use
   * @beyond the connection that holds the most is closed, 1013, and its waiting messages are lost
   */
  readonly maxInboxBytesTotal?: number | undefined;
  /**
   * What happens to a message for which a channel's queue has no room, beyond `maxQueuedBytes`: the channel is closed; or
   * the message is dropped, its push throws `IM_ERR_QUEUE_FULL`, and the channel stays open; or the oldest queued messages
   * that the system has not taken are dropped, and the hook `dropped` is called. Beyond `maxQueuedBytesTotal` the fullest
   * channel is closed, or loses its oldest messages. @default {@link defaults.overflowPolicy}
   */
  readonly overflowPolicy?: OverflowPolicy | undefined;
  /** Functions that are called at events, to count and measure them. @default none */
  readonly hooks?: TransportHooks | undefined;
  /** A logger, such as one of pino, for events and for the errors that `onError` gets. @default none */
  readonly logger?: Logger | undefined;
  /** How service discovery names this server. @default a random id; the address that it listens on */
  readonly service?: Optional<Omit<ServiceRegistration, "protocol" | "dialUrl">> | undefined;
}

/** The names of {@link ServerOptions}, for a transport that refuses unknown names. */
export const serverOptionNames: readonly string[] = /* @__PURE__ */ namesOf([
  "acceptor",
  "messageListener",
  "stateListener",
  "channelMap",
  "loginWaitMs",
  "maxConnections",
  "maxConnectionsPerAddress",
  "maxAcceptsPerSecond",
  "maxQueuedBytesTotal",
  "maxInboxBytesTotal",
  "overflowPolicy",
  "hooks",
  "logger",
  "service",
]);

function namesOf(own: readonly (keyof ServerOptions)[]): readonly string[] {
  return [...new Set([...connOptionNames, ...channelOptionNames, ...own])];
}

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal"] as const satisfies readonly (keyof Logger)[];

/** A checked copy with defaults. @throws `IM_ERR_INVALID_OPTION` */
export function resolveServerOptions(options: ServerOptions) {
  checkHasMethods("acceptor", options.acceptor, ["accept"]);
  checkHasMethods("messageListener", options.messageListener, ["receive"]);
  checkHasMethods("stateListener", options.stateListener, ["disconnect"]);
  checkHasMethods("channelMap", options.channelMap, ["add", "remove", "get", "all"]);
  checkHasMethods("logger", options.logger, logLevels);
  checkHooks(options.hooks);
  const channelOptions = resolveChannelOptions(options);
  const onError = reporterOf(options, channelOptions.onError);
  return {
    ...resolveConnOptions(options),
    ...channelOptions,
    onError,
    hooks: hooksOf(options, onError),
    log: logLife(options.logger),
    loginWaitMs: checkWait("loginWaitMs", options.loginWaitMs ?? defaults.loginWaitMs),
    maxConnections: checkCount("maxConnections", options.maxConnections ?? defaults.maxConnections),
    maxConnectionsPerAddress: checkCount(
      "maxConnectionsPerAddress",
      options.maxConnectionsPerAddress ?? defaults.maxConnectionsPerAddress,
    ),
    maxAcceptsPerSecond: checkCount("maxAcceptsPerSecond", options.maxAcceptsPerSecond ?? defaults.maxAcceptsPerSecond),
    receivedTotal: new ReceivedTotal(
      checkCount("maxInboxBytesTotal", options.maxInboxBytesTotal ?? memoryShareBytes()),
    ),
    overflow: overflowOf(
      options.overflowPolicy ?? defaults.overflowPolicy,
      checkCount("maxQueuedBytesTotal", options.maxQueuedBytesTotal ?? memoryShareBytes()),
    ),
  };
}

/** Settings that all parts of one server share. */
export type ServerSettings = ReturnType<typeof resolveServerOptions> & { readonly deadlines: DeadlineWheel };

/** @throws `IM_ERR_INVALID_OPTION` */
function overflowOf(policy: OverflowPolicy, maxQueuedBytesTotal: number): Overflow {
  if (typeof policy === "string" && Object.hasOwn(overflowPolicies, policy)) {
    return overflowPolicies[policy](new QueuedTotal(maxQueuedBytesTotal));
  }
  throw invalidOption("overflowPolicy", Object.keys(overflowPolicies).join(" or "), policy);
}

/** Errors go to `onError` and to the logger; to the console only if neither is given. */
function reporterOf({ onError, logger }: ServerOptions, given: ErrorReporter): ErrorReporter {
  if (!logger) return given;
  const log = guardReporter(logErrors(logger));
  if (!onError) return log;
  return (error, context) => {
    log(error, context);
    given(error, context);
  };
}

function hooksOf({ hooks, logger }: ServerOptions, onError: ErrorReporter): TransportHooks {
  const many = [...(hooks ? [hooks] : []), ...(logger ? [logHooks(logger)] : [])];
  return guardHooks(hookNames, many, (error) => onError(error, { during: "hook" }));
}

/** @throws `IM_ERR_INVALID_OPTION` for a hook that is no function */
function checkHooks(hooks: TransportHooks | undefined): void {
  if (hooks === undefined) return;
  if (typeof hooks !== "object" || hooks === null) throw invalidOption("hooks", "an object", hooks);
  for (const name of hookNames) {
    const hook: unknown = hooks[name];
    if (hook !== undefined && typeof hook !== "function") throw invalidOption(`hooks.${name}`, "a function", hook);
  }
}
