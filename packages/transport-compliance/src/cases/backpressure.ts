import type { ComplianceCases } from "../compliance-case.js";
import { begun, elapse, isOver, turns } from "../deadline.js";
import { check, equal, equalLists, ofCode, rejects, throws } from "../expectations.js";
import { overfill, overfillable, settle } from "../overfill.js";
import { numbered, numberOf, upTo } from "../payloads.js";

const KiB = 1024;
const MiB = 1024 * KiB;
const WRITE_WAIT_MS = 250;
const SLOW_FRAMES = 32;

export const backpressureCases = {
  "backpressure/false-at-the-mark": {
    rule: "push returns whether the queue is at or below its high-water mark",
    async run(h) {
      const server = await h.startServer({ highWaterMarkBytes: 1_000 });
      const { client, channel } = await h.connect(server);
      for (const number of upTo(20)) {
        const below = channel.push(numbered(number, 100));
        equal(
          below,
          channel.queuedBytes <= 1_000,
          `what push returns with ${channel.queuedBytes} of 1000 bytes queued`,
        );
      }
      equal(channel.push(numbered(20)), false, "what push returns after 2000 bytes in one turn");
      await h.within(channel.drained(), "the queue to drain");
      check(channel.queuedBytes <= 1_000, `${channel.queuedBytes} bytes are not above the mark`);
      const numbers = (await h.collect(client).atLeast(21)).map(({ payload }) => numberOf(payload));
      equalLists(numbers, upTo(21), "the frames at the client");
    },
  },
  "backpressure/drained-when-the-peer-reads": {
    rule: "while the peer does not read push returns false; drained() resolves when it reads again, and nothing is lost",
    async run(h) {
      const server = await h.startServer(overfillable);
      const { client, channel } = await h.connect(server);
      const frames = h.collect(client);
      client.pauseReading();
      const count = overfill(channel);
      await settle(channel);
      equal(channel.push(numbered(count)), false, "what push returns while the peer does not read");
      let isReading = false;
      const drained = begun(channel.drained().then(() => isReading));
      await turns(5);
      isReading = true;
      client.resumeReading();
      equal(await h.within(drained, "drained()"), true, "whether the peer was reading when drained() resolved");
      check(channel.queuedBytes <= overfillable.highWaterMarkBytes, "the queue is not above its mark after drained()");
      equal(channel.push(numbered(count + 1)), true, "what push returns after drained()");
      const numbers = (await frames.atLeast(count + 2)).map(({ payload }) => numberOf(payload));
      equalLists(numbers, upTo(count + 2), "the frames at the client");
    },
  },
  "backpressure/a-slow-peer-stays": {
    rule: "a peer that reads all the time is not closed, however much longer than the write wait one flush takes",
    async run(h) {
      const server = await h.startServer({ writeWaitMs: 1_000, maxQueuedBytes: 64 * MiB, maxPayloadBytes: 2 * MiB });
      const { client, channel } = await h.connect(server, { conn: { maxPayloadBytes: 2 * MiB } });
      let frames = 0;
      const read = new Promise<void>((resolve) => {
        client.readFrames({
          frame() {
            if (++frames === SLOW_FRAMES) resolve();
            client.pauseReading();
            void elapse(100).then(() => client.resumeReading());
          },
          end() {},
        });
      });
      const beganMs = performance.now();
      for (let i = 0; i < SLOW_FRAMES; i++) channel.push(new Uint8Array(MiB));
      channel.flush();
      await h.within(read, `${SLOW_FRAMES} frames at the client`);
      check(performance.now() - beganMs > 2_000, "it took far longer than the write wait");
      equal(server.disconnects.length, 0, "connections that ended");
    },
  },
  "backpressure/unread-frames": {
    rule: "frames that are not read from a Conn hold the peer back, and none of them is lost",
    async run(h) {
      const server = await h.startServer(overfillable);
      const { client, channel } = await h.connect(server, { conn: { maxInboxBytes: 64 * KiB } });
      const count = overfill(channel);
      await settle(channel);
      equal(channel.push(numbered(count)), false, "what push returns while the client does not read");
      const drained = begun(channel.drained());
      const numbers = [];
      while (numbers.length <= count) numbers.push(numberOf((await h.readFrame(client)).payload));
      equalLists(numbers, upTo(count + 1), "the frames at the client");
      await h.within(drained, "drained()");
    },
  },
  "backpressure/drained-at-once": {
    rule: "drained() resolves at once while the queue is below its mark",
    async run(h) {
      const { client, channel } = await h.connect(await h.startServer());
      await h.within(Promise.all([client.drained(), channel.drained()]), "drained() of empty queues");
    },
  },
  "backpressure/drained-at-the-end": {
    rule: "drained() rejects with IM_ERR_CLOSED if the connection ends first",
    async run(h) {
      const server = await h.startServer(overfillable);
      const { client, channel } = await h.connect(server);
      client.pauseReading();
      overfill(channel);
      const drained = channel.drained();
      channel.destroy();
      await rejects(h.within(drained, "drained() to settle"), "IM_ERR_CLOSED", "drained() of a connection that ends");
    },
  },
  "backpressure/hard-limit": {
    rule: "beyond the hard limit push throws IM_ERR_QUEUE_FULL and the channel is closed; others work on",
    async run(h) {
      const server = await h.startServer({ highWaterMarkBytes: 64 * KiB, maxQueuedBytes: 2 * MiB });
      const { id, client, channel } = await h.connect(server);
      const other = await h.connect(server);
      h.collect(client);
      client.pauseReading();
      await turns(2);
      throws(() => overfill(channel), "IM_ERR_QUEUE_FULL", "pushing on to a peer that does not read");
      throws(() => channel.push(numbered(0)), "IM_ERR_CLOSED", "pushing after that");
      await h.roundTrip(server, other);
      const { info } = await server.disconnectOf(id);
      ofCode(info.error, "IM_ERR_QUEUE_FULL", "the error that the StateListener gets");
      equal(server.channels.get(id), undefined, "the channel in the map");
      client.resumeReading();
      await h.within(client.closed, "the client to see the end");
      equal(server.disconnects.length, 1, "disconnects");
    },
  },
  "backpressure/broadcast-leaves-out": {
    rule: "a broadcast leaves out and closes a channel whose queue is full, and reaches the others",
    async run(h) {
      const server = await h.startServer({ highWaterMarkBytes: 64 * KiB, maxQueuedBytes: 2 * MiB });
      const frozen = await h.connect(server);
      const reader = await h.connect(server);
      const frames = h.collect(reader.client);
      frozen.client.pauseReading();
      let count = 0;
      for (let taken = 2; taken === 2 && count < 100; count++) {
        taken = server.server.broadcast(numbered(count, 256 * KiB));
        await h.within(reader.channel.drained(), "the queue of the peer that reads");
      }
      const { info } = await server.disconnectOf(frozen.id);
      ofCode(info.error, "IM_ERR_QUEUE_FULL", "the error of the channel that was left out");
      const numbers = (await frames.atLeast(count)).map(({ payload }) => numberOf(payload));
      equalLists(numbers, upTo(count), "the broadcasts at the peer that reads");
      equal(server.server.broadcast(numbered(count)), 1, "channels that the next broadcast reaches");
    },
  },
  "backpressure/write-wait": {
    rule: "a peer that takes no bytes within the write wait is cut, with IM_ERR_WRITE_TIMEOUT, and not earlier",
    async run(h) {
      const server = await h.startServer({ ...overfillable, writeWaitMs: WRITE_WAIT_MS });
      const { id, client, channel } = await h.connect(server);
      client.pauseReading();
      const beganMs = performance.now();
      overfill(channel);
      const { info } = await server.disconnectOf(id);
      check(isOver(beganMs, WRITE_WAIT_MS), "it is not cut before the write wait is over");
      ofCode(info.error, "IM_ERR_WRITE_TIMEOUT", "the error that the StateListener gets");
    },
  },
  "backpressure/write-deadline": {
    rule: "a write deadline cuts a peer that takes no bytes, and does nothing while no bytes wait",
    async run(h) {
      const server = await h.startServer(overfillable);
      const idle = await h.connect(server);
      const { id, client, channel } = await h.connect(server);
      client.pauseReading();
      const deadlineMs = performance.now() + WRITE_WAIT_MS;
      for (const one of [idle.channel, channel]) one.setWriteDeadline(deadlineMs);
      overfill(channel);
      const { info } = await server.disconnectOf(id);
      check(performance.now() >= deadlineMs, "it is not cut before the deadline");
      ofCode(info.error, "IM_ERR_WRITE_TIMEOUT", "the error that the StateListener gets");
      await turns(2);
      check(server.channels.get(idle.id) !== undefined, "a channel with nothing to write is still there");
    },
  },
} satisfies ComplianceCases;
