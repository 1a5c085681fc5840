import { connDefaults, defaults } from "./defaults.js";
import { type ErrorReporter, reportToConsole } from "./error-reporter.js";
import { checkNumber, invalidOption } from "./internal/check-options.js";
import { guardReporter } from "./internal/guard-reporter.js";
import type { Resolved } from "./internal/optional.js";

/** Waits and limits of connections, for servers and dialers alike. */
export interface ConnOptions {
  /**
   * How long a peer may take none of the bytes that wait for it.
   * @default {@link defaults.writeWaitMs}
   * @beyond the connection is closed, 3008
   */
  readonly writeWaitMs?: number | undefined;
  /**
   * How long the peer may take to answer a Close. What it sends meanwhile is read and discarded, so that no reset destroys
   * the Close. After a violation or a refusal, the wait includes sending all that is queued.
   * @default {@link defaults.closeWaitMs}
   * @beyond the socket is destroyed
   */
  readonly closeWaitMs?: number | undefined;
  /**
   * The largest payload of a frame, in and out.
   * @default {@link defaults.maxPayloadBytes}
   * @beyond in: Close 1009, found when the header is read; out: `push` throws `IM_ERR_PAYLOAD_TOO_LARGE`
   */
  readonly maxPayloadBytes?: number | undefined;
  /**
   * Bytes that wait for a peer that reads slowly.
   * @default {@link defaults.highWaterMarkBytes}
   * @beyond `push` returns false, and `drained()` waits
   */
  readonly highWaterMarkBytes?: number | undefined;
  /**
   * Bytes that wait for a peer that does not read.
   * @default {@link defaults.maxQueuedBytes}
   * @beyond the connection is closed, 1008, and `push` throws `IM_ERR_QUEUE_FULL`; or what `overflowPolicy` says
   */
  readonly maxQueuedBytes?: number | undefined;
  /**
   * Messages that wait for their reader.
   * @default {@link defaults.maxInboxMessages}
   * @beyond reading pauses, and in the end the peer waits
   */
  readonly maxInboxMessages?: number | undefined;
  /**
   * Bytes of such messages.
   * @default {@link defaults.maxInboxBytes}
   * @beyond the same
   */
  readonly maxInboxBytes?: number | undefined;
}

/** Options of a channel's read loop. */
export interface ChannelOptions {
  /**
   * How long the peer may be silent. A Ping is not silence.
   * @default {@link defaults.readWaitMs}
   * @beyond the connection is closed, 3008
   */
  readonly readWaitMs?: number | undefined;
  /** How long the peer may take none of the bytes that wait for it. @default {@link defaults.writeWaitMs} */
  readonly writeWaitMs?: number | undefined;
  /** How long the peer may take to answer a Close. @default {@link defaults.closeWaitMs} */
  readonly closeWaitMs?: number | undefined;
  /**
   * Messages of one channel that an async listener handles at a time. Above 1 their order is lost.
   * @default {@link defaults.receiveConcurrency}
   * @beyond they wait
   */
  readonly receiveConcurrency?: number | undefined;
  /** Messages that wait for the listener before reading pauses. @default {@link defaults.maxInboxMessages} */
  readonly maxInboxMessages?: number | undefined;
  /** Bytes of such messages. @default {@link defaults.maxInboxBytes} */
  readonly maxInboxBytes?: number | undefined;
  /**
   * Pings whose answers have not left: the peer does not read, or sends so many at once.
   * @default {@link defaults.maxUnansweredPings}
   * @beyond the connection is closed, 1008
   */
  readonly maxUnansweredPings?: number | undefined;
  /** Whether the listener receives empty messages too; the seed skips them. @default false */
  readonly deliverEmptyMessages?: boolean | undefined;
  /** @default the console */
  readonly onError?: ErrorReporter | undefined;
}

type NumberName = keyof ConnOptions | Exclude<keyof ChannelOptions, "onError" | "deliverEmptyMessages">;

/** The options of these names, checked, or their defaults. @throws `IM_ERR_INVALID_OPTION` */
function resolveNumbers<Name extends NumberName>(
  names: readonly Name[],
  options: { readonly [name in Name]?: number | undefined },
  defaults: Readonly<Record<Name, number>>,
) {
  const resolved = {} as Record<Name, number>;
  for (const name of names) resolved[name] = checkNumber(name, options[name] ?? defaults[name]);
  return resolved;
}

export const connOptionNames = /* @__PURE__ */ Object.keys(connDefaults) as readonly (keyof ConnOptions)[];

/** A checked copy with defaults. @throws `IM_ERR_INVALID_OPTION` */
export function resolveConnOptions(options: ConnOptions): Resolved<ConnOptions> {
  const resolved = resolveNumbers(connOptionNames, options, connDefaults);
  const { highWaterMarkBytes, maxQueuedBytes } = resolved;
  if (highWaterMarkBytes <= maxQueuedBytes) return resolved;
  throw invalidOption("highWaterMarkBytes", `at most maxQueuedBytes (${maxQueuedBytes})`, highWaterMarkBytes);
}

export const channelOptionNames = [
  "readWaitMs",
  "writeWaitMs",
  "closeWaitMs",
  "receiveConcurrency",
  "maxInboxMessages",
  "maxInboxBytes",
  "maxUnansweredPings",
  "deliverEmptyMessages",
  "onError",
] as const satisfies readonly (keyof ChannelOptions)[];

/** A checked copy with defaults. @throws `IM_ERR_INVALID_OPTION` */
export function resolveChannelOptions(options: ChannelOptions): Resolved<ChannelOptions> {
  const { onError = reportToConsole, deliverEmptyMessages = false } = options;
  if (typeof onError !== "function") throw invalidOption("onError", "a function", onError);
  if (typeof deliverEmptyMessages !== "boolean") {
    throw invalidOption("deliverEmptyMessages", "true or false", deliverEmptyMessages);
  }
  const numbers = channelOptionNames.filter((name) => name !== "onError" && name !== "deliverEmptyMessages");
  return { ...resolveNumbers(numbers, options, defaults), deliverEmptyMessages, onError: guardReporter(onError) };
}
