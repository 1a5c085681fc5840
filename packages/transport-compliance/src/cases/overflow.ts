import { type DropReason, OpCode, type ServerOptions } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { begun, turns } from "../deadline.js";
import { check, equal, equalLists, ofCode } from "../expectations.js";
import type { Harness } from "../harness.js";
import { numbered, numberOf, upTo } from "../payloads.js";

const KiB = 1024;
const MiB = 1024 * KiB;
const FRAME_BYTES = 256 * KiB;
/** More than the systems of both sides and the queue hold. */
const COUNT = 128;

type Policy = NonNullable<ServerOptions["overflowPolicy"]>;

/** A channel whose peer does not read, and what the hooks report of it. */
async function frozen(h: Harness, overflowPolicy: Policy) {
  const dropped: DropReason[] = [];
  const hooks = { dropped: (_agent: unknown, why: DropReason) => void dropped.push(why) };
  return { dropped, ...(await unread(h, { overflowPolicy, hooks })) };
}

/** A channel whose peer does not read. */
async function unread(h: Harness, options: ServerOptions) {
  const server = await h.startServer({ highWaterMarkBytes: 64 * KiB, maxQueuedBytes: 2 * MiB, ...options });
  const connected = await h.connect(server);
  const frames = h.collect(connected.client);
  connected.client.pauseReading();
  await turns(2);
  return { server, frames, ...connected };
}

export const overflowCases = {
  "overflow/drop-newest": {
    rule: "with drop-newest a push without room throws IM_ERR_QUEUE_FULL; all others arrive, and the channel lives",
    async run(h) {
      const { server, dropped, frames, client, channel, id } = await frozen(h, "drop-newest");
      const queued: number[] = [];
      for (const number of upTo(COUNT)) {
        try {
          channel.push(numbered(number, FRAME_BYTES));
          channel.flush();
          queued.push(number);
        } catch (error) {
          ofCode(error, "IM_ERR_QUEUE_FULL", "pushing on to a peer that does not read");
        }
      }
      check(queued.length < COUNT, `some of ${COUNT} pushes of 256 KiB throw IM_ERR_QUEUE_FULL`);
      equal(dropped.length, COUNT - queued.length, "messages that the hook reports");
      client.resumeReading();
      const numbers = (await frames.atLeast(queued.length)).map(({ payload }) => numberOf(payload));
      equalLists(numbers, queued, "the frames at the client");
      check(server.channels.get(id) !== undefined, "the channel is still there");
    },
  },
  "overflow/drop-oldest": {
    rule: "with drop-oldest every push is queued, the oldest are dropped, and the rest arrives in order, the newest last",
    async run(h) {
      const { dropped, frames, client, channel } = await frozen(h, "drop-oldest");
      for (const number of upTo(COUNT)) {
        channel.push(numbered(number, FRAME_BYTES));
        channel.flush();
      }
      check(dropped.length > 0, "some messages are dropped");
      check(
        channel.queuedBytes <= 3 * MiB,
        `the queue keeps to its limit of 2 MiB, give or take a frame: ${channel.queuedBytes}`,
      );
      const drained = begun(channel.drained());
      client.resumeReading();
      const numbers = (await frames.atLeast(COUNT - dropped.length)).map(({ payload }) => numberOf(payload));
      equal(numbers.at(-1), COUNT - 1, "the last frame at the client");
      equalLists(
        numbers,
        [...numbers].sort((a, b) => a - b),
        "the frames at the client, in order",
      );
      await h.within(drained, "drained()");
    },
  },
  "overflow/control-frames-pass": {
    rule: "with drop-oldest control frames are never dropped",
    async run(h) {
      const { dropped, frames, client, channel } = await frozen(h, "drop-oldest");
      const pings = upTo(20);
      for (const number of upTo(COUNT)) {
        channel.push(numbered(number, FRAME_BYTES));
        channel.flush();
        if (number < pings.length) channel.writeFrame(OpCode.Ping, numbered(number));
      }
      client.resumeReading();
      const all = await frames.atLeast(COUNT - dropped.length + pings.length);
      const seen = all.filter(({ opCode }) => opCode === OpCode.Ping).map(({ payload }) => numberOf(payload));
      equalLists(seen, pings, "the pings at the client");
    },
  },
  "overflow/without-an-observer": {
    rule: "without hooks and without a logger each policy does the same: pushes return or throw, and the server goes on",
    async run(h) {
      for (const overflowPolicy of ["drop-oldest", "drop-newest", "close"] as const) {
        const { server, frames, client, channel, id } = await unread(h, { overflowPolicy });
        let thrown = 0;
        for (const number of upTo(COUNT)) {
          try {
            channel.push(numbered(number, FRAME_BYTES));
            channel.flush();
          } catch {
            thrown++;
          }
        }
        equal(thrown === 0, overflowPolicy === "drop-oldest", `${overflowPolicy}: no push throws`);
        if (overflowPolicy === "close") {
          equal((await server.disconnectOf(id)).info.code, 1008, "close: the code that the channel is closed with");
          continue;
        }
        client.resumeReading();
        await frames.first(
          ({ payload }) => numberOf(payload) === (thrown === 0 ? COUNT - 1 : 0),
          `${overflowPolicy}: the ${thrown === 0 ? "newest" : "oldest"} frame`,
        );
        await server.server.shutdown();
      }
    },
  },
} satisfies ComplianceCases;
