import { OpCode } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { countWrites } from "./support/handle-spy.js";
import { frame, RawPeer } from "./support/raw-peer.js";
import { dial, startServer } from "./support/tcp-server.js";
import { bytesOf, send } from "./support/watched-server.js";

const numbered = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, n) => bytesOf(`${n} `.padEnd(bytes, ".")));

async function receive(peer: RawPeer, payloads: readonly Uint8Array[]): Promise<void> {
  for (const payload of payloads) expect(await peer.frame()).toEqual({ opCode: 2, payload: Buffer.from(payload) });
}

describe("what is written in one turn leaves in one write", () => {
  it.each([
    ["100 small pushes", numbered(100, 40)],
    ["100 pushes of 1 KiB", numbered(100, 1024)],
    ["100 pushes small and large, of which the large are not copied", [...numbered(80, 100), ...numbered(20, 5000)]],
  ])("%s of a server", async (_, payloads) => {
    const { port, admitted, server } = await startServer();
    const peer = await RawPeer.connect(port);
    peer.send(frame(2, "alice"));
    await admitted.next();
    const { writes } = countWrites();
    for (const payload of payloads) server.push("alice", payload);
    expect(writes).toEqual([]);
    await receive(peer, payloads);
    expect(writes).toHaveLength(1);
  });

  it("100 frames of a client, when it flushes", async () => {
    const watched = await startServer();
    const conn = await dial(watched);
    send(conn, "alice");
    await watched.admitted.next();
    const { writes } = countWrites();
    for (const payload of numbered(100, 40)) conn.writeFrame(OpCode.Binary, payload);
    expect(writes).toEqual([]);
    expect(conn.flush()).toBe(true);
    expect(writes).toHaveLength(1);
    await watched.messages.first(({ text }) => text.startsWith("99 "), "the last of 100");
    expect(writes).toHaveLength(1);
  });

  it("the answers to 100 messages that arrive together, pongs among them", async () => {
    const { port, admitted } = await startServer({
      messageListener: { receive: (agent, payload) => void agent.push(payload) },
    });
    const peer = await RawPeer.connect(port);
    peer.send(frame(2, "alice"));
    await admitted.next();
    const burst = Buffer.concat([...numbered(100, 40).map((payload) => frame(2, payload)), frame(9, "ping")]);
    const { writes } = countWrites();
    peer.send(burst);
    await receive(peer, numbered(100, 40));
    expect(await peer.frame()).toEqual({ opCode: 0xa, payload: Buffer.from("ping") });
    // One is the peer's own.
    expect(writes).toHaveLength(2);
  });

  it("and a broadcast in one write for each peer", async () => {
    const { port, admitted, server } = await startServer();
    const peers = await Promise.all(
      ["a", "b", "c"].map(async (name) => {
        const peer = await RawPeer.connect(port);
        peer.send(frame(2, name));
        return peer;
      }),
    );
    for (const _ of peers) await admitted.next();
    const { writes } = countWrites();
    for (const payload of numbered(10, 100)) expect(server.broadcast(payload)).toBe(3);
    for (const peer of peers) await receive(peer, numbered(10, 100));
    expect(writes).toHaveLength(3);
  });
});
