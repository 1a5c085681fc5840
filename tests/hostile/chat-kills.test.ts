import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ChatTalker, faultsOf } from "../support/chat-talker.js";
import { ChatProcess } from "./support/chat-process.js";
import { percentile, report, size } from "./support/measuring.js";

const USERS = size(40, 400);
const KILLS = size(4, 20);
const BETWEEN_KILLS_MS = 1_500;

it(`a chat that is killed ${KILLS} times under load loses no message that it has acknowledged, and stores none twice`, async () => {
  const folder = await mkdtemp(join(tmpdir(), "im-chat-kills-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  let server = await ChatProcess.start(folder);
  const addresses = server.addresses;
  const users = Array.from({ length: USERS }, (_, n) => new ChatTalker(`user-${n}`, addresses[n % 2]!));
  await Promise.all(users.map(({ client }) => client.connect()));

  let isOver = false;
  const talkOn = async (user: ChatTalker, n: number) => {
    for (let talks = 0; !isOver; talks++) await user.talk(users[(n + 1 + (talks % (USERS - 1))) % USERS]!.name);
  };
  const talking = users.map(talkOn);
  const openings: number[] = [];
  for (let kills = 0; kills < KILLS; kills++) {
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_KILLS_MS * (0.5 + Math.random())));
    await server.kill();
    server = await ChatProcess.start(folder, server.ports);
    openings.push(server.openedMs);
  }
  isOver = true;
  await Promise.all(talking);
  await Promise.all(users.map((user) => user.settle()));

  expect(faultsOf(users)).toEqual({ lost: [], invented: [], late: [] });
  expect(Math.max(...openings)).toBeLessThan(2_000);
  const stored = users.reduce((sum, user) => sum + user.stored.size, 0);
  const doubles = users.reduce((sum, user) => sum + user.doubles, 0);
  report(
    `${KILLS} kills, ${stored} messages of ${USERS} users: none lost, ${doubles} received again, ` +
      `opening p50 ${percentile(openings, 50)} ms, most ${Math.max(...openings)} ms`,
  );
});
