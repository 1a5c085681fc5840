import { describe, expect, it } from "vitest";
import { lossesOf } from "../support/chat-talker.js";
import { Talks } from "../support/talks.js";
import { ChatGateway, crowdAt } from "./support/chat-gateway.js";
import { hasServers, SharedServers } from "./support/shared-servers.js";
import { elapse, report, size, TIMEOUT_MS } from "./support/sizes.js";

const USERS = size(60, 600);
const PER_SECOND = size(100, 1_000);
const BETWEEN_MS = size(500, 5_000);
/** A machine that is busy with other tests needs longer. */
const MAX_GAP_MS = size(10_000, 3_000);

describe.skipIf(!hasServers)("three gateways of a chat", { timeout: TIMEOUT_MS }, () => {
  it(`restart one after the other under ${PER_SECOND} messages a second: none is lost or stored twice`, async () => {
    const shared = await SharedServers.start();
    const gateways = [
      await ChatGateway.start(shared),
      await ChatGateway.start(shared),
      await ChatGateway.start(shared),
    ];
    const users = await crowdAt(gateways, USERS);
    const talks = new Talks(users, PER_SECOND);
    for (const gateway of gateways) {
      await elapse(BETWEEN_MS);
      await gateway.restart();
    }
    await elapse(BETWEEN_MS);
    await talks.stop();
    const gapMs = Math.max(...users.flatMap(({ ackMs, slowestMs }) => [...ackMs, slowestMs]));
    await Promise.all(users.map((user) => user.settle()));

    expect(lossesOf(users)).toEqual({ lost: [], invented: [] });
    expect(users.every(({ timesOnline }) => timesOnline > 1)).toBe(true);
    report(users, `${talks.count} messages, three restarts; largest gap ${gapMs.toFixed(0)} ms`);
    expect(gapMs).toBeLessThan(MAX_GAP_MS);
  });
});
