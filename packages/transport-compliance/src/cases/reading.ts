import { createChannel, type Frame } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { begun, gate, turns } from "../deadline.js";
import { check, equal, equalLists, rejects, throws } from "../expectations.js";
import { bytesOf, numbered, numberOf, textOf, upTo } from "../payloads.js";

const NOTHING = { frame() {}, end() {} };

export const readingCases = {
  "reading/one-at-a-time": {
    rule: "a second readFrame while one is under way rejects with IM_ERR_READ_CONFLICT; the first gets its frame",
    async run(h) {
      const { client, channel } = await h.connect(await h.startServer());
      const first = begun(client.readFrame());
      await rejects(client.readFrame(), "IM_ERR_READ_CONFLICT", "the second read");
      throws(() => client.readFrames(NOTHING), "IM_ERR_READ_CONFLICT", "handing over during a read");
      channel.push(bytesOf("for the first"));
      equal(textOf((await h.within(first, "the first read")).payload), "for the first", "what the first read gets");
    },
  },
  "reading/handed-over": {
    rule: "once reading was handed over, other reads are refused with IM_ERR_READ_CONFLICT",
    async run(h) {
      const server = await h.startServer();
      const { client, channel } = await h.connect(server);
      const frames = h.collect(client);
      throws(() => client.readFrames(NOTHING), "IM_ERR_READ_CONFLICT", "handing over twice");
      await rejects(client.readFrame(), "IM_ERR_READ_CONFLICT", "readFrame after handing over");
      await rejects(channel.readFrame(), "IM_ERR_READ_CONFLICT", "readFrame of a channel in its read loop");
      const secondLoop = channel.readLoop({ receive() {} });
      await rejects(secondLoop, "IM_ERR_READ_CONFLICT", "a second read loop");
      channel.push(bytesOf("still there"));
      equal(textOf((await frames.atLeast(1))[0]!.payload), "still there", "what the receiver gets");
    },
  },
  "reading/unread-frames-first": {
    rule: "a receiver that takes over reading gets the unread frames first, then the others, and the end last",
    async run(h) {
      const { client, channel } = await h.connect(await h.startServer());
      for (const number of upTo(10)) channel.push(numbered(number));
      equal(numberOf((await h.readFrame(client)).payload), 0, "the first frame");
      const numbers: number[] = [];
      const ended = gate<number>();
      client.readFrames({
        frame: (_opCode, payload) => numbers.push(numberOf(payload)),
        end: () => ended.open(numbers.length),
      });
      for (const number of upTo(10)) channel.push(numbered(10 + number));
      void channel.close();
      equal(
        await h.within(ended.opened, "the receiver's end"),
        19,
        "frames that the receiver was given before the end",
      );
      equalLists(numbers, upTo(20).slice(1), "the frames that the receiver was given");
    },
  },
  "reading/deadline": {
    rule: "readFrame rejects with IM_ERR_READ_TIMEOUT at the read deadline, not earlier, and the connection works on",
    async run(h) {
      const server = await h.startServer();
      const connected = await h.connect(server);
      const { client } = connected;
      const deadlineMs = performance.now() + 150;
      client.setReadDeadline(deadlineMs);
      const reading = h.within(client.readFrame(), "the read to settle");
      await rejects(reading, "IM_ERR_READ_TIMEOUT", "reading at the deadline");
      check(performance.now() >= deadlineMs, "it does not reject before the deadline");
      await rejects(client.readFrame(), "IM_ERR_READ_TIMEOUT", "reading after the deadline");
      client.setReadDeadline(Number.POSITIVE_INFINITY);
      await h.roundTrip(server, connected);
    },
  },
  "reading/pause-and-resume": {
    rule: "after pauseReading no more than one chunk still arrives; after resumeReading all that was sent does",
    async run(h) {
      const server = await h.startServer();
      const { client, channel } = await h.connect(server);
      const frames = h.collect(client);
      client.pauseReading();
      await turns(3);
      const before = frames.length;
      for (const number of upTo(10)) channel.push(numbered(number));
      const other = await h.connect(server);
      await h.roundTrip(server, other);
      await turns(3);
      equal(frames.length, before, "frames that arrive while reading is paused");
      client.resumeReading();
      const numbers = (await frames.atLeast(10)).map(({ payload }) => numberOf(payload));
      equalLists(numbers, upTo(10), "the frames at the client");
    },
  },
  "reading/channel-over-a-dialled-conn": {
    rule: "a channel can be made of a dialled Conn; its read loop ends with how the connection ended",
    async run(h) {
      const server = await h.startServer();
      const { client, channel: atServer } = await h.connect(server);
      const atClient = createChannel("ann's end", client);
      const received = h.log<Frame>("messages at the client");
      const loop = atClient.readLoop({
        receive: (_agent, payload, opCode) => {
          received.put({ opCode, payload });
        },
      });
      atClient.push(bytesOf("to the server"));
      await server.messages.atLeast(1);
      atServer.push(bytesOf("to the client"));
      equal(textOf((await received.atLeast(1))[0]!.payload), "to the client", "what the read loop receives");
      await h.within(atServer.close(4002, "enough"), "the server to close");
      const info = await h.within(loop, "the end of the read loop");
      equal(`${info.code} ${info.reason}`, "4002 enough", "how the read loop ended");
    },
  },
} satisfies ComplianceCases;
