import type { RawPeer } from "@im/test-support/raw-peer";
import { describe, expect, it } from "vitest";
import { connect, expectToServeAGoodClient, start, upgradeRequest } from "./support/raw-ws.js";

describe.each([
  ["a reset", (peer: RawPeer) => peer.reset()],
  ["FIN without Close", (peer: RawPeer) => peer.hangUp()],
])("%s", (_, leave) => {
  it.each([
    ["before the upgrade request", Buffer.alloc(0)],
    ["in the middle of the upgrade request", upgradeRequest().subarray(0, 50)],
  ])("%s is not reported: it was no connection yet", async (_, bytes) => {
    const watched = await start();
    const peer = await connect(watched.port);
    if (bytes.length > 0) peer.send(bytes);
    leave(peer);
    await expectToServeAGoodClient(watched);
    expect(watched.errors.all).toEqual([]);
  });

  it("right after the upgrade request calls no listener", async () => {
    const watched = await start();
    const peer = await connect(watched.port);
    peer.send(upgradeRequest());
    leave(peer);
    await expectToServeAGoodClient(watched);
    expect(watched.disconnects.all).toHaveLength(1);
  });
});
