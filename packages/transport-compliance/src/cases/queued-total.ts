import { type DropReason, OpCode, type OverflowPolicy } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { turns } from "../deadline.js";
import { check, equal, equalLists, ofCode } from "../expectations.js";
import type { Harness } from "../harness.js";
import { numbered, numberOf, upTo } from "../payloads.js";

const KiB = 1024;
const MiB = 1024 * KiB;
const FRAME_BYTES = 256 * KiB;
const PEERS = 3;
/** More for each peer than the systems of both sides hold. */
const COUNT = 80;
const BOUND_BYTES = 4 * MiB;

/** Channels whose peers do not read, and one whose peer does, on a server whose queues together have a bound. */
async function crowd(h: Harness, overflowPolicy: OverflowPolicy) {
  const dropped: DropReason[] = [];
  const hooks = { dropped: (_agent: unknown, why: DropReason) => void dropped.push(why) };
  const server = await h.startServer({
    highWaterMarkBytes: 64 * KiB,
    maxQueuedBytes: 64 * MiB,
    maxQueuedBytesTotal: BOUND_BYTES,
    overflowPolicy,
    hooks,
  });
  const frozen = await Promise.all(upTo(PEERS).map(() => h.connect(server)));
  const logs = frozen.map(({ client }) => h.collect(client));
  for (const { client } of frozen) client.pauseReading();
  const reader = await h.connect(server);
  const read = h.collect(reader.client);
  await turns(2);
  return { server, dropped, frozen, logs, reader, read };
}

/** What waits in all queues, checked to keep to the bound; the newest frame of each may have gone beyond it. */
function checkTotal({ frozen }: Pick<Awaited<ReturnType<typeof crowd>>, "frozen">, slackBytes: number): void {
  const bytes = frozen.reduce((sum, { channel }) => sum + channel.queuedBytes, 0);
  check(bytes <= BOUND_BYTES + slackBytes, `all queues together keep to their bound of 4 MiB: ${bytes}`);
}

export const queuedTotalCases = {
  "queued-total/close": {
    rule: "beyond the bound of all queues the fullest channel is closed with 1008; the others go on",
    async run(h) {
      const { server, frozen, reader, read } = await crowd(h, "close");
      const [full] = frozen;
      const others = frozen.slice(1).map(({ channel }) => channel);
      let isFull = false;
      for (const number of upTo(COUNT)) {
        try {
          if (!isFull) full!.channel.push(numbered(number, FRAME_BYTES));
        } catch (error) {
          ofCode(error, "IM_ERR_QUEUE_FULL", "the push that is too much");
          isFull = true;
        }
        full!.channel.flush();
        for (const channel of others) channel.push(numbered(number, 100));
        reader.channel.push(numbered(number, 100));
      }
      const { info } = await server.disconnectOf(full!.id);
      equal(info.code, 1008, "the code that the fullest channel is closed with");
      equal(info.error?.code, "IM_ERR_QUEUE_FULL", "the error that it is closed with");
      equal(server.disconnects.length, 1, "channels that are closed");
      await read.atLeast(COUNT);
    },
  },
  "queued-total/drop-newest": {
    rule: "with drop-newest a push beyond the bound of all queues throws; all others arrive, and no channel is closed",
    async run(h) {
      const all = await crowd(h, "drop-newest");
      const queued = all.frozen.map((): number[] => []);
      for (const number of upTo(COUNT)) {
        all.frozen.forEach(({ channel }, peer) => {
          try {
            channel.push(numbered(number, FRAME_BYTES));
            channel.flush();
            queued[peer]!.push(number);
          } catch (error) {
            ofCode(error, "IM_ERR_QUEUE_FULL", "pushing on to peers that do not read");
          }
        });
        checkTotal(all, PEERS * KiB);
        all.reader.channel.push(numbered(number, 100));
      }
      await all.read.atLeast(COUNT);
      const count = queued.reduce((sum, numbers) => sum + numbers.length, 0);
      equal(all.dropped.length, PEERS * COUNT - count, "messages that the hook reports");
      check(all.dropped.length > 0, "some pushes throw");
      for (const { client } of all.frozen) client.resumeReading();
      for (const [peer, log] of all.logs.entries()) {
        const numbers = (await log.atLeast(queued[peer]!.length)).map(({ payload }) => numberOf(payload));
        equalLists(numbers, queued[peer]!, "the frames at a client");
      }
      equal(all.server.disconnects.length, 0, "channels that are closed");
    },
  },
  "queued-total/drop-oldest": {
    rule: "with drop-oldest the fullest queue drops its oldest beyond the bound; the rest arrives in order, the newest last",
    async run(h) {
      const all = await crowd(h, "drop-oldest");
      for (const number of upTo(COUNT)) {
        for (const { channel } of all.frozen) {
          channel.push(numbered(number, FRAME_BYTES));
          channel.flush();
        }
        checkTotal(all, PEERS * FRAME_BYTES);
        all.reader.channel.push(numbered(number, 100));
      }
      await all.read.atLeast(COUNT);
      check(all.dropped.length > 0, "some messages are dropped");
      for (const { client } of all.frozen) client.resumeReading();
      let arrived = 0;
      for (const log of all.logs) {
        await log.first(({ payload }) => numberOf(payload) === COUNT - 1, "the newest");
        const numbers = log.items.map(({ payload }) => numberOf(payload));
        equalLists(
          numbers,
          [...numbers].sort((a, b) => a - b),
          "the frames at a client, in order",
        );
        arrived += numbers.length;
      }
      equal(arrived + all.dropped.length, PEERS * COUNT, "messages that arrived or that the hook reports");
      equal(all.server.disconnects.length, 0, "channels that are closed");
    },
  },
  "queued-total/shared-once": {
    rule: "a broadcast that waits for many peers counts once",
    async run(h) {
      const { server, frozen, dropped } = await crowd(h, "close");
      for (const { channel } of frozen) {
        // First the systems get all that they hold.
        while (channel.queuedBytes === 0) {
          channel.writeFrame(OpCode.Binary, new Uint8Array(64 * KiB));
          channel.flush();
          await turns(1);
        }
      }
      // Counted for each, they would be more than the bound.
      for (const number of upTo(6)) server.server.broadcast(numbered(number, 512 * KiB));
      await turns(2);
      check(
        frozen.every(({ channel }) => channel.queuedBytes >= 2 * MiB),
        "the broadcasts wait for each peer",
      );
      equal(server.disconnects.length + dropped.length, 0, "channels that are closed, and messages that are dropped");
    },
  },
} satisfies ComplianceCases;
