import { describe, expect, it } from "vitest";
import { lossesOf } from "../support/chat-talker.js";
import { Talks } from "../support/talks.js";
import { ChatGateway, crowdAt } from "./support/chat-gateway.js";
import { hasServers, SharedServers } from "./support/shared-servers.js";
import { elapse, report, size, TIMEOUT_MS } from "./support/sizes.js";

const USERS = size(40, 200);
const PER_SECOND = size(50, 100);
const LEASE_MS = size(3_000, 15_000);
const STEP_MS = size(1_000, 30_000);
const TRY_AGAIN = 300;

type Fault = (servers: SharedServers) => Promise<void>;

const faults: readonly (readonly [string, Fault])[] = [
  ["Redis is killed, and starts without its data", ({ redis }) => restart(redis.kill(), () => redis.start())],
  ["Postgres crashes", ({ postgres }) => restart(postgres.stop("SIGQUIT"), () => postgres.start())],
  ["Postgres restarts", ({ postgres }) => restart(postgres.stop(), () => postgres.start())],
  ["Redis stands still", ({ redis }) => restart(redis.pause(), () => redis.resume())],
  [
    "Postgres stands still",
    ({ postgres }) => restart(postgres.signalAll("SIGSTOP"), () => postgres.signalAll("SIGCONT")),
  ],
];
const FAULTS = faults.slice(0, size(2, faults.length));

async function restart(ends: unknown, start: () => unknown): Promise<void> {
  await ends;
  await elapse(STEP_MS);
  await start();
}

describe.skipIf(!hasServers)("the users of two gateways of a chat", { timeout: TIMEOUT_MS }, () => {
  it.each(FAULTS)("stay connected, and lose no acknowledged message, when %s", async (name, fault) => {
    const shared = await SharedServers.start();
    const users = await crowdAt(
      [await ChatGateway.start(shared, LEASE_MS), await ChatGateway.start(shared, LEASE_MS)],
      USERS,
    );
    const talks = new Talks(users, PER_SECOND);
    await elapse(STEP_MS);
    await fault(shared);
    await elapse(STEP_MS);
    await talks.stop();
    await Promise.all(users.map((user) => user.settle()));

    expect(lossesOf(users)).toEqual({ lost: [], invented: [] });
    expect(users.map(({ timesOnline }) => timesOnline)).toEqual(users.map(() => 1));
    const refusals = new Set(users.flatMap((user) => [...user.refusals]));
    expect([...refusals].filter((status) => status !== TRY_AGAIN)).toEqual([]);
    const slowestMs = Math.max(...users.flatMap(({ ackMs }) => ackMs));
    report(users, `${talks.count} messages, ${name}: acknowledged after ${slowestMs.toFixed(0)} ms at most`);
  });
});
