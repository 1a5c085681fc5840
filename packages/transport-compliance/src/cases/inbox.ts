import { OpCode } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { begun, elapse, gate, isOver, turns } from "../deadline.js";
import { check, equal, equalLists, ofCode } from "../expectations.js";
import { send } from "../harness.js";
import { overfill, overfillable, settle } from "../overfill.js";
import { bytesOf, numbered, numberOf, upTo } from "../payloads.js";

const READ_WAIT_MS = 250;

export const inboxCases = {
  "inbox/slow-listener-holds-back": {
    rule: "a listener that does not settle holds back its own peer, no other, and nothing is lost",
    async run(h) {
      const go = gate();
      const server = await h.startServer({
        maxInboxMessages: 4,
        messageListener: { receive: ({ id }) => (id === "ann" ? go.opened : undefined) },
      });
      const { client } = await h.connect(server, { id: "ann", conn: overfillable });
      const count = overfill(client);
      const other = await h.connect(server);
      await h.roundTrip(server, other);
      await settle(client);
      equal(client.writeFrame(OpCode.Binary, numbered(count)), false, "what writeFrame returns to the one held back");
      equal((await server.messagesOf("ann", 1)).length, 1, "messages that the listener was given before it settled");
      let isSettled = false;
      const drained = begun(client.drained().then(() => isSettled));
      await turns(5);
      isSettled = true;
      go.open();
      equal(await h.within(drained, "drained()"), true, "whether the listener had settled when drained() resolved");
      client.flush();
      const messages = await server.messagesOf("ann", count + 1);
      equalLists(
        messages.map(({ payload }) => numberOf(payload)),
        upTo(count + 1),
        "the messages at the server",
      );
    },
  },
  "inbox/heartbeats-are-answered": {
    rule: "while a listener is busy and the inbox has room, Ping is answered",
    needs: "ping",
    async run(h) {
      const go = gate();
      const server = await h.startServer({ maxInboxMessages: 10, messageListener: { receive: () => go.opened } });
      const { client } = await h.connect(server);
      for (const number of upTo(5)) send(client, numbered(number));
      send(client, bytesOf("alive?"), OpCode.Ping);
      equal((await h.readFrame(client)).opCode, OpCode.Pong, "the opcode of the answer");
      equal(server.messages.length, 1, "messages that the listener was given before it settled");
      go.open();
      await server.messages.atLeast(5);
    },
  },
  "inbox/read-deadline-stands-still": {
    rule: "while the inbox is full the read deadline stands still; afterwards it counts again",
    async run(h) {
      const go = gate();
      const server = await h.startServer({
        readWaitMs: READ_WAIT_MS,
        maxInboxMessages: 2,
        messageListener: { receive: () => go.opened },
      });
      const { id, client } = await h.connect(server);
      for (const number of upTo(3)) send(client, numbered(number));
      await server.messages.atLeast(1);
      await elapse(3 * READ_WAIT_MS);
      equal(server.disconnects.length, 0, "disconnects while the inbox is full");
      const openedMs = performance.now();
      go.open();
      await server.messages.atLeast(3);
      const { info } = await server.disconnectOf(id);
      ofCode(info.error, "IM_ERR_READ_TIMEOUT", "the error after silence");
      check(isOver(openedMs, READ_WAIT_MS), "the read wait counts from when reading went on");
    },
  },
  "inbox/messages-before-disconnect": {
    rule: "what arrived before the end is given to a slow listener before disconnect is called",
    async run(h) {
      const go = gate();
      const handled: number[] = [];
      const server = await h.startServer({
        messageListener: {
          async receive(_agent, payload) {
            await go.opened;
            handled.push(numberOf(payload));
          },
        },
      });
      const { id, client } = await h.connect(server);
      for (const number of upTo(20)) send(client, numbered(number));
      await h.within(client.close(), "the client to close");
      await turns(3);
      equal(server.disconnects.length, 0, "disconnects while messages wait");
      go.open();
      await server.disconnectOf(id);
      equalLists(handled, upTo(20), "the messages that were handled before disconnect");
    },
  },
} satisfies ComplianceCases;
