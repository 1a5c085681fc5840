import { type Faults, startFaultProxy } from "@im/transport-compliance/fault-proxy";
import { describe, it, type TestContext } from "vitest";
import { hasRedisServer, startGateways, startRedis } from "./support/cluster.js";
import { GatewayProcess } from "./support/gateway-process.js";
import { User } from "./support/user.js";

/** `pnpm test:long` lets Redis stand still for so long as the documents say. A machine that stands still makes all slower. */
const isLong = process.env.LONG_TESTS !== undefined;
const PAUSE_MS = isLong ? 30_000 : 4_000;
const LEASE_MS = 15_000;
/** How long a gateway may take to subscribe again once it can. */
const BACK_MS = isLong ? 3_000 : 10_000;
/** How long a gateway may take to find that it is deaf. */
const FOUND_OUT_MS = isLong ? 5_000 : 15_000;
/** The gateways' clients give up a connection that is silent for so long. */
const SILENCE_MS = 5_000;
const SOON = { timeout: 10_000, interval: 20 };
const TRY_AGAIN = 300;
/** A network that passes on nothing. */
const silent: Faults = { toServer: { drop: true }, toClient: { drop: true } };

/** Alice at one gateway, bob at the other. */
async function aliceAndBob(test: TestContext, a: GatewayProcess, b: GatewayProcess) {
  const [alice, bob] = [await User.signIn(test, "alice", a.ws), await User.signIn(test, "bob", b.tcp)];
  await alice.say("before", bob);
  await bob.say("before", alice);
  return { alice, bob };
}

/** Expects both to reach each other again soon, on the connections that they had, and to have heard nothing twice. */
async function expectToHeal(test: TestContext, { alice, bob }: { readonly alice: User; readonly bob: User }) {
  const pairs = [
    [alice, bob],
    [bob, alice],
  ] as const;
  let round = 0;
  for (const [speaker, hearer] of pairs) {
    const hears = async () => {
      const text = `after ${++round}`;
      await speaker.say(text, hearer).catch(() => {});
      return hearer.heard.some((one) => one.startsWith("after"));
    };
    await test.expect.poll(hears, { timeout: BACK_MS, interval: 50 }).toBe(true);
  }
  for (const { heard, isOnline, timesOnline } of [alice, bob]) {
    test.expect([isOnline, timesOnline]).toEqual([true, 1]);
    test.expect(heard).toEqual([...new Set(heard)]);
  }
}

/** Rejects when it takes longer. */
async function within<T>(ms: number, what: Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(ms);
  return Promise.race([
    what,
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  ]);
}

describe.skipIf(!hasRedisServer).concurrent("the clients of two gateways stay connected when Redis", () => {
  it.for([
    ["without its data", []],
    ["with its data", ["--appendonly", "yes"]],
  ] as const)("starts anew, %s", async ([, settings], test) => {
    const redis = await startRedis(test, ...settings);
    const [a, b] = await startGateways(test, redis, LEASE_MS);
    const { alice, bob } = await aliceAndBob(test, a, b);
    await redis.kill();
    await Promise.all([a, b].map((gateway) => within(FOUND_OUT_MS, gateway.saysThatTheBusIs("degraded"))));
    test.expect(await alice.refusalOf("meanwhile", bob)).toBe(TRY_AGAIN);
    await redis.start();
    await Promise.all([a, b].map((gateway) => within(BACK_MS, gateway.saysThatTheBusIs("connected"))));
    await test.expect.poll(() => alice.findsAt("bob").catch(String), { timeout: LEASE_MS }).toHaveLength(1);
    await expectToHeal(test, { alice, bob });
  });

  it.for([
    ["stands still", (redis) => redis.pause(), (redis) => redis.resume()],
    ["pauses its clients", (redis) => redis.command("CLIENT", "PAUSE", `${PAUSE_MS}`, "ALL"), () => {}],
  ] as const satisfies readonly [string, Fault, Fault][])("%s", async ([, begin, end], test) => {
    const redis = await startRedis(test);
    const [a, b] = await startGateways(test, redis, LEASE_MS);
    const { alice, bob } = await aliceAndBob(test, a, b);
    const paused = new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    await begin(redis);
    await Promise.all([a, b].map((gateway) => within(FOUND_OUT_MS, gateway.saysThatTheBusIs("degraded"))));
    const refusal = alice.refusalOf("meanwhile", bob);
    await paused;
    await end(redis);
    test.expect([TRY_AGAIN, undefined]).toContain(await refusal);
    await expectToHeal(test, { alice, bob });
  });

  it("closes their subscriptions", async (test) => {
    const redis = await startRedis(test);
    const [a, b] = await startGateways(test, redis, LEASE_MS);
    const { alice, bob } = await aliceAndBob(test, a, b);
    await redis.command("CLIENT", "KILL", "TYPE", "pubsub");
    await Promise.all([a, b].map((gateway) => within(BACK_MS, gateway.saysThatTheBusIs("degraded"))));
    await Promise.all([a, b].map((gateway) => within(BACK_MS, gateway.saysThatTheBusIs("connected"))));
    await expectToHeal(test, { alice, bob });
  });

  it("cuts a gateway off because its output buffer is full", async (test) => {
    const redis = await startRedis(test, "--client-output-buffer-limit", "pubsub 32kb 0 0");
    const [a, b] = await startGateways(test, redis, LEASE_MS);
    const { alice, bob } = await aliceAndBob(test, a, b);
    await alice.say("x".repeat(100_000), bob);
    await within(BACK_MS, b.saysThatTheBusIs("degraded"));
    await within(BACK_MS, b.saysThatTheBusIs("connected"));
    await expectToHeal(test, { alice, bob });
  });
});

type Fault = (redis: Awaited<ReturnType<typeof startRedis>>) => unknown;

describe.skipIf(!hasRedisServer).concurrent("a gateway that is cut off from Redis, but not from its clients,", () => {
  it.for([
    ["with its connections reset", true],
    ["with its connections silent", false],
  ] as const)("%s: says so, refuses what it cannot do, and heals without duplicates", async ([, isReset], test) => {
    const redis = await startRedis(test);
    const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port: redis.port } });
    test.onTestFinished(() => proxy.close());
    const [a, b] = await Promise.all(
      [redis.port, proxy.port].map((port) => GatewayProcess.start(test, port, LEASE_MS)),
    );
    const { alice, bob } = await aliceAndBob(test, a!, b!);
    proxy.setFaults({ ...silent, resetOnAccept: isReset });
    if (isReset) proxy.cutAll();
    await within(FOUND_OUT_MS, b!.saysThatTheBusIs("degraded"));
    test.expect(await bob.refusalOf("meanwhile", alice)).toBe(TRY_AGAIN);
    // New connections reach Redis again; those that were cut off stay silent.
    const cutOff = proxy.statistics.accepted;
    proxy.setFaults((index) => (index < cutOff ? silent : {}));
    await within(SILENCE_MS + BACK_MS, b!.saysThatTheBusIs("connected"));
    await test.expect.poll(() => alice.findsAt("bob").catch(String), SOON).toHaveLength(1);
    await expectToHeal(test, { alice, bob });
  });
});
