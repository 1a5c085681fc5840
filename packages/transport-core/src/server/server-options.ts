import type { Acceptor } from "../contract/acceptor.js";
import type { ChannelMap } from "../contract/channel-map.js";
import type { MessageListener } from "../contract/message-listener.js";
import type { ServiceRegistration } from "../contract/service-registration.js";
import type { StateListener } from "../contract/state-listener.js";
import { defaults } from "../defaults.js";
import {
  type ChannelOptions,
  type ConnOptions,
  checkWait,
  connOptionNames,
  invalidOption,
  resolveChannelOptions,
  resolveConnOptions,
} from "../options.js";

/** Options of every server. What has a setter on `Server` may be given here or there. */
export interface ServerOptions extends ConnOptions, ChannelOptions {
  readonly acceptor?: Acceptor;
  readonly messageListener?: MessageListener;
  readonly stateListener?: StateListener;
  /** @default a hash map in memory */
  readonly channelMap?: ChannelMap;
  /** Handshake and login together, in milliseconds. @default {@link defaults.loginWaitMs} */
  readonly loginWaitMs?: number;
  /** How service discovery names this server. @default a random id; the address that it listens on */
  readonly service?: Partial<Omit<ServiceRegistration, "protocol" | "dialUrl">>;
}

/** The names of {@link ServerOptions}, for a transport that refuses others. */
export const serverOptionNames: readonly string[] = [
  ...connOptionNames,
  "readWaitMs",
  "receiveConcurrency",
  "onError",
  "acceptor",
  "messageListener",
  "stateListener",
  "channelMap",
  "loginWaitMs",
  "service",
] satisfies readonly (keyof ServerOptions)[];

/** A checked copy with defaults. @throws `IM_ERR_INVALID_OPTION` */
export function resolveServerOptions(options: ServerOptions) {
  checkHasMethods("acceptor", options.acceptor, ["accept"]);
  checkHasMethods("messageListener", options.messageListener, ["receive"]);
  checkHasMethods("stateListener", options.stateListener, ["disconnect"]);
  checkHasMethods("channelMap", options.channelMap, ["add", "remove", "get", "all"]);
  return {
    ...resolveConnOptions(options),
    ...resolveChannelOptions(options),
    loginWaitMs: checkWait("loginWaitMs", options.loginWaitMs ?? defaults.loginWaitMs),
  };
}

/** @throws `IM_ERR_INVALID_OPTION` if something is given that lacks one of the methods */
export function checkHasMethods(name: string, given: object | undefined, methods: readonly string[]): void {
  if (given === undefined) return;
  const missing = methods.find((method) => typeof (given as Record<string, unknown> | null)?.[method] !== "function");
  if (missing) throw invalidOption(name, `an object with a method ${missing}`, given);
}
