import { describe, expect, it } from "vitest";
import { lossesOf } from "../support/chat-talker.js";
import { Talks } from "../support/talks.js";
import { ChatGateway, crowdAt } from "./support/chat-gateway.js";
import { hasServers, SharedServers } from "./support/shared-servers.js";
import { elapse, report, size, TIMEOUT_MS } from "./support/sizes.js";

const USERS = size(100, 2_000);
const PER_SECOND = size(200, 3_000);
const LEASE_MS = size(3_000, 15_000);
const BEFORE_MS = size(1_000, 20_000);
const AFTER_MS = size(1_000, 10_000);
const BACK_WITHIN_MS = 10_000;
/** A machine that stands still looks for routes late. */
const NO_ROUTE_WITHIN_MS = size(10_000, 15_000);

describe.skipIf(!hasServers)("two gateways of a chat", { timeout: TIMEOUT_MS }, () => {
  it(`${USERS} users, ${PER_SECOND} messages a second, kill -9 of one: none is lost or stored twice, all users are back`, async () => {
    const shared = await SharedServers.start();
    const [a, b] = [await ChatGateway.start(shared, LEASE_MS), await ChatGateway.start(shared, LEASE_MS)];
    const users = await crowdAt([a, b], USERS);
    const names = users.map(({ name }) => name);
    expect([...(await a.whereAre(names))].sort()).toEqual([a.id, b.id].sort());

    const talks = new Talks(users, PER_SECOND);
    await elapse(BEFORE_MS);
    const killedMs = performance.now();
    b.kill();
    const victims = users.filter((_, n) => (n >> 1) % 2 === 1);
    const allAreBack = () => victims.every(({ onlineMs }) => onlineMs > killedMs);
    await expect.poll(allAreBack, { timeout: 5 * BACK_WITHIN_MS, interval: 50 }).toBe(true);
    const backMs = Math.max(...victims.map(({ onlineMs }) => onlineMs)) - killedMs;
    expect(backMs).toBeLessThan(BACK_WITHIN_MS);
    await expect.poll(() => a.whereAre(names), { timeout: NO_ROUTE_WITHIN_MS, interval: 200 }).toEqual([a.id]);
    const routesMs = performance.now() - killedMs;
    await elapse(AFTER_MS);
    const seconds = (performance.now() - killedMs + BEFORE_MS) / 1_000;
    await talks.stop();
    await Promise.all(users.map((user) => user.settle()));

    expect(lossesOf(users)).toEqual({ lost: [], invented: [] });
    report(
      users,
      `${talks.count} messages in ${seconds.toFixed(0)} s; all users back after ${backMs.toFixed(0)} ms, no stale route after ${routesMs.toFixed(0)} ms`,
    );
  });
});
