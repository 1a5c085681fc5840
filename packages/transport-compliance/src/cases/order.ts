import { type Conn, OpCode } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { gate, turns } from "../deadline.js";
import { equal, equalLists } from "../expectations.js";
import { send } from "../harness.js";
import { numbered, numberOf, upTo } from "../payloads.js";

const MANY = 10_000;

export const orderCases = {
  "order/to-server": {
    rule: "10,000 frames of a client arrive once each and in order",
    async run(h) {
      const server = await h.startServer();
      const { client } = await h.connect(server);
      await sendNumbers(client, MANY);
      const messages = await server.messages.atLeast(MANY);
      equalLists(
        messages.map(({ payload }) => numberOf(payload)),
        upTo(MANY),
        "the messages at the server",
      );
    },
  },
  "order/to-client": {
    rule: "10,000 pushes arrive once each and in order",
    async run(h) {
      const server = await h.startServer();
      const { client, channel } = await h.connect(server);
      const frames = h.collect(client);
      for (const number of upTo(MANY)) {
        channel.push(numbered(number));
        if (number % 1_000 === 0) await turns(1);
      }
      const numbers = (await frames.atLeast(MANY)).map(({ payload }) => numberOf(payload));
      equalLists(numbers, upTo(MANY), "the frames at the client");
    },
  },
  "order/fifty-connections": {
    rule: "50 connections at once each get their own answers, in order",
    async run(h) {
      const server = await h.startServer({
        messageListener: {
          receive: (agent, payload) => {
            agent.push(payload);
          },
        },
      });
      const connections = await Promise.all(upTo(50).map(() => h.connect(server)));
      const answers = connections.map(({ client }) => h.collect(client));
      for (const round of upTo(20)) {
        for (const [index, { client }] of connections.entries()) send(client, numbered(1_000 * index + round));
      }
      for (const [index, frames] of answers.entries()) {
        const numbers = (await frames.atLeast(20)).map(({ payload }) => numberOf(payload));
        const own = upTo(20).map((round) => 1_000 * index + round);
        equalLists(numbers, own, `the answers of connection ${index}`);
      }
    },
  },
  "order/async-listener": {
    rule: "a listener that takes its time gets one message of a channel at a time, in order",
    async run(h) {
      const handled = h.log<number>("messages handled");
      let running = 0;
      let most = 0;
      const server = await h.startServer({
        messageListener: {
          async receive(_agent, payload) {
            const number = numberOf(payload);
            most = Math.max(most, ++running);
            // Now none, now one, now a few turns, so that a later message would overtake.
            await turns((number * 7) % 4);
            running--;
            handled.put(number);
          },
        },
      });
      const { client } = await h.connect(server);
      await sendNumbers(client, 100);
      equalLists(await handled.atLeast(100), upTo(100), "the messages as they were handled");
      equal(most, 1, "messages that were handled at the same time");
    },
  },
  "order/receive-concurrency": {
    rule: "receiveConcurrency is how many messages of a channel are handled at the same time, and no more are",
    async run(h) {
      const go = gate();
      const server = await h.startServer({ receiveConcurrency: 3, messageListener: { receive: () => go.opened } });
      const connected = await h.connect(server);
      await sendNumbers(connected.client, 10);
      await server.messages.atLeast(3);
      // Another channel's message comes later than these ten, and is still handled.
      const other = await h.connect(server);
      send(other.client, numbered(0));
      await server.messagesOf(other.id, 1);
      equal((await server.messagesOf(connected.id, 3)).length, 3, "messages of the channel that are handled");
      go.open();
      const messages = await server.messagesOf(connected.id, 10);
      equalLists(
        messages.map(({ payload }) => numberOf(payload)),
        upTo(10),
        "the messages as they were begun",
      );
    },
  },
} satisfies ComplianceCases;

/** Writes numbers in bursts of a thousand, as a busy client does. */
async function sendNumbers(client: Conn, count: number): Promise<void> {
  for (const number of upTo(count)) {
    client.writeFrame(OpCode.Binary, numbered(number));
    if (number % 1_000 === 999) {
      client.flush();
      await client.drained();
    }
  }
  client.flush();
}
