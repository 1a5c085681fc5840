import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ChatTalker, faultsOf } from "../support/chat-talker.js";
import { Talks } from "../support/talks.js";
import { ChatProcess } from "./support/chat-process.js";
import { percentile, report, size } from "./support/measuring.js";

const USERS = size(200, 2_000);
const PER_SECOND = size(500, 1_000);
const SECONDS = size(3, 60);
const TICK_MS = 10;
/** One of so many leaves in each tick, for up to a second. */
const ONE_LEAVES_OF = size(500, 2_000);
const AWAY_MS = 1_000;

it(`${USERS} users who come and go, ${PER_SECOND} messages a second: each is received once, in order`, async () => {
  const folder = await mkdtemp(join(tmpdir(), "im-chat-crowd-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { addresses } = await ChatProcess.start(folder);
  const users = Array.from({ length: USERS }, (_, n) => new ChatTalker(`user-${n}`, addresses[n % 2]!));
  for (const user of users) await user.client.connect();

  const away = new Map<ChatTalker, Promise<void>>();
  let departures = 0;
  const talks = new Talks(users, PER_SECOND, (user) => away.has(user));
  while (talks.count < PER_SECOND * SECONDS) {
    for (let rest = Math.ceil(USERS / ONE_LEAVES_OF); rest > 0; rest--) {
      const leaving = users[Math.floor(Math.random() * USERS)]!;
      if (away.has(leaving)) continue;
      departures++;
      away.set(
        leaving,
        leaving.leave(AWAY_MS * Math.random()).finally(() => away.delete(leaving)),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all([talks.stop(), ...away.values()]);
  await Promise.all(users.map((user) => user.settle()));

  expect(faultsOf(users)).toEqual({ lost: [], invented: [], late: [] });
  const p99 = (latencies: (user: ChatTalker) => number[]) => percentile(users.flatMap(latencies), 99).toFixed(0);
  report(
    `${USERS} users, ${talks.count} messages, ${departures} departures: from due to acknowledged p99 ` +
      `${p99(({ ackMs }) => ackMs)} ms, to pushed p99 ${p99(({ pushMs }) => pushMs)} ms, ` +
      `${users.reduce((sum, { doubles }) => sum + doubles, 0)} received again`,
  );
});
