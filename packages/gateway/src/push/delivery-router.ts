import { TransportError } from "@im/transport-core";
import { isThenable } from "@im/transport-core/internal";
import { isUnknownGateway } from "../gateway-error.js";
import type { GatewaySettings } from "../gateway-options.js";
import type { MaybePromise } from "../ports/maybe-promise.js";
import type { Delivery } from "../ports/push-bus.js";
import type { SessionRecord } from "../ports/session-directory.js";
import { withTimeout } from "../ports/with-timeout.js";
import type { LiveSession } from "../session/live-session.js";
import type { SessionRegistry } from "../session/session-registry.js";
import { type Devices, type ParsedTarget, parseTarget } from "./parse-target.js";
import type { ChannelTarget, FailedPush, PushReport, PushTarget } from "./push-target.js";

/** What is brought to channels: a push or a kick-out. */
export interface Outgoing {
  /** The command of a push; undefined for a kick-out. */
  readonly command: string | undefined;
  /** Gives it to a session of this gateway. @throws if its channel does not take it */
  deliver(session: LiveSession): void;
  /** What the bus carries for channels of another gateway. */
  deliveriesTo(channelIds: readonly string[]): readonly Delivery[];
}

/** Finds the channels of a target, here and at other gateways, and brings them a push or a kick-out. */
export class DeliveryRouter {
  readonly #settings: GatewaySettings;
  readonly #registry: SessionRegistry;

  constructor(settings: GatewaySettings, registry: SessionRegistry) {
    this.#settings = settings;
    this.#registry = registry;
  }

  /**
   * With a directory and a bus in memory, all is done when this returns. The promise does not reject: what a port cannot
   * do stands in the report, and is reported to `onError`.
   *
   * @throws `IM_ERR_GATEWAY_ARGUMENT` for an invalid target
   */
  route(target: PushTarget, outgoing: Outgoing): Promise<PushReport> {
    return this.#route(parseTarget(target), outgoing);
  }

  async #route({ accounts, channels, exceptChannelIds }: ParsedTarget, outgoing: Outgoing): Promise<PushReport> {
    const { hooks, report } = this.#settings;
    const { command } = outgoing;
    const dispatch = new Dispatch(this.#settings, this.#registry, outgoing, exceptChannelIds);
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
      report(error, { during: "directory", command });
      for (const account of offline) dispatch.failed.push({ account, error });
      offline.clear();
    }
    if (command !== undefined) hooks.pushed?.(command, dispatch.delivered);
    await dispatch.publish();
    return { delivered: dispatch.delivered, offline: [...offline], failed: dispatch.failed };
  }

  #find(accounts: readonly string[]): MaybePromise<readonly SessionRecord[]> {
    if (accounts.length === 0) return [];
    const { directory, portTimeoutMs } = this.#settings;
    return withTimeout(directory.find(accounts), portTimeoutMs, "directory.find");
  }
}

function isTargeted(session: SessionRecord, accounts: ReadonlyMap<string, Devices>): boolean {
  return accounts.get(session.account)?.has(session.device) ?? true;
}

/** One push or kick-out on its way: channels of this gateway get it at once, those of others are collected. */
class Dispatch {
  delivered = 0;
  readonly failed: FailedPush[] = [];
  readonly #settings: GatewaySettings;
  readonly #registry: SessionRegistry;
  readonly #outgoing: Outgoing;
  readonly #seen: Set<string>;
  readonly #remote = new Map<string, string[]>();

  constructor(settings: GatewaySettings, registry: SessionRegistry, outgoing: Outgoing, except: readonly string[]) {
    this.#settings = settings;
    this.#registry = registry;
    this.#outgoing = outgoing;
    this.#seen = new Set(except);
  }

  add({ channelId, gatewayId = this.#settings.gatewayId }: ChannelTarget): void {
    if (this.#seen.has(channelId)) return;
    this.#seen.add(channelId);
    if (gatewayId === this.#settings.gatewayId) this.#deliver(channelId);
    else if (this.#remote.has(gatewayId)) this.#remote.get(gatewayId)!.push(channelId);
    else this.#remote.set(gatewayId, [channelId]);
  }

  /** Sends to other gateways what is for them. */
  async publish(): Promise<void> {
    if (this.#remote.size === 0) return;
    const publishing: Promise<void>[] = [];
    for (const [gatewayId, channelIds] of this.#remote) {
      for (const delivery of this.#outgoing.deliveriesTo(channelIds))
        publishing.push(this.#publish(gatewayId, delivery));
    }
    await Promise.all(publishing);
  }

  #deliver(channelId: string): void {
    const session = this.#registry.session(channelId);
    try {
      if (!session) {
        throw new TransportError("IM_ERR_UNKNOWN_CHANNEL", `no channel ${JSON.stringify(channelId)} is connected here`);
      }
      this.#outgoing.deliver(session);
      this.delivered++;
    } catch (error) {
      this.failed.push({ channelId, error });
    }
  }

  async #publish(gatewayId: string, delivery: Delivery): Promise<void> {
    const { bus, portTimeoutMs, report } = this.#settings;
    try {
      await withTimeout(bus.publish(gatewayId, delivery), portTimeoutMs, "bus.publish");
      this.delivered += delivery.channelIds.length;
    } catch (error) {
      // A gateway that has ended is no fault of the bus.
      if (!isUnknownGateway(error)) report(error, { during: "bus", command: this.#outgoing.command });
      for (const channelId of delivery.channelIds) this.failed.push({ channelId, error });
    }
  }
}
