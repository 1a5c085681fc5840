import { describe, expect, it } from "vitest";
import { frame } from "./support/raw-frames.js";
import { loggedIn, start } from "./support/raw-ws.js";

describe("a client of kim", () => {
  it("gets 8a 00 for its empty Ping", async () => {
    const peer = await loggedIn(await start());
    peer.send(frame(9));
    expect(await peer.frame()).toEqual({ opCode: 10, masked: false, payload: Buffer.alloc(0), size: 2 });
  });

  it("gets 88 00 for its empty Close, and FIN", async () => {
    const peer = await loggedIn(await start());
    peer.send(frame(8));
    peer.hangUp();
    expect(await peer.framesUntilEnd()).toEqual([{ opCode: 8, masked: false, payload: Buffer.alloc(0), size: 2 }]);
    expect(await peer.ended()).toBe("end");
  });
});
