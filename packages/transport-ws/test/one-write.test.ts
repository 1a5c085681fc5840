import { OpCode } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { frame } from "./support/raw-frames.js";
import type { RawPeer } from "./support/raw-peer.js";
import { bytesOf, countWrites, send } from "./support/transport-neutral.js";
import { dial, loggedIn, startServer } from "./support/ws-server.js";

const numbered = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, n) => bytesOf(`${n} `.padEnd(bytes, ".")));

async function receive(peer: RawPeer, payloads: readonly Uint8Array[]): Promise<void> {
  for (const payload of payloads) {
    const { first, payload: received } = await peer.frame();
    expect([first, received.toString()]).toEqual([0x82, Buffer.from(payload).toString()]);
  }
}

describe("what is written in one turn leaves in one write", () => {
  it.each([
    ["100 small pushes", numbered(100, 40)],
    ["100 pushes of 1 KiB", numbered(100, 1024)],
    ["100 pushes small and large, of which the large are not copied", [...numbered(80, 100), ...numbered(20, 5000)]],
  ])("%s of a server", async (_, payloads) => {
    const watched = await startServer();
    const peer = await loggedIn(watched);
    const { writes } = countWrites();
    for (const payload of payloads) watched.server.push("alice", payload);
    expect(writes).toEqual([]);
    await receive(peer, payloads);
    expect(writes).toHaveLength(1);
  });

  it("100 masked frames of a client, small and large, when it flushes", async () => {
    const watched = await startServer();
    const conn = await dial(watched);
    send(conn, "alice");
    await watched.admitted.next();
    const { writes } = countWrites();
    for (const payload of [...numbered(90, 40), ...numbered(10, 5000)]) conn.writeFrame(OpCode.Binary, payload);
    expect(writes).toEqual([]);
    expect(conn.flush()).toBe(true);
    expect(writes).toHaveLength(1);
    await watched.messages.until(() => watched.messages.all.length === 100, "100");
    expect(writes).toHaveLength(1);
  });

  it("the answers to 100 messages that arrive together, pongs among them", async () => {
    const watched = await startServer({ messageListener: { receive: (agent, payload) => void agent.push(payload) } });
    const peer = await loggedIn(watched);
    const burst = Buffer.concat([...numbered(100, 40).map((payload) => frame(2, payload)), frame(9, "ping")]);
    const { writes } = countWrites();
    peer.send(burst);
    await receive(peer, numbered(100, 40));
    expect(await peer.message()).toEqual({ opCode: OpCode.Pong, text: "ping" });
    // One is the peer's own.
    expect(writes).toHaveLength(2);
  });

  it("and a broadcast in one write for each peer", async () => {
    const watched = await startServer();
    const peers = await Promise.all(["a", "b", "c"].map((id) => loggedIn(watched, id)));
    const { writes } = countWrites();
    for (const payload of numbered(10, 100)) expect(watched.server.broadcast(payload)).toBe(3);
    for (const peer of peers) await receive(peer, numbered(10, 100));
    expect(writes).toHaveLength(3);
  });
});
