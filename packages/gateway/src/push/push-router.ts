import { TransportError } from "@im/transport-core";
import { isThenable } from "@im/transport-core/internal";
import { GatewayError, isUnknownGateway } from "../gateway-error.js";
import type { GatewaySettings } from "../gateway-options.js";
import type { MaybePromise } from "../ports/maybe-promise.js";
import type { SessionRecord } from "../ports/session-directory.js";
import { withTimeout } from "../ports/with-timeout.js";
import type { SessionRegistry } from "../session/session-registry.js";
import type { AccountTarget, ChannelTarget, FailedPush, PushReport, PushTarget } from "./push-target.js";

/** Brings one marshalled packet to channels here and at other gateways. */
export class PushRouter {
  readonly #settings: GatewaySettings;
  readonly #registry: SessionRegistry;

  constructor(settings: GatewaySettings, registry: SessionRegistry) {
    this.#settings = settings;
    this.#registry = registry;
  }

  /**
   * With a directory and a bus in memory, all is done when this returns. The promise does not reject: what a port cannot do
   * stands in the report, and `onError` is told.
   *
   * @throws `IM_ERR_GATEWAY_ARGUMENT` for what is no target
   */
  push(target: PushTarget, command: string, packet: Uint8Array): Promise<PushReport> {
    const { accounts, channels } = parseTarget(target);
    return this.#push(accounts, channels, command, packet);
  }

  async #push(
    accounts: ReadonlyMap<string, Devices>,
    channels: readonly ChannelTarget[],
    command: string,
    packet: Uint8Array,
  ): Promise<PushReport> {
    const dispatch = new PushDispatch(this.#settings, this.#registry, packet);
    for (const channel of channels) dispatch.add(channel);
    const offline = new Set(accounts.keys());
    try {
      const found = this.#find([...accounts.keys()]);
      for (const session of isThenable(found) ? await found : found) {
        if (!isTargeted(session, accounts)) continue;
        offline.delete(session.account);
        dispatch.add(session);
      }
    } catch (error) {
      this.#settings.report(error, { during: "directory", command });
      for (const account of offline) dispatch.failed.push({ account, error });
      offline.clear();
    }
    this.#settings.hooks.pushed?.(command, dispatch.delivered);
    await dispatch.forward(command);
    return { delivered: dispatch.delivered, offline: [...offline], failed: dispatch.failed };
  }

  #find(accounts: readonly string[]): MaybePromise<readonly SessionRecord[]> {
    if (accounts.length === 0) return [];
    const { directory, portTimeoutMs } = this.#settings;
    return withTimeout(directory.find(accounts), portTimeoutMs, "directory.find");
  }
}

/** The devices that are asked for; undefined for all. */
type Devices = Set<string> | undefined;

function parseTarget(target: PushTarget): { accounts: Map<string, Devices>; channels: ChannelTarget[] } {
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
  const what = `a push needs an account, { account }, { channelId }, or an array of those, not ${given === null ? null : typeof given}`;
  return new GatewayError("IM_ERR_GATEWAY_ARGUMENT", what);
}

function isTargeted(session: SessionRecord, accounts: ReadonlyMap<string, Devices>): boolean {
  return accounts.get(session.account)?.has(session.device) ?? true;
}

/** One push on its way. */
class PushDispatch {
  delivered = 0;
  readonly failed: FailedPush[] = [];
  readonly #settings: GatewaySettings;
  readonly #registry: SessionRegistry;
  readonly #packet: Uint8Array;
  readonly #seen = new Set<string>();
  readonly #remote = new Map<string, string[]>();

  constructor(settings: GatewaySettings, registry: SessionRegistry, packet: Uint8Array) {
    this.#settings = settings;
    this.#registry = registry;
    this.#packet = packet;
  }

  add({ channelId, gatewayId = this.#settings.gatewayId }: ChannelTarget): void {
    if (this.#seen.has(channelId)) return;
    this.#seen.add(channelId);
    if (gatewayId === this.#settings.gatewayId) this.#deliver(channelId);
    else if (this.#remote.has(gatewayId)) this.#remote.get(gatewayId)!.push(channelId);
    else this.#remote.set(gatewayId, [channelId]);
  }

  /** Sends to other gateways what is for them. */
  async forward(command: string): Promise<void> {
    if (this.#remote.size === 0) return;
    await Promise.all([...this.#remote].map((part) => this.#publish(command, ...part)));
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

  async #publish(command: string, gatewayId: string, channelIds: readonly string[]): Promise<void> {
    const { bus, portTimeoutMs, report } = this.#settings;
    try {
      await withTimeout(bus.publish(gatewayId, { channelIds, packet: this.#packet }), portTimeoutMs, "bus.publish");
      this.delivered += channelIds.length;
    } catch (error) {
      // That a gateway has ended is no fault of the bus.
      if (!isUnknownGateway(error)) report(error, { during: "bus", command });
      for (const channelId of channelIds) this.failed.push({ channelId, error });
    }
  }
}
