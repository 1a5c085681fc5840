import { describe, expect, it } from "vitest";
import { harness } from "./harness.js";
import type { RawTransport } from "./raw-transport.js";

export function describeUnfinishedFrames(transport: RawTransport): void {
  const { start, loggedIn, expectToServeAGoodClient } = harness(transport);
  const { frame } = transport;

  describe("a peer that stops in the middle", () => {
    it.each(transport.unfinished)("%s and ends its side is reported as 1006", async (_, bytes) => {
      const watched = await start();
      const peer = await loggedIn(watched);
      peer.send(frame(2, "whole"), bytes);
      peer.hangUp();
      expect(await watched.disconnects.next()).toEqual({ id: "alice", info: { code: 1006, reason: "", clean: false } });
      expect(watched.messages.all.map(({ text }) => text)).toEqual(["whole"]);
      await expectToServeAGoodClient(watched);
    });

    it.each(transport.unfinished)("%s and stays silent is closed at the read wait", async (_, bytes) => {
      const watched = await start({ readWaitMs: 150 });
      const peer = await loggedIn(watched);
      peer.send(bytes);
      expect(await peer.close()).toMatchObject({ code: 3008 });
      expect(await watched.disconnects.next()).toMatchObject({ info: { error: { code: "IM_ERR_READ_TIMEOUT" } } });
      await expectToServeAGoodClient(watched);
    });
  });
}
