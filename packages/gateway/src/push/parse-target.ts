import { GatewayError } from "../gateway-error.js";
import type { AccountTarget, ChannelTarget, PushTarget } from "./push-target.js";

/** The devices of an account that a target names; undefined for all. */
export type Devices = Set<string> | undefined;

/** What a target names. */
export interface ParsedTarget {
  readonly accounts: ReadonlyMap<string, Devices>;
  readonly channels: readonly ChannelTarget[];
  /** Channels that get nothing, whatever else names them. */
  readonly exceptChannelIds: readonly string[];
}

/** The accounts and channels that a target names. @throws `IM_ERR_GATEWAY_ARGUMENT` for an invalid target */
export function parseTarget(target: PushTarget): ParsedTarget {
  const accounts = new Map<string, Devices>();
  const channels: ChannelTarget[] = [];
  const exceptChannelIds: string[] = [];
  for (const one of isMany(target) ? target : [target]) {
    if (typeof one === "string") {
      accounts.set(one, undefined);
      continue;
    }
    if (isChannel(one)) {
      channels.push(one);
      continue;
    }
    if (typeof one?.account !== "string") throw invalidTarget(one);
    if (one.exceptChannelId !== undefined) exceptChannelIds.push(one.exceptChannelId);
    if (one.device === undefined) accounts.set(one.account, undefined);
    else if (!accounts.has(one.account)) accounts.set(one.account, new Set([one.device]));
    else accounts.get(one.account)?.add(one.device);
  }
  return { accounts, channels, exceptChannelIds };
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
