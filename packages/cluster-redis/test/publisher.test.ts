import { describe, expect, it } from "vitest";
import { type Redis, type RedisArgument, RedisPushBus, type RedisPushBusOptions } from "../src/index.js";
import { messagesIn } from "../src/push-bus/envelope.js";

/** A Redis whose answers to SPUBLISH the test gives. */
class AnsweredRedis implements Redis {
  readonly isCluster = false;
  readonly published: { channel: string; envelope: Buffer; answer(receivers: number): void }[] = [];
  #arrived: () => void = () => {};

  send(channel: string, [name, , envelope]: readonly RedisArgument[]): Promise<unknown> {
    if (name !== "SPUBLISH") return Promise.resolve(['"gateway-1"', '"gateway-2"'].map((id) => Buffer.from(id)));
    return new Promise((answer) => {
      this.published.push({ channel, envelope: envelope as Buffer, answer });
      this.#arrived();
    });
  }

  async subscribe() {
    return { close: async () => {} };
  }

  /** Answers the next SPUBLISH. Gives the first bytes of the packets in it. */
  async next(receivers = 1): Promise<readonly (number | undefined)[]> {
    while (this.published.length === 0) await new Promise<void>((resolve) => (this.#arrived = resolve));
    const { envelope, answer } = this.published.shift()!;
    answer(receivers);
    return messagesIn(envelope).map((message) => ("probe" in message ? undefined : message.packet[0]));
  }
}

function busOn(redis: Redis, options: RedisPushBusOptions = {}) {
  const bus = new RedisPushBus(redis, options);
  return (first: number, length = 1, gatewayId = "gateway-1") =>
    bus.publish(gatewayId, { channelIds: ["c1"], packet: Buffer.alloc(length, first) });
}

describe("what is published", () => {
  it("in one turn for one gateway leaves in one message", async () => {
    const redis = new AnsweredRedis();
    const publish = busOn(redis);
    const published = [publish(1), publish(2), publish(3, 1, "gateway-2"), publish(4)];
    expect([await redis.next(), await redis.next()]).toEqual([[1, 2, 4], [3]]);
    await Promise.all(published);
  });

  it("while a message is on its way leaves after its answer, in one message", async () => {
    const redis = new AnsweredRedis();
    const publish = busOn(redis);
    const first = publish(1);
    while (redis.published.length === 0) await new Promise(setImmediate);
    const later = [publish(2), publish(3)];
    await new Promise(setImmediate);
    expect(redis.published).toHaveLength(1);
    expect([await redis.next(), await redis.next()]).toEqual([[1], [2, 3]]);
    await Promise.all([first, ...later]);
  });

  it("leaves in messages of at most 256 KiB, if it is more", async () => {
    const redis = new AnsweredRedis();
    const publish = busOn(redis);
    const published = [publish(1, 200_000), publish(2, 200_000), publish(3, 500_000), publish(4)];
    const sent = [await redis.next(), await redis.next(), await redis.next(), await redis.next()];
    expect(sent).toEqual([[1], [2], [3], [4]]);
    await Promise.all(published);
  });

  it("fails all of a message that no gateway receives, and nothing after it", async () => {
    const redis = new AnsweredRedis();
    const publish = busOn(redis);
    const published = Promise.allSettled([publish(1), publish(2)]);
    await redis.next(0);
    const codes = (await published).map((result) => result.status === "rejected" && result.reason.code);
    expect(codes).toEqual(["IM_ERR_UNKNOWN_GATEWAY", "IM_ERR_UNKNOWN_GATEWAY"]);
    const later = publish(3);
    await redis.next();
    await later;
  });

  it("after a broadcast stays behind it, in order", async () => {
    const redis = new AnsweredRedis();
    const bus = new RedisPushBus(redis);
    const published = [bus.broadcast("gateway-2", { toAll: true, packet: Buffer.of(0) })];
    const numbers = Array.from({ length: 50 }, (_, index) => index + 1);
    for (const number of numbers) {
      published.push(bus.publish("gateway-1", { channelIds: ["c1"], packet: Buffer.of(number) }));
      await Promise.resolve();
    }
    expect(await redis.next()).toEqual([0, ...numbers]);
    await Promise.all(published);
  });

  it("is refused while more waits than maxQueuedBytes", async () => {
    const redis = new AnsweredRedis();
    const publish = busOn(redis, { maxQueuedBytes: 1_000 });
    const first = publish(1, 900);
    await expect(publish(2, 900)).rejects.toMatchObject({ code: "IM_ERR_QUEUE_FULL" });
    await redis.next();
    await first;
    const later = publish(3, 900);
    await redis.next();
    await later;
  });
});
