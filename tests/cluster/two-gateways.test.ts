import { describe, it } from "vitest";
import { hasRedisServer, startGateways, startRedis } from "./support/cluster.js";
import { User } from "./support/user.js";

/** `pnpm test:long` takes the times that the documents promise. A machine that stands still makes all slower. */
const isLong = process.env.LONG_TESTS !== undefined;
const LEASE_MS = isLong ? 15_000 : 3_000;
const KICKED_OUT = { timeout: isLong ? 1_000 : 5_000, interval: 10 };
const GONE = { timeout: isLong ? 15_000 : 10_000, interval: 50 };
const SOON = { timeout: 10_000, interval: 10 };

describe.skipIf(!hasRedisServer).concurrent("two gateways on one Redis", () => {
  it("a sign-in at one displaces the session of the same device at the other, and no other device", async (test) => {
    const [a, b] = await startGateways(test, await startRedis(test), LEASE_MS);
    const phone = await User.signIn(test, "alice", a.ws);
    const laptop = await User.signIn(test, "alice", a.tcp, "laptop");
    const newPhone = await User.signIn(test, "alice", b.tcp);
    await test.expect.poll(() => phone.endedBecause, KICKED_OUT).toBe("IM_ERR_KICKED_OUT");
    test.expect([newPhone.isOnline, laptop.isOnline]).toEqual([true, true]);
    const places = [await newPhone.gateway(), await laptop.gateway()].sort();
    test.expect([...(await newPhone.findsAt("alice"))].sort()).toEqual(places);
  });

  it("a push reaches accounts at both, in order, each once", async (test) => {
    const [a, b] = await startGateways(test, await startRedis(test), LEASE_MS);
    const alice = await User.signIn(test, "alice", a.ws);
    const others = await Promise.all([
      User.signIn(test, "bob", a.tcp),
      User.signIn(test, "carol", b.ws),
      User.signIn(test, "dave", b.tcp),
    ]);
    const texts = Array.from({ length: 100 }, (_, index) => `message ${index}`);
    await Promise.all(texts.map((text) => alice.say(text, ...others)));
    for (const { heard } of others) await test.expect.poll(() => heard, SOON).toEqual(texts);
    test.expect(alice.heard).toEqual([]);
  });

  it("after kill -9 of one, pushes to it are refused at once, and its sessions are gone within a lease", async (test) => {
    const [a, b] = await startGateways(test, await startRedis(test), LEASE_MS);
    const [alice, bob] = [await User.signIn(test, "alice", a.ws), await User.signIn(test, "bob", b.ws)];
    await alice.say("hello", bob);
    b.kill();
    // 300: a client may try again.
    await test.expect.poll(() => alice.refusalOf("are you there?", bob), SOON).toBe(300);
    await test.expect.poll(() => alice.findsAt("bob"), GONE).toEqual([]);
    const bobAgain = await User.signIn(test, "bob", a.tcp);
    await alice.say("welcome back", bobAgain);
    await test.expect.poll(() => bobAgain.heard, SOON).toEqual(["welcome back"]);
  });

  it("one that stood still for longer than its lease closes only the sessions that were displaced", async (test) => {
    const [a, b] = await startGateways(test, await startRedis(test), LEASE_MS);
    const [displaced, staying] = [await User.signIn(test, "alice", b.ws), await User.signIn(test, "bob", b.tcp)];
    const carol = await User.signIn(test, "carol", a.ws);
    b.pause();
    await test.expect.poll(() => carol.findsAt("bob"), GONE).toEqual([]);
    const alice = await User.signIn(test, "alice", a.ws);
    b.resume();
    await test.expect.poll(() => displaced.endedBecause, GONE).toBe("IM_ERR_KICKED_OUT");
    await test.expect.poll(() => carol.say("hello", staying).then(() => "said", String), SOON).toBe("said");
    test.expect([alice, staying].map(({ isOnline, timesOnline }) => [isOnline, timesOnline])).toEqual([
      [true, 1],
      [true, 1],
    ]);
  });
});
