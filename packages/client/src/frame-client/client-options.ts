import { type ChannelOptions, type Dialer, defaults } from "@im/transport-core";
import { checkLimit, checkWait, invalidOption, randomId, rejectUnknownOptions } from "@im/transport-core/internal";

export interface ClientOptions extends Omit<ChannelOptions, "receiveConcurrency"> {
  /** The id of this client, for the Dialer's login. @default a random id */
  readonly id?: string | undefined;
  /** The kind of client, for the Dialer's login. @default "im-client" */
  readonly name?: string | undefined;
  /** How `connect` dials and logs in; `setDialer` does the same. */
  readonly dialer?: Dialer | undefined;
  /** For connecting and login together, in milliseconds. @default {@link defaults.loginWaitMs} */
  readonly dialTimeoutMs?: number | undefined;
  /**
   * How often the server is pinged, in milliseconds; below `readWaitMs`, so that a silent server is a dead one.
   * `Infinity` pings never, as kim's servers want it: they break their stream when they answer a Ping. @default {@link defaults.heartbeatMs}
   */
  readonly heartbeatMs?: number | undefined;
}

const optionNames: readonly string[] = [
  "id",
  "name",
  "dialer",
  "dialTimeoutMs",
  "heartbeatMs",
  "readWaitMs",
  "writeWaitMs",
  "closeWaitMs",
  "maxInboxMessages",
  "maxInboxBytes",
  "deliverEmptyMessages",
  "onError",
] satisfies readonly (keyof ClientOptions)[];

/** A checked copy with defaults. @throws `IM_ERR_INVALID_OPTION` */
export function resolveClientOptions(options: ClientOptions) {
  rejectUnknownOptions(options, optionNames);
  const {
    id = randomId(),
    name = "im-client",
    dialer,
    dialTimeoutMs = defaults.loginWaitMs,
    heartbeatMs = defaults.heartbeatMs,
    ...channel
  } = options;
  const { readWaitMs = defaults.readWaitMs, onError } = channel;
  checkText("id", id);
  checkText("name", name);
  if (dialer !== undefined) checkDialer(dialer);
  checkWait("dialTimeoutMs", dialTimeoutMs);
  checkWait("heartbeatMs", heartbeatMs);
  checkWait("readWaitMs", readWaitMs);
  for (const name of ["writeWaitMs", "closeWaitMs"] as const) checkWait(name, channel[name] ?? defaults[name]);
  const { maxInboxMessages = defaults.maxInboxMessages, maxInboxBytes = defaults.maxInboxBytes } = channel;
  checkLimit("maxInboxMessages", maxInboxMessages);
  checkLimit("maxInboxBytes", maxInboxBytes);
  const { deliverEmptyMessages } = channel;
  if (deliverEmptyMessages !== undefined && typeof deliverEmptyMessages !== "boolean") {
    throw invalidOption("deliverEmptyMessages", "true or false", deliverEmptyMessages);
  }
  if (onError !== undefined && typeof onError !== "function") throw invalidOption("onError", "a function", onError);
  if (heartbeatMs !== Number.POSITIVE_INFINITY && heartbeatMs >= readWaitMs) {
    const rule = `below readWaitMs (${readWaitMs}), or a quiet server looks dead`;
    throw invalidOption("heartbeatMs", rule, heartbeatMs);
  }
  return { id, name, dialer, dialTimeoutMs, heartbeatMs, maxInboxMessages, maxInboxBytes, channel };
}

function checkText(name: string, given: unknown): void {
  if (typeof given !== "string" || given === "") throw invalidOption(name, "a string that is not empty", given);
}

/** @throws `IM_ERR_INVALID_OPTION` */
export function checkDialer(given: Dialer): void {
  if (typeof (given as Dialer | null)?.dialAndHandshake === "function") return;
  throw invalidOption("dialer", "an object with a method dialAndHandshake", given);
}
