import { OpCode } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { check, equal, equalLists } from "../expectations.js";
import { send } from "../harness.js";
import { bytesOf, numbered, numberOf, textOf, upTo } from "../payloads.js";

export const batchingCases = {
  "batching/lone-push": {
    rule: "a single push leaves by itself",
    async run(h) {
      const { client, channel } = await h.connect(await h.startServer());
      channel.push(bytesOf("alone"));
      equal(textOf((await h.readFrame(client)).payload), "alone", "what arrives");
    },
  },
  "batching/burst": {
    rule: "a burst of pushes in one turn arrives whole and in order, however it is mixed",
    async run(h) {
      const server = await h.startServer();
      const { id, client, channel } = await h.connect(server);
      const frames = h.collect(client);
      const push = [
        (payload: Uint8Array) => channel.push(payload),
        (payload: Uint8Array) => server.server.push(id, payload),
        (payload: Uint8Array) => server.server.broadcast(payload),
        (payload: Uint8Array) => channel.writeFrame(OpCode.Binary, payload),
      ];
      // Lengths on both sides of what is copied into a batch.
      for (const number of upTo(400)) push[number % 4]!(numbered(number, number % 7 === 0 ? 6_000 : 20));
      const numbers = (await frames.atLeast(400)).map(({ payload }) => numberOf(payload));
      equalLists(numbers, upTo(400), "the frames at the client");
    },
  },
  "batching/push-from-anywhere": {
    rule: "pushes from a microtask, from a timer and from another channel's receive leave by themselves",
    async run(h) {
      const server = await h.startServer({
        messageListener: {
          receive: () => {
            server.server.push("ann", bytesOf("from receive"));
          },
        },
      });
      const { client, channel } = await h.connect(server, { id: "ann" });
      const bob = await h.connect(server);
      await Promise.resolve();
      channel.push(bytesOf("from a microtask"));
      equal(textOf((await h.readFrame(client)).payload), "from a microtask", "the first push");
      setTimeout(() => channel.push(bytesOf("from a timer")), 0);
      equal(textOf((await h.readFrame(client)).payload), "from a timer", "the second push");
      send(bob.client, bytesOf("tell ann"));
      equal(textOf((await h.readFrame(client)).payload), "from receive", "the third push");
    },
  },
  "batching/conn": {
    rule: "what is written to a Conn waits until the end of the turn, then leaves by itself, in order; queuedBytes counts what waits",
    async run(h) {
      const server = await h.startServer();
      const { id, client } = await h.connect(server);
      equal(client.queuedBytes, 0, "bytes that wait when nothing was written");
      client.writeFrame(OpCode.Binary, bytesOf("one"));
      client.writeFrame(OpCode.Binary, bytesOf("two"));
      check(client.queuedBytes >= 6, `${client.queuedBytes} bytes wait, framing included, when 6 were written`);
      const messages = await server.messagesOf(id, 2);
      equalLists(
        messages.map(({ payload }) => textOf(payload)),
        ["one", "two"],
        "what arrives",
      );
      await h.within(client.drained(), "the client's queue to drain");
    },
  },
  "batching/flush-now": {
    rule: "flush hands what was written to the system now: it arrives even if the connection is destroyed in the same turn",
    needs: "flushesAtOnce",
    async run(h) {
      const server = await h.startServer();
      const { id, client } = await h.connect(server);
      client.writeFrame(OpCode.Binary, bytesOf("now"));
      client.flush();
      client.destroy();
      equal(textOf((await server.messagesOf(id, 1))[0]!.payload), "now", "what arrives");
    },
  },
} satisfies ComplianceCases;
