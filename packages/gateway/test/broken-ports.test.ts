import { Status } from "@im/wire";
import { expect, it } from "vitest";
import { describeIdempotencyStore, describePushBus } from "../src/contract-suites/index.js";
import {
  type Answer,
  type BusBroadcast,
  type Delivery,
  type IdempotencyClaim,
  MemoryIdempotencyStore,
  MemoryPushBus,
} from "../src/index.js";
import { brokenRules } from "./support/broken-rules.js";

class BusThatForgetsTheClose extends MemoryPushBus {
  override publish(gatewayId: string, { channelIds, packet }: Delivery) {
    super.publish(gatewayId, { channelIds, packet });
  }
}

class BusThatJoins extends MemoryPushBus {
  override publish(gatewayId: string, delivery: Delivery) {
    super.publish(gatewayId, { ...delivery, channelIds: delivery.channelIds.join(",").split(",") });
  }
}

class BusWithoutOrder extends MemoryPushBus {
  override async publish(gatewayId: string, delivery: Delivery) {
    if (delivery.packet[0] === 7) await new Promise((resolve) => setImmediate(resolve));
    super.publish(gatewayId, delivery);
  }
}

class BusThatEchoes extends MemoryPushBus {
  override broadcast(_: string, broadcast: BusBroadcast) {
    super.broadcast("", broadcast);
  }
}

class BusThatBroadcastsLater extends MemoryPushBus {
  override async broadcast(senderId: string, broadcast: BusBroadcast) {
    await new Promise((resolve) => setImmediate(resolve));
    super.broadcast(senderId, broadcast);
  }
}

class BusThatBroadcastsToOne extends MemoryPushBus {
  #first = "";
  override subscribe(...args: Parameters<MemoryPushBus["subscribe"]>) {
    this.#first ||= args[0];
    return super.subscribe(...args);
  }
  override broadcast(_: string, { packet }: BusBroadcast) {
    super.publish(this.#first, { channelIds: [], packet });
  }
}

class BusThatSwallows extends MemoryPushBus {
  override publish(gatewayId: string, delivery: Delivery) {
    try {
      super.publish(gatewayId, delivery);
    } catch {}
  }
}

it.each([
  ["forgets the close", BusThatForgetsTheClose, "brings a delivery to its gateway, unchanged"],
  ["joins ids by commas", BusThatJoins, "keeps channel ids apart"],
  ["does not keep the order", BusWithoutOrder, "keeps the order of one publisher"],
  ["echoes broadcasts", BusThatEchoes, "brings a broadcast to every gateway but its sender"],
  ["broadcasts late", BusThatBroadcastsLater, "keeps the order of what one publisher publishes and broadcasts"],
  ["broadcasts to one", BusThatBroadcastsToOne, "brings a broadcast to every gateway but its sender"],
  ["drops deliveries that no gateway takes", BusThatSwallows, "rejects a delivery to a gateway without a subscription"],
])("a bus that %s is found out", async (_, Bus, rule) => {
  const rules = await brokenRules((runner) => {
    describePushBus(runner, "broken", () => ({ port: new Bus() as MemoryPushBus, elapse: () => {} }));
  });
  expect(rules).toContainEqual(expect.stringContaining(rule));
});

class StoreOfLastAnswer extends MemoryIdempotencyStore {
  override record(key: IdempotencyClaim, { body }: Answer) {
    super.record(key, { status: Status.NotImplemented, body });
  }
}

class StoreThatKeepsTheLast extends MemoryIdempotencyStore {
  #last: Answer | undefined;
  override claim(key: IdempotencyClaim) {
    return this.#last ?? super.claim(key);
  }
  override record(_: IdempotencyClaim, answer: Answer) {
    this.#last = answer;
  }
}

class StoreOfEndlessClaims extends MemoryIdempotencyStore {
  override claim(key: IdempotencyClaim) {
    return super.claim({ ...key, lifetimeMs: Number.POSITIVE_INFINITY });
  }
}

class StoreThatFreesBlindly extends MemoryIdempotencyStore {
  #holder = "";
  override claim(key: IdempotencyClaim) {
    const given = super.claim(key);
    if (given === undefined) this.#holder = key.claimId;
    return given;
  }
  override release(key: IdempotencyClaim) {
    super.release({ ...key, claimId: this.#holder });
  }
}

class StoreThatIgnoresAccounts extends MemoryIdempotencyStore {
  override claim(key: IdempotencyClaim) {
    return super.claim({ ...key, account: "" });
  }
  override record(key: IdempotencyClaim, answer: Answer) {
    super.record({ ...key, account: "" }, answer);
  }
  override release(key: IdempotencyClaim) {
    super.release({ ...key, account: "" });
  }
}

it.each([
  ["changes the status", StoreOfLastAnswer, "and the first answer to all others"],
  ["ignores accounts", StoreThatIgnoresAccounts, "keeps accounts, commands and keys apart"],
  ["keeps the last answer", StoreThatKeepsTheLast, "keeps the first answer that is recorded"],
  ["claims for ever", StoreOfEndlessClaims, "frees a claim when its lifetime is over"],
  ["frees blindly", StoreThatFreesBlindly, "keeps a claim when the one before it is released late"],
  ["never forgets", MemoryIdempotencyStore, "forgets an answer when its window is over"],
])(
  "a store that %s is found out",
  async (_, Store, rule) => {
    const rules = await brokenRules((runner) => {
      describeIdempotencyStore(runner, "broken", 10_000, () => {
        let nowMs = 0;
        const elapse = (ms: number) => {
          nowMs += ms;
        };
        const windowMs = Store === MemoryIdempotencyStore ? 1_000_000 : 10_000;
        return { port: new Store({ windowMs, nowMs: () => nowMs }), elapse };
      });
    });
    expect(rules).toContainEqual(expect.stringContaining(rule));
  },
  20_000,
);
