import { describe, it, type TestContext } from "vitest";
import { hasRedisServer, startGateways, startRedis } from "./support/cluster.js";
import { User } from "./support/user.js";

/** `pnpm test:long` stops the gateway for as long as the documents say. Both times are longer than the lease. */
const isLong = process.env.LONG_TESTS !== undefined;
const STOP_MS = isLong ? 30_000 : 4_500;
const LEASE_MS = isLong ? 15_000 : 3_000;
const SOON = { timeout: 20_000, interval: 20 };
const namesOf = (what: string) => Array.from({ length: 40 }, (_, index) => `${what} ${index}`);

/** Half of them sign in at each address. */
function signInAll(test: TestContext, names: readonly string[], ...addresses: readonly [string, string]) {
  return Promise.all(names.map((name, index) => User.signIn(test, name, addresses[index % 2]!)));
}

describe.skipIf(!hasRedisServer).concurrent(`a gateway that SIGSTOP has stopped for ${STOP_MS / 1_000} s`, () => {
  it.for([
    ["which gets the kick-outs of that time", false],
    ["whose kick-outs of that time are lost", true],
  ] as const)("%s, overwrites nothing newer and ends no other session", async ([, losesKickouts], test) => {
    const redis = await startRedis(test);
    const [here, there] = await startGateways(test, redis, LEASE_MS);
    const asker = await User.signIn(test, "asker", here.ws);
    const [returning, staying] = [namesOf("returning"), namesOf("staying")];
    const displaced = await signInAll(test, returning, there.ws, there.tcp);
    const others = await signInAll(test, staying, there.ws, there.tcp);
    const [idHere, idThere] = [await asker.gateway(), await others[0]!.gateway()];

    const timeIsOver = new Promise((resolve) => setTimeout(resolve, STOP_MS));
    there.pause();
    if (losesKickouts) {
      await redis.command("CLIENT", "KILL", "TYPE", "pubsub");
      await here.saysThatTheBusIs("connected");
    }
    await test.expect.poll(() => asker.findsAt("returning 0"), SOON).toEqual([]);
    const newer = await signInAll(test, returning, here.ws, here.tcp);
    await timeIsOver;
    there.resume();

    const ends = returning.map(() => "IM_ERR_KICKED_OUT");
    await test.expect.poll(() => displaced.map(({ endedBecause }) => endedBecause), SOON).toEqual(ends);
    for (const name of staying) await test.expect.poll(() => asker.findsAt(name), SOON).toEqual([idThere]);
    for (const name of returning) test.expect(await asker.findsAt(name)).toEqual([idHere]);
    const living = [...newer, ...others];
    await test.expect.poll(() => asker.say("hello", ...living).then(() => "said", String), SOON).toBe("said");
    for (const { heard } of living) await test.expect.poll(() => heard, SOON).toContain("hello");
    test.expect(living.filter(({ isOnline, timesOnline }) => !isOnline || timesOnline !== 1)).toEqual([]);
  });
});
