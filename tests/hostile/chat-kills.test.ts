import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chatCommandMap } from "@im/chat/commands";
import { ClientError, createImClient, type ImClient } from "@im/client";
import { tcpDialer } from "@im/transport-tcp";
import { commands } from "@im/wire";
import { expect, it, onTestFinished } from "vitest";
import { ChatProcess } from "./support/chat-process.js";
import { percentile, report, size } from "./support/measuring.js";

const USERS = size(40, 400);
const KILLS = size(4, 20);
const BETWEEN_KILLS_MS = 1_500;

/** A user who talks without a pause, and catches up at each connection. */
class Talker {
  readonly name: string;
  readonly client: ImClient<typeof chatCommandMap>;
  /** The messages that were acknowledged to it, and those that it has received, by id. */
  readonly stored = new Map<bigint, string>();
  readonly received = new Map<bigint, string>();
  /** Received more than once: clients drop these. */
  doubles = 0;
  #lastId = 0n;
  #talks = 0;

  constructor(name: string, address: string) {
    this.name = name;
    this.client = createImClient({
      dialer: tcpDialer(),
      address,
      token: name,
      commands: chatCommandMap,
      reconnect: { baseMs: 20, capMs: 200 },
      retryFirstConnect: true,
      onError: () => {},
    });
    onTestFinished(() => this.client.close());
    this.client.on(commands.chatUserTalk, ({ body }) => this.#take(body!.messageId, body!.body));
  }

  /** Talks until the test is over. Each talk is repeated with its key until it is answered. */
  async talk(receivers: readonly string[], isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const body = `${this.name} ${this.#talks}`;
      const dest = receivers[this.#talks++ % receivers.length]!;
      for (let isAnswered = false; !isAnswered; ) {
        try {
          await this.client.ready();
          const { body: answer } = await this.client.request(
            commands.chatUserTalk,
            { type: 1, body },
            { dest, idempotent: body, timeoutMs: 20_000 },
          );
          this.stored.set(answer!.messageId, body);
          isAnswered = true;
        } catch (error) {
          if (!(error instanceof ClientError)) throw error;
          // Nothing else ends a talk here: it is tried again, and so it is stored once.
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    }
  }

  /** Reads all that it does not have yet, and acknowledges it. */
  async catchUp(): Promise<void> {
    await this.client.ready();
    for (;;) {
      const { body } = await this.client.request(commands.offlineIndex, { messageId: this.#lastId });
      const indexes = body!.indexes;
      if (indexes.length === 0) break;
      const incoming = indexes
        .filter(({ direction, messageId }) => direction === 0 && !this.received.has(messageId))
        .map(({ messageId }) => messageId);
      for (let at = 0; at < incoming.length; at += 200) {
        const messageIds = incoming.slice(at, at + 200);
        const { body: page } = await this.client.request(commands.offlineContent, { messageIds });
        for (const { messageId, body: text } of page!.contents) this.#take(messageId, text);
      }
      this.#lastId = indexes.at(-1)!.messageId;
    }
    if (this.#lastId > 0n) await this.client.request(commands.chatTalkAck, { messageId: this.#lastId });
  }

  #take(messageId: bigint, body: string): void {
    if (this.received.has(messageId)) this.doubles++;
    this.received.set(messageId, body);
  }
}

it(`a chat that is killed ${KILLS} times under load loses no message that it has acknowledged, and stores none twice`, async () => {
  const folder = await mkdtemp(join(tmpdir(), "im-chat-kills-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  let server = await ChatProcess.start(folder);
  const { port, address } = server;
  const names = Array.from({ length: USERS }, (_, n) => `user-${n}`);
  const users = names.map((name) => new Talker(name, address));
  await Promise.all(users.map(({ client }) => client.connect()));

  let isOver = false;
  const talking = users.map((user, n) => user.talk([...names.slice(n + 1), ...names.slice(0, n)], () => isOver));
  const openings: number[] = [];
  for (let kills = 0; kills < KILLS; kills++) {
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_KILLS_MS * (0.5 + Math.random())));
    await server.kill();
    server = await ChatProcess.start(folder, port);
    openings.push(server.openedMs);
  }
  isOver = true;
  await Promise.all(talking);
  await Promise.all(users.map((user) => user.catchUp()));

  const stored = users.flatMap((user) => [...user.stored]);
  const received = users.flatMap((user) => [...user.received]);
  expect(new Map(received)).toEqual(new Map(stored));
  // Each talk once, by its text and by its id.
  expect([new Set(stored.map(([, body]) => body)).size, received.length]).toEqual([stored.length, stored.length]);
  expect(Math.max(...openings)).toBeLessThan(2_000);
  const doubles = users.reduce((sum, user) => sum + user.doubles, 0);
  report(
    `${KILLS} kills, ${stored.length} messages of ${USERS} users: none lost, ${doubles} received again, ` +
      `opening p50 ${percentile(openings, 50)} ms, most ${Math.max(...openings)} ms`,
  );
});
