import { checkLimit, checkWait, guardReporter, invalidOption, rejectUnknownOptions } from "@im/transport-core/internal";
import { checkingOptions, checkKeyPrefix } from "../check-options.js";

/** Whether the gateways that subscribe through a bus can receive, as far as their last probes know. */
export type BusState = "connected" | "degraded";

export interface RedisPushBusOptions {
  /** The names of all keys and channels begin with this; the gateways of a cluster have the same. @default im: */
  readonly keyPrefix?: string | undefined;
  /** How often a gateway checks its own subscription, in milliseconds. @default {@link redisPushBusDefaults.probeEveryMs} */
  readonly probeEveryMs?: number | undefined;
  /**
   * How long a message waits for Redis to answer those before it, in milliseconds; then it fails with `IM_ERR_PORT_TIMEOUT` and
   * is not sent. @default {@link redisPushBusDefaults.maxWaitMs}
   */
  readonly maxWaitMs?: number | undefined;
  /** Bytes of messages that wait; beyond it they fail with `IM_ERR_QUEUE_FULL`. @default {@link redisPushBusDefaults.maxQueuedBytes} */
  readonly maxQueuedBytes?: number | undefined;
  /** Called when {@link BusState} changes, with the reason if it is `degraded`. @default none */
  readonly onState?: ((state: BusState, reason: unknown) => unknown) | undefined;
  /** Receives errors that no caller can catch: of messages that cannot be read. @default the console */
  readonly onError?: ((error: unknown) => unknown) | undefined;
}

/** The defaults of the options. */
export const redisPushBusDefaults = Object.freeze({
  probeEveryMs: 1_000,
  maxWaitMs: 5_000,
  maxQueuedBytes: 16_777_216,
});

export type BusSettings = ReturnType<typeof resolveBusOptions>;

/** A checked copy with defaults. @throws a GatewayError `IM_ERR_INVALID_OPTION` */
export function resolveBusOptions(options: RedisPushBusOptions) {
  return checkingOptions(() => {
    rejectUnknownOptions(options, ["keyPrefix", "onState", "onError", ...Object.keys(redisPushBusDefaults)]);
    const { keyPrefix, onState = () => {}, onError = reportToConsole } = options;
    for (const [name, given] of Object.entries({ onState, onError })) {
      if (typeof given !== "function") throw invalidOption(name, "a function", given);
    }
    return {
      keyPrefix: checkKeyPrefix(keyPrefix),
      probeEveryMs: checkWait("probeEveryMs", options.probeEveryMs ?? redisPushBusDefaults.probeEveryMs),
      maxWaitMs: checkWait("maxWaitMs", options.maxWaitMs ?? redisPushBusDefaults.maxWaitMs),
      maxQueuedBytes: checkLimit("maxQueuedBytes", options.maxQueuedBytes ?? redisPushBusDefaults.maxQueuedBytes),
      onState: (state: BusState, reason: unknown) => guardReporter(() => onState(state, reason))(undefined),
      onError: guardReporter(onError),
    };
  });
}

function reportToConsole(error: unknown): void {
  console.error("@im/cluster-redis:", error);
}
