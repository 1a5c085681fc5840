import { GatewayError } from "../gateway-error.js";
import type { AccountTarget, ChannelTarget, PushTarget } from "./push-target.js";

/** The devices of an account that a target names; undefined for all. */
export type Devices = Set<string> | undefined;

/** The accounts and channels that a target names. @throws `IM_ERR_GATEWAY_ARGUMENT` for an invalid target */
export function parseTarget(target: PushTarget): { accounts: Map<string, Devices>; channels: ChannelTarget[] } {
  const accounts = new Map<string, Devices>();
  const channels: ChannelTarget[] = [];
  for (const one of isMany(target) ? target : [target]) {
    if (typeof one === "string") accounts.set(one, undefined);
    else if (isChannel(one)) channels.push(one);
    else if (typeof one?.account !== "string") throw invalidTarget(one);
    else if (one.device === undefined) accounts.set(one.account, undefined);
    else if (!accounts.has(one.account)) accounts.set(one.account, new Set([one.device]));
    else accounts.get(one.account)?.add(one.device);
  }
  return { accounts, channels };
}

function isMany(target: PushTarget): target is readonly (string | AccountTarget | ChannelTarget)[] {
  return Array.isArray(target);
}

function isChannel(target: AccountTarget | ChannelTarget): target is ChannelTarget {
  return typeof (target as Partial<ChannelTarget> | null | undefined)?.channelId === "string";
}

function invalidTarget(given: unknown): GatewayError {
  const what = `a target is an account, { account }, { channelId }, or an array of those, not ${given === null ? null : typeof given}`;
  return new GatewayError("IM_ERR_GATEWAY_ARGUMENT", what);
}
