import { Status } from "@im/wire";
import { expect, it, vi } from "vitest";
import {
  describeIdempotencyStore,
  describePushBus,
  describeSessionDirectory,
  type TestRunner,
} from "../src/contract-suites/index.js";
import {
  type Answer,
  type BusBroadcast,
  type Delivery,
  type EnterOptions,
  type IdempotencyClaim,
  MemoryIdempotencyStore,
  MemoryPushBus,
  MemorySessionDirectory,
  type SessionRecord,
} from "../src/index.js";

/** The rules that a port breaks. */
async function broken(describePort: (runner: TestRunner) => void): Promise<readonly string[]> {
  const tests: [string, () => Promise<void>][] = [];
  describePort({ describe: (_, define) => define(), it: (rule, test) => tests.push([rule, test]) });
  const rules: string[] = [];
  // What a broken port never does is waited for in fake time.
  vi.useFakeTimers();
  try {
    for (const [rule, test] of tests) {
      const failing = test().catch(() => rules.push(rule));
      await vi.advanceTimersByTimeAsync(60_000);
      await failing;
    }
  } finally {
    vi.useRealTimers();
  }
  return rules;
}

class DirectoryThatDeletesBlindly extends MemorySessionDirectory {
  override leave(session: SessionRecord) {
    const [current] = this.find([session.account]).filter(({ device }) => device === session.device);
    return super.leave(current ?? session);
  }
}

class DirectoryThatJoins extends MemorySessionDirectory {
  override enter(session: SessionRecord) {
    // Account and device in one text, as kim has it.
    return super.enter({ ...session, account: `${session.account},${session.device}`.split(",")[0]! });
  }
}

class DirectoryOfOneDevice extends MemorySessionDirectory {
  override enter(session: SessionRecord) {
    return super.enter({ ...session, device: "any" });
  }
}

class DirectoryThatLetsAnybodyBack extends MemorySessionDirectory {
  override enter(session: SessionRecord) {
    return super.enter(session);
  }
}

class DirectoryWithoutConnects extends MemorySessionDirectory {
  override enter({ connectId: _, ...session }: SessionRecord, options?: EnterOptions) {
    return super.enter({ ...session, connectId: session.channelId }, options);
  }
}

class DirectoryThatKeepsPlacesOfTheDead extends MemorySessionDirectory {
  readonly #held = new Map<string, SessionRecord>();
  override enter(session: SessionRecord, options?: EnterOptions) {
    const entered = super.enter(session, options);
    const holder = this.#held.get(session.account);
    this.#held.set(session.account, session);
    return options?.isReconnect && holder ? { holder, displaced: [], isFirst: false } : entered;
  }
}

class DirectoryThatLooksFirst extends MemorySessionDirectory {
  override enter(session: SessionRecord, options?: EnterOptions): never {
    const [holder] = this.find([session.account]).filter(({ device }) => device === session.device);
    const isKept = options?.isReconnect && holder && holder.connectId !== session.connectId;
    const kept = { holder, displaced: [], isFirst: false };
    return Promise.resolve().then(() => (isKept ? kept : super.enter(session))) as never;
  }
}

class DirectoryOfAnyNumber extends MemorySessionDirectory {
  override enter(session: SessionRecord, { isReconnect }: EnterOptions = {}) {
    return super.enter(session, { isReconnect });
  }
}

class DirectoryThatDisplacesTheNewest extends MemorySessionDirectory {
  override enter(session: SessionRecord, options: EnterOptions = {}) {
    const { maxDevices = Number.POSITIVE_INFINITY, ...others } = options;
    const newest = this.find([session.account])
      .filter(({ device }) => device !== session.device)
      .slice(Math.max(0, maxDevices - 1));
    for (const one of newest) this.leave(one);
    const entered = super.enter(session, { ...others });
    return { ...entered, displaced: [...entered.displaced, ...newest] };
  }
}

class DirectoryThatCountsTheDead extends MemorySessionDirectory {
  readonly #devices = new Map<string, SessionRecord>();
  override enter(session: SessionRecord, options?: EnterOptions) {
    const entered = super.enter(session, options);
    this.#devices.set(session.device, session);
    const isOver = this.#devices.size > (options?.maxDevices ?? Number.POSITIVE_INFINITY);
    return isOver ? { ...entered, displaced: [...this.#devices.values()].slice(0, 1) } : entered;
  }
}

class DirectoryWithoutLeases extends MemorySessionDirectory {
  override renew(gatewayId: string) {
    return super.renew(gatewayId, Number.POSITIVE_INFINITY);
  }
}

it.each([
  ["deletes without comparing", DirectoryThatDeletesBlindly, "compares before it deletes"],
  ["joins texts by commas", DirectoryThatJoins, "takes any text for account and device"],
  ["knows one device", DirectoryOfOneDevice, "keeps the devices of an account apart"],
  [
    "lets anybody back",
    DirectoryThatLetsAnybodyBack,
    "keeps the place of a session from reconnects of another connect",
  ],
  ["keeps no ids of connects", DirectoryWithoutConnects, "lets a client reconnect to its own place"],
  [
    "keeps places of the dead",
    DirectoryThatKeepsPlacesOfTheDead,
    "keeps no place for a session whose gateway has lost",
  ],
  ["looks before it enters", DirectoryThatLooksFirst, "is atomic for reconnects as well"],
  ["allows any number of devices", DirectoryOfAnyNumber, "displaces the oldest sessions of an account beyond"],
  ["displaces the newest", DirectoryThatDisplacesTheNewest, "displaces the oldest sessions of an account beyond"],
  ["lets anybody back", DirectoryThatLetsAnybodyBack, "refuses reconnects to an account that has maxDevices"],
  ["counts the dead", DirectoryThatCountsTheDead, "counts no session for maxDevices whose gateway has lost"],
  ["has no leases", DirectoryWithoutLeases, "does not find sessions whose gateway has lost its lease"],
])("a directory that %s is found out", async (_, Directory, rule) => {
  const rules = await broken((runner) => {
    describeSessionDirectory(runner, "broken", () => {
      let nowMs = 0;
      const elapse = (ms: number) => {
        nowMs += ms;
      };
      return { port: new Directory(() => nowMs), elapse };
    });
  });
  expect(rules).toContainEqual(expect.stringContaining(rule));
});

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
  const rules = await broken((runner) => {
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
    const rules = await broken((runner) => {
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
