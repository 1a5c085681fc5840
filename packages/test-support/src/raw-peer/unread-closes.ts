import { describe, expect, it } from "vitest";
import { loginOr } from "../logins.js";
import { harness } from "./harness.js";
import type { RawTransport } from "./raw-transport.js";

const MANY_BYTES = 32 * 1024 * 1024;
const patient = { closeWaitMs: 60_000 };
const zeros = Buffer.alloc(256 * 1024);

export function describeUnreadCloses(transport: RawTransport): void {
  const { start, open, loggedIn } = harness(transport);
  const { frame, flood } = transport;

  describe("a peer that is still sending when the server closes it reads the Close, and is not reset", () => {
    it.each([
      ["declared too much", transport.declaring(transport.largestLength), 1009],
      ["sent an unknown opcode", frame(3, "hi"), 1002],
    ])("when it has %s", async (_, violation, code) => {
      const watched = await start(patient);
      const peer = await loggedIn(watched);
      peer.send(violation);
      await peer.pourAndHangUp(MANY_BYTES, zeros);
      expect(await peer.close()).toMatchObject({ code });
      expect(await peer.ended()).toBe("end");
    });

    it("when its login is refused", async () => {
      const watched = await start({ ...patient, acceptor: loginOr({ empty: () => "" }) });
      const peer = await open(watched.port);
      peer.send(frame(2, "empty"));
      await peer.pourAndHangUp(MANY_BYTES, flood);
      expect(await peer.close()).toMatchObject({ code: 1011 });
      expect(await peer.ended()).toBe("end");
    });

    it("when the application closes its channel", async () => {
      const watched = await start(patient);
      const peer = await loggedIn(watched);
      void watched.server.closeChannel("alice", 4001, "enough");
      await peer.pourAndHangUp(MANY_BYTES, flood);
      expect(await peer.close()).toEqual({ code: 4001, reason: "enough" });
      expect(await peer.ended()).toBe("end");
    });

    it("when it sends too many Pings", async () => {
      const watched = await start(patient);
      const peer = await loggedIn(watched);
      peer.send(...Array.from({ length: 2_000 }, () => frame(9)));
      await peer.pourAndHangUp(MANY_BYTES, flood);
      const close = (await peer.framesUntilEnd()).find(({ opCode }) => opCode === 8);
      expect(close?.payload.readUInt16BE()).toBe(1008);
      expect(await peer.ended()).toBe("end");
    });
  });
}
