import { defaults } from "./defaults.js";
import { type ErrorReporter, reportToConsole } from "./error-reporter.js";
import { checkNumber, invalidOption } from "./internal/check-options.js";
import { guardReporter } from "./internal/guard-reporter.js";

/** Waits and limits of connections, for servers and dialers alike. */
export interface ConnOptions {
  /**
   * How long a peer may take nothing of what waits for it.
   * @default {@link defaults.writeWaitMs}
   * @beyond the connection is closed, 3008
   */
  readonly writeWaitMs?: number;
  /**
   * How long the peer may take to answer a Close that has left. What it sends meanwhile is thrown away, so that no reset
   * takes the Close from it. Who broke the protocol or was refused has it for all that is queued.
   * @default {@link defaults.closeWaitMs}
   * @beyond the socket is destroyed
   */
  readonly closeWaitMs?: number;
  /**
   * The largest payload of a frame, in and out.
   * @default {@link defaults.maxPayloadBytes}
   * @beyond in: Close 1009, found when the header is read; out: `push` throws `IM_ERR_PAYLOAD_TOO_LARGE`
   */
  readonly maxPayloadBytes?: number;
  /**
   * Bytes that wait for a peer that reads slowly.
   * @default {@link defaults.highWaterMarkBytes}
   * @beyond `push` returns false, and `drained()` waits
   */
  readonly highWaterMarkBytes?: number;
  /**
   * Bytes that wait for a peer that does not read.
   * @default {@link defaults.maxQueuedBytes}
   * @beyond the connection is closed, 1008, and `push` throws `IM_ERR_QUEUE_FULL`; or what `overflowPolicy` says
   */
  readonly maxQueuedBytes?: number;
  /**
   * Messages that wait for their reader.
   * @default {@link defaults.maxInboxMessages}
   * @beyond reading pauses, and in the end the peer waits
   */
  readonly maxInboxMessages?: number;
  /**
   * Bytes of such messages.
   * @default {@link defaults.maxInboxBytes}
   * @beyond the same
   */
  readonly maxInboxBytes?: number;
}

/** Options of a channel's read loop. */
export interface ChannelOptions {
  /**
   * How long the peer may be silent. A Ping is not silence.
   * @default {@link defaults.readWaitMs}
   * @beyond the connection is closed, 3008
   */
  readonly readWaitMs?: number;
  /** How long the peer may take nothing of what waits for it. @default {@link defaults.writeWaitMs} */
  readonly writeWaitMs?: number;
  /** How long a Close is waited for. @default {@link defaults.closeWaitMs} */
  readonly closeWaitMs?: number;
  /**
   * Messages of one channel that an async listener handles at a time; above 1 order is lost.
   * @default {@link defaults.receiveConcurrency}
   * @beyond they wait
   */
  readonly receiveConcurrency?: number;
  /** Messages that wait for the listener before reading pauses. @default {@link defaults.maxInboxMessages} */
  readonly maxInboxMessages?: number;
  /** Bytes of such messages. @default {@link defaults.maxInboxBytes} */
  readonly maxInboxBytes?: number;
  /**
   * Pings that wait for their answer to leave: of a peer that does not read, or that sends so many at once.
   * @default {@link defaults.maxUnansweredPings}
   * @beyond the connection is closed, 1008
   */
  readonly maxUnansweredPings?: number;
  /** Whether messages without a byte are given to the listener too; the seed skips them. @default false */
  readonly deliverEmptyMessages?: boolean;
  /** @default the console */
  readonly onError?: ErrorReporter;
}

type NumberName = keyof ConnOptions | Exclude<keyof ChannelOptions, "onError" | "deliverEmptyMessages">;

/** The options of these names, checked, with defaults. @throws `IM_ERR_INVALID_OPTION` */
function resolveNumbers<Name extends NumberName>(
  names: readonly Name[],
  options: { readonly [name in Name]?: number | undefined },
) {
  const resolved = {} as Record<Name, number>;
  for (const name of names) resolved[name] = checkNumber(name, options[name] ?? defaults[name]);
  return resolved;
}

export const connOptionNames = [
  "writeWaitMs",
  "closeWaitMs",
  "maxPayloadBytes",
  "highWaterMarkBytes",
  "maxQueuedBytes",
  "maxInboxMessages",
  "maxInboxBytes",
] as const satisfies readonly (keyof ConnOptions)[];

/** A checked copy with defaults. @throws `IM_ERR_INVALID_OPTION` */
export function resolveConnOptions(options: ConnOptions): Required<ConnOptions> {
  const resolved = resolveNumbers(connOptionNames, options);
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
export function resolveChannelOptions(options: ChannelOptions): Required<ChannelOptions> {
  const { onError = reportToConsole, deliverEmptyMessages = false } = options;
  if (typeof onError !== "function") throw invalidOption("onError", "a function", onError);
  if (typeof deliverEmptyMessages !== "boolean") {
    throw invalidOption("deliverEmptyMessages", "true or false", deliverEmptyMessages);
  }
  const numbers = channelOptionNames.filter((name) => name !== "onError" && name !== "deliverEmptyMessages");
  return { ...resolveNumbers(numbers, options), deliverEmptyMessages, onError: guardReporter(onError) };
}
