import { type BusBroadcast, type Delivery, GatewayError } from "@im/gateway";
import type { Redis } from "../redis.js";
import type { BusSettings } from "./bus-options.js";
import { channelOf } from "./channel-of.js";
import { messageBytes } from "./envelope.js";
import type { GatewayList } from "./gateway-list.js";
import { Outbox } from "./outbox.js";

/** Sends to gateways, in the order of the calls: deliveries and broadcasts alike. */
export class Publisher {
  readonly #redis: Redis;
  readonly #gateways: GatewayList;
  readonly #settings: BusSettings;
  readonly #outboxes = new Map<string, Outbox>();
  /** Settles when all broadcasts are in the outboxes; undefined if they are. */
  #broadcasting: Promise<void> | undefined;
  #queuedBytes = 0;

  constructor(redis: Redis, gateways: GatewayList, settings: BusSettings) {
    this.#redis = redis;
    this.#gateways = gateways;
    this.#settings = settings;
  }

  publish(gatewayId: string, delivery: Delivery): Promise<void> {
    const message = messageBytes(delivery);
    if (!this.#broadcasting) return this.#counted(message, () => this.#send(gatewayId, message));
    const broadcasting = this.#broadcasting;
    return this.#counted(message, () => broadcasting.then(() => this.#send(gatewayId, message)));
  }

  broadcast(senderId: string, broadcast: BusBroadcast): Promise<void> {
    const message = messageBytes(broadcast);
    return this.#counted(message, () => {
      const listed = Promise.all([this.#gateways.read(), this.#broadcasting]);
      const sent = listed.then(([gatewayIds]) => this.#sendToAll(gatewayIds, senderId, message));
      this.#holdBack(listed);
      return sent;
    });
  }

  /** Deliveries that follow a broadcast wait until it is in the outboxes. */
  #holdBack(listed: Promise<unknown>): void {
    const broadcasting = listed.then(ignore, ignore);
    this.#broadcasting = broadcasting;
    // The first reaction: those that waited go on right after it, before anything else can be published.
    void broadcasting.then(() => {
      if (this.#broadcasting === broadcasting) this.#broadcasting = undefined;
    });
  }

  async #sendToAll(gatewayIds: readonly string[], senderId: string, message: Buffer): Promise<void> {
    const others = gatewayIds.filter((gatewayId) => gatewayId !== senderId);
    const results = await Promise.allSettled(others.map((gatewayId) => this.#send(gatewayId, message)));
    for (const result of results)
      if (result.status === "rejected" && !isUnknownGateway(result.reason)) throw result.reason;
  }

  #send(gatewayId: string, message: Buffer): Promise<void> {
    let outbox = this.#outboxes.get(gatewayId);
    if (!outbox) {
      const forget = () => void this.#outboxes.delete(gatewayId);
      outbox = new Outbox(this.#redis, channelOf(this.#settings, gatewayId), this.#settings.maxWaitMs, forget);
      this.#outboxes.set(gatewayId, outbox);
    }
    return outbox.add(message);
  }

  #counted(message: Buffer, send: () => Promise<void>): Promise<void> {
    const { maxQueuedBytes } = this.#settings;
    if (this.#queuedBytes + message.length > maxQueuedBytes && this.#queuedBytes > 0) {
      const what = `${this.#queuedBytes} bytes wait for Redis: it does not keep up`;
      return Promise.reject(new GatewayError("IM_ERR_QUEUE_FULL", what));
    }
    this.#queuedBytes += message.length;
    const settled = () => {
      this.#queuedBytes -= message.length;
    };
    const sent = send();
    void sent.then(settled, settled);
    return sent;
  }
}

function isUnknownGateway(error: unknown): boolean {
  return error instanceof GatewayError && error.code === "IM_ERR_UNKNOWN_GATEWAY";
}

function ignore(): void {}
