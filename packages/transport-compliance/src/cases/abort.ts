import type { ComplianceCases } from "../compliance-case.js";
import { begun, turns } from "../deadline.js";
import { equal, equalLists, rejectsWith } from "../expectations.js";
import { overfill, overfillable } from "../overfill.js";
import { bytesOf, numbered, numberOf, textOf, upTo } from "../payloads.js";

const reason = new Error("changed my mind");

export const abortCases = {
  "abort/read": {
    rule: "an abort rejects readFrame with its reason; the next read gets the next frame",
    async run(h) {
      const { client, channel } = await h.connect(await h.startServer());
      const controller = new AbortController();
      const reading = begun(client.readFrame({ signal: controller.signal }));
      await turns(1);
      controller.abort(reason);
      await rejectsWith(reading, reason, "the read that was aborted");
      channel.push(bytesOf("for the next"));
      equal(textOf((await h.readFrame(client)).payload), "for the next", "what the next read gets");
    },
  },
  "abort/read-before": {
    rule: "with a signal that is aborted already readFrame takes no frame",
    async run(h) {
      const { client, channel } = await h.connect(await h.startServer());
      for (const number of upTo(3)) channel.push(numbered(number));
      equal(numberOf((await h.readFrame(client)).payload), 0, "the first frame");
      await rejectsWith(client.readFrame({ signal: AbortSignal.abort(reason) }), reason, "the aborted read");
      equal(numberOf((await h.readFrame(client)).payload), 1, "the next frame");
    },
  },
  "abort/read-at-once-again": {
    rule: "readFrame may be called again in the turn of an abort",
    async run(h) {
      const { client, channel } = await h.connect(await h.startServer());
      const controller = new AbortController();
      const aborted = begun(client.readFrame({ signal: controller.signal }));
      controller.abort(reason);
      const again = begun(client.readFrame());
      await rejectsWith(aborted, reason, "the read that was aborted");
      channel.push(bytesOf("for the second"));
      equal(textOf((await h.within(again, "the second read")).payload), "for the second", "what the second read gets");
    },
  },
  "abort/reads-under-traffic": {
    rule: "reads that are aborted while frames pour in lose none of them",
    async run(h) {
      const { client, channel } = await h.connect(await h.startServer());
      const numbers: number[] = [];
      for (let attempt = 0; numbers.length < 100; attempt++) {
        if (attempt < 100) channel.push(numbered(attempt));
        const controller = new AbortController();
        const reading = client.readFrame({ signal: controller.signal }).then(
          ({ payload }) => numbers.push(numberOf(payload)),
          () => "aborted",
        );
        await turns(attempt % 3);
        controller.abort(reason);
        await h.within(reading, "the read to settle");
      }
      equalLists(numbers, upTo(100), "the frames at the client");
    },
  },
  "abort/drained": {
    rule: "an abort rejects drained with its reason; the connection loses nothing",
    async run(h) {
      const server = await h.startServer(overfillable);
      const { client, channel } = await h.connect(server);
      const frames = h.collect(client);
      client.pauseReading();
      const count = overfill(channel);
      const controller = new AbortController();
      const drained = channel.drained({ signal: controller.signal });
      const other = begun(channel.drained());
      controller.abort(reason);
      await rejectsWith(drained, reason, "the wait that was aborted");
      client.resumeReading();
      await h.within(other, "another wait for the same");
      const numbers = (await frames.atLeast(count)).map(({ payload }) => numberOf(payload));
      equalLists(numbers, upTo(count), "the frames at the client");
    },
  },
} satisfies ComplianceCases;
