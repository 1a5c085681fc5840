import { type BusBroadcast, type BusMessage, type Delivery, GatewayError, type PushBus } from "@im/gateway";
import { checkRedis } from "../check-options.js";
import type { Redis } from "../redis.js";
import { type BusSettings, type BusState, type RedisPushBusOptions, resolveBusOptions } from "./bus-options.js";
import { channelOf } from "./channel-of.js";
import { GatewayList } from "./gateway-list.js";
import { Publisher } from "./publisher.js";
import { Subscription } from "./subscription.js";

/**
 * Carries packets between gateways by sharded pub/sub of Redis 7, with one channel for each gateway. What is published to a
 * gateway in one turn of the event loop leaves in one message. Where Redis or a connection fails, messages are lost.
 */
export class RedisPushBus implements PushBus {
  readonly #redis: Redis;
  readonly #settings: BusSettings;
  readonly #gateways: GatewayList;
  readonly #publisher: Publisher;
  readonly #subscribed = new Set<string>();
  /** What the last probe of a gateway found. */
  readonly #faults = new Map<string, unknown>();

  /**
   * @param redis from `nodeRedis` or `ioRedis`
   * @throws a GatewayError `IM_ERR_INVALID_OPTION`
   */
  constructor(redis: Redis, options: RedisPushBusOptions = {}) {
    this.#redis = checkRedis(redis);
    this.#settings = resolveBusOptions(options);
    this.#gateways = new GatewayList(redis, this.#settings.keyPrefix);
    this.#publisher = new Publisher(redis, this.#gateways, this.#settings);
  }

  get state(): BusState {
    return this.#faults.size === 0 ? "connected" : "degraded";
  }

  /** @throws `IM_ERR_GATEWAY_STATE` if this gateway subscribes already, what the client throws */
  async subscribe(
    gatewayId: string,
    receive: (message: BusMessage) => void,
    missed: (lastMs: number) => void = () => {},
  ): Promise<() => Promise<void>> {
    if (this.#subscribed.has(gatewayId)) {
      throw new GatewayError("IM_ERR_GATEWAY_STATE", `a gateway ${gatewayId} is on the bus already`);
    }
    this.#subscribed.add(gatewayId);
    try {
      const subscription = await Subscription.open({
        redis: this.#redis,
        gateways: this.#gateways,
        gatewayId,
        channel: channelOf(this.#settings, gatewayId),
        probeEveryMs: this.#settings.probeEveryMs,
        receive,
        missed,
        checked: (fault) => this.#checked(gatewayId, fault),
        report: this.#settings.onError,
      });
      return async () => {
        await subscription.close();
        this.#checked(gatewayId, undefined);
        this.#subscribed.delete(gatewayId);
      };
    } catch (error) {
      this.#subscribed.delete(gatewayId);
      throw error;
    }
  }

  /**
   * Resolves when Redis has passed the delivery on to a connection of the gateway.
   *
   * @throws `IM_ERR_UNKNOWN_GATEWAY`, `IM_ERR_QUEUE_FULL` or `IM_ERR_PORT_TIMEOUT` without having sent it, what the client throws
   */
  publish(gatewayId: string, delivery: Delivery): Promise<void> {
    return this.#publisher.publish(gatewayId, delivery);
  }

  /**
   * Resolves when Redis has passed the broadcast on. Without a gateway that subscribes it is no error.
   *
   * @throws as {@link publish}
   */
  broadcast(senderId: string, broadcast: BusBroadcast): Promise<void> {
    return this.#publisher.broadcast(senderId, broadcast);
  }

  #checked(gatewayId: string, fault: unknown): void {
    const before = this.state;
    if (fault === undefined) this.#faults.delete(gatewayId);
    else this.#faults.set(gatewayId, fault);
    if (this.state !== before) this.#settings.onState(this.state, fault);
  }
}
