import { type ChannelOptions, type Dialer, defaults, TransportError } from "@im/transport-core";

export interface ClientOptions extends ChannelOptions {
  /** Who this client is, for the Dialer's login. @default a random id */
  readonly id?: string;
  /** What kind of client it is. @default "im-client" */
  readonly name?: string;
  /** How `connect` dials and logs in; `setDialer` does the same. */
  readonly dialer?: Dialer;
  /** For connecting and login together, in milliseconds. @default {@link defaults.loginWaitMs} */
  readonly dialTimeoutMs?: number;
  /**
   * How often the server is pinged, in milliseconds; below `readWaitMs`, so that a silent server is a dead one.
   * `Infinity` pings never. @default {@link defaults.heartbeatMs}
   */
  readonly heartbeatMs?: number;
}

const optionNames: readonly string[] = [
  "id",
  "name",
  "dialer",
  "dialTimeoutMs",
  "heartbeatMs",
  "readWaitMs",
  "writeWaitMs",
  "maxInboxMessages",
  "maxInboxBytes",
  "onError",
] satisfies readonly (keyof ClientOptions)[];

/** A checked copy with defaults; what is a channel's own is checked there. @throws `IM_ERR_INVALID_OPTION` */
export function resolveClientOptions(options: ClientOptions) {
  const unknown = Object.keys(options).find((name) => !optionNames.includes(name));
  if (unknown !== undefined) throw invalid(`there is no option ${unknown}; there are ${optionNames.join(", ")}`);
  const {
    id = crypto.randomUUID(),
    name = "im-client",
    dialer,
    dialTimeoutMs = defaults.loginWaitMs,
    heartbeatMs = defaults.heartbeatMs,
    ...channel
  } = options;
  if (!(dialTimeoutMs > 0)) throw invalid(`dialTimeoutMs must be above 0, not ${dialTimeoutMs}`);
  if (!(heartbeatMs > 0)) throw invalid(`heartbeatMs must be above 0, not ${heartbeatMs}`);
  const { readWaitMs = defaults.readWaitMs } = channel;
  if (heartbeatMs !== Number.POSITIVE_INFINITY && heartbeatMs >= readWaitMs) {
    throw invalid(
      `heartbeatMs (${heartbeatMs}) must be below readWaitMs (${readWaitMs}), or a quiet server looks dead`,
    );
  }
  return { id, name, dialer, dialTimeoutMs, heartbeatMs, channel };
}

function invalid(message: string): TransportError {
  return new TransportError("IM_ERR_INVALID_OPTION", message);
}
