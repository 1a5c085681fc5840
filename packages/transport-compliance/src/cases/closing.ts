import { OpCode } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { turns } from "../deadline.js";
import { check, equal, equalLists, rejects, throws } from "../expectations.js";
import { send } from "../harness.js";
import { overfill, overfillable } from "../overfill.js";
import { bytesOf, numbered, numberOf, upTo } from "../payloads.js";

const KiB = 1024;
const COUNT = 40;

/** Small ones that are batched and large ones that are not, 5 MiB together. */
const writtenBeforeClose = upTo(COUNT).map((number) => numbered(number, number % 2 === 0 ? 100 : 256 * KiB));

export const closingCases = {
  "closing/flushes-first-to-server": {
    rule: "what was written before close, even without a flush, arrives before the end",
    async run(h) {
      const server = await h.startServer();
      const { id, client } = await h.connect(server);
      for (const payload of writtenBeforeClose) client.writeFrame(OpCode.Binary, payload);
      void client.close();
      await server.disconnectOf(id);
      const numbers = server.messages.items.map(({ payload }) => numberOf(payload));
      equalLists(numbers, upTo(COUNT), "the messages that the server had before disconnect");
    },
  },
  "closing/flushes-first-to-client": {
    rule: "what was pushed before close arrives before the end",
    async run(h) {
      const server = await h.startServer();
      const { client, channel } = await h.connect(server);
      const frames = h.collect(client);
      for (const payload of writtenBeforeClose) channel.push(payload);
      void channel.close(4000, "that was all");
      equal((await h.within(client.closed, "the client to be closed")).reason, "that was all", "the reason");
      const numbers = frames.items.map(({ payload }) => numberOf(payload));
      equalLists(numbers, upTo(COUNT), "the frames that the client had at the end");
    },
  },
  "closing/read-what-had-come": {
    rule: "after the end, the frames that had come are still read; then reading rejects with IM_ERR_CLOSED",
    async run(h) {
      const { client, channel } = await h.connect(await h.startServer());
      for (const number of upTo(3)) channel.push(numbered(number));
      void channel.close(4000, "no more");
      await h.within(client.closed, "the client to be closed");
      for (const number of upTo(3))
        equal(numberOf((await h.readFrame(client)).payload), number, "a frame after the end");
      for (const time of ["first", "second"]) {
        const error = await rejects(client.readFrame(), "IM_ERR_CLOSED", `reading after the end for the ${time} time`);
        equal(error.closeInfo?.code, 4000, "the code that the error carries");
      }
    },
  },
  "closing/write-after-close": {
    rule: "from the call of close on, writing throws IM_ERR_CLOSED with how the connection ended",
    async run(h) {
      const server = await h.startServer();
      const { id, client, channel } = await h.connect(server);
      const expectClosed = (when: string) => {
        const error = throws(() => channel.push(bytesOf("late")), "IM_ERR_CLOSED", `pushing ${when}`);
        equal(error.closeInfo?.code, 4000, `the code that the error carries ${when}`);
      };
      const closing = channel.close(4000, "enough");
      expectClosed("right after close was called");
      await h.within(closing, "the server to close");
      expectClosed("after it was closed");
      await rejects(channel.drained(), "IM_ERR_CLOSED", "drained() after the end");
      await h.within(client.closed, "the client to be closed");
      throws(() => client.writeFrame(OpCode.Binary, bytesOf("late")), "IM_ERR_CLOSED", "writing at the other end");
      await server.disconnectOf(id);
      throws(() => server.server.push(id, bytesOf("late")), "IM_ERR_UNKNOWN_CHANNEL", "pushing to its id");
    },
  },
  "closing/joins": {
    rule: "close may be called again and after destroy; later calls join the first and change nothing",
    async run(h) {
      const server = await h.startServer();
      const { id, client } = await h.connect(server);
      const calls = [client.close(4000, "first"), client.close(4001, "second"), client[Symbol.asyncDispose]()];
      await h.within(Promise.all(calls), "all calls of close");
      await h.within(client.close(4002, "third"), "a call of close after the end");
      client.destroy();
      equal((await server.disconnectOf(id)).info.reason, "first", "the reason that the server reads");
      const other = await h.connect(server);
      other.client.destroy();
      other.client.destroy();
      await h.within(other.client.close(), "a call of close after destroy");
    },
  },
  "closing/dispose": {
    rule: "disposing of a Conn closes it in order",
    async run(h) {
      const server = await h.startServer();
      const { id, client } = await h.connect(server);
      await h.within(client[Symbol.asyncDispose](), "the client to be disposed of");
      equal((await server.disconnectOf(id)).info.clean, true, "whether the end was clean");
    },
  },
  "closing/invalid-code": {
    rule: "a close code that may not be sent is refused with IM_ERR_INVALID_FRAME, and the connection goes on",
    async run(h) {
      const server = await h.startServer();
      const connected = await h.connect(server);
      for (const code of [0, 999, 1004, 1005, 1006, 1015, 2000, 2999, 5000, 1000.5]) {
        await rejects(connected.client.close(code), "IM_ERR_INVALID_FRAME", `closing with ${code}`);
        await rejects(connected.channel.close(code), "IM_ERR_INVALID_FRAME", `closing with ${code}`);
      }
      await h.roundTrip(server, connected);
    },
  },
  "closing/from-receive": {
    rule: "a listener may close its own channel, in the midst of what the client sends",
    async run(h) {
      const server = await h.startServer({
        messageListener: {
          receive: ({ id }) => {
            void server.channels.get(id)?.close(4003, "one was enough");
          },
        },
      });
      const { id, client } = await h.connect(server);
      for (const number of upTo(100)) client.writeFrame(OpCode.Binary, numbered(number, 5_000));
      client.flush();
      equal((await h.within(client.closed, "the client to be closed")).code, 4003, "the code that the client reads");
      await server.disconnectOf(id);
      await turns(2);
      equal(server.disconnects.length, 1, "disconnects");
    },
  },
  "closing/frozen-peer": {
    rule: "closing a connection whose peer reads nothing takes no longer than the write wait",
    async run(h) {
      const server = await h.startServer({ ...overfillable, writeWaitMs: 250 });
      const { id, client, channel } = await h.connect(server);
      client.pauseReading();
      overfill(channel);
      await h.within(channel.close(), "the server to close");
      equal((await server.disconnectOf(id)).info.clean, false, "whether the end was clean");
    },
  },
  "closing/while-paused": {
    rule: "a client that has paused reading can still close",
    async run(h) {
      const server = await h.startServer();
      const { id, client, channel } = await h.connect(server);
      client.pauseReading();
      channel.push(bytesOf("unread"));
      send(client, bytesOf("a last word"));
      await h.within(client.close(), "the client to close");
      check((await server.disconnectOf(id)).info.clean, "the end is clean");
      equal(server.messages.length, 1, "messages at the server");
    },
  },
} satisfies ComplianceCases;
