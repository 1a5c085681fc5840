import { TransportError } from "@im/transport-core";
import { GatewayError } from "../gateway-error.js";
import type { GatewaySettings } from "../gateway-options.js";
import { isLater } from "../ports/maybe-promise.js";
import type { SessionRecord } from "../ports/session-directory.js";
import type { SessionRegistry } from "../session/session-registry.js";
import type { AccountTarget, ChannelTarget, PushReport, PushTarget } from "./push-target.js";

/** Brings one marshalled packet to channels here and at other gateways. */
export class Pusher {
  readonly #settings: GatewaySettings;
  readonly #registry: SessionRegistry;

  constructor(settings: GatewaySettings, registry: SessionRegistry) {
    this.#settings = settings;
    this.#registry = registry;
  }

  /** With a directory and a bus in memory, all is done when this returns. */
  async push(target: PushTarget, command: string, packet: Uint8Array): Promise<PushReport> {
    const { accounts, channels } = sort(target);
    const found = accounts.size === 0 ? [] : this.#settings.directory.find([...accounts.keys()]);
    const sessions = isLater(found) ? await found : found;
    const round = new PushRound(this.#settings, this.#registry, packet);
    for (const channel of channels) round.add(channel);
    const offline = new Set(accounts.keys());
    for (const session of sessions) {
      if (!isMeant(session, accounts)) continue;
      offline.delete(session.account);
      round.add(session);
    }
    this.#settings.hooks.pushed?.(command, round.delivered);
    await round.sent();
    return { delivered: round.delivered, offline: [...offline], failed: round.failed };
  }
}

/** The devices that are asked for; undefined for all. */
type Devices = Set<string> | undefined;

function sort(target: PushTarget): { accounts: Map<string, Devices>; channels: ChannelTarget[] } {
  const accounts = new Map<string, Devices>();
  const channels: ChannelTarget[] = [];
  for (const one of isMany(target) ? target : [target]) {
    if (typeof one === "string") accounts.set(one, undefined);
    else if ("channelId" in one) channels.push(one);
    else if (one.device === undefined) accounts.set(one.account, undefined);
    else if (!accounts.has(one.account)) accounts.set(one.account, new Set([one.device]));
    else accounts.get(one.account)?.add(one.device);
  }
  return { accounts, channels };
}

function isMany(target: PushTarget): target is readonly (string | AccountTarget | ChannelTarget)[] {
  return Array.isArray(target);
}

function isMeant(session: SessionRecord, accounts: ReadonlyMap<string, Devices>): boolean {
  return accounts.get(session.account)?.has(session.device) ?? true;
}

/** One push on its way. */
class PushRound {
  delivered = 0;
  readonly failed: { readonly channelId: string; readonly error: unknown }[] = [];
  readonly #settings: GatewaySettings;
  readonly #registry: SessionRegistry;
  readonly #packet: Uint8Array;
  readonly #seen = new Set<string>();
  readonly #elsewhere = new Map<string, string[]>();

  constructor(settings: GatewaySettings, registry: SessionRegistry, packet: Uint8Array) {
    this.#settings = settings;
    this.#registry = registry;
    this.#packet = packet;
  }

  add({ channelId, gatewayId = this.#settings.gatewayId }: ChannelTarget): void {
    if (this.#seen.has(channelId)) return;
    this.#seen.add(channelId);
    if (gatewayId === this.#settings.gatewayId) this.#deliver(channelId);
    else if (this.#elsewhere.has(gatewayId)) this.#elsewhere.get(gatewayId)!.push(channelId);
    else this.#elsewhere.set(gatewayId, [channelId]);
  }

  /** Sends to other gateways what is for them. */
  async sent(): Promise<void> {
    if (this.#elsewhere.size === 0) return;
    await Promise.all([...this.#elsewhere].map(([gatewayId, channelIds]) => this.#publish(gatewayId, channelIds)));
  }

  #deliver(channelId: string): void {
    const session = this.#registry.session(channelId);
    try {
      if (!session) {
        throw new TransportError("IM_ERR_UNKNOWN_CHANNEL", `no channel ${JSON.stringify(channelId)} is connected here`);
      }
      if (session.end) throw new GatewayError("IM_ERR_SESSION_OVER", `the session is over: ${session.end}`);
      session.deliver(this.#packet);
      this.delivered++;
    } catch (error) {
      this.failed.push({ channelId, error });
    }
  }

  async #publish(gatewayId: string, channelIds: readonly string[]): Promise<void> {
    try {
      await this.#settings.bus.publish(gatewayId, { channelIds, packet: this.#packet });
      this.delivered += channelIds.length;
    } catch (error) {
      for (const channelId of channelIds) this.failed.push({ channelId, error });
    }
  }
}
