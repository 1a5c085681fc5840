import { OpCode } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { countWrites } from "../handle-spy.js";
import { bytesOf, send } from "../watched-server.js";
import { harness } from "./harness.js";
import type { RawPeer } from "./raw-peer.js";
import type { RawTransport } from "./raw-transport.js";

const numbered = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, n) => bytesOf(`${n} `.padEnd(bytes, ".")));

async function receive(peer: RawPeer, payloads: readonly Uint8Array[]): Promise<void> {
  for (const payload of payloads) {
    expect(await peer.message()).toEqual({ opCode: OpCode.Binary, text: Buffer.from(payload).toString() });
  }
}

export function describeOneWrite(transport: RawTransport): void {
  const { start, loggedIn, dial } = harness(transport);
  const { frame } = transport;

  describe("what is written in one turn leaves in one write", () => {
    it.each([
      ["100 small pushes", numbered(100, 40)],
      ["100 pushes of 1 KiB", numbered(100, 1024)],
      ["100 pushes small and large, of which the large are not copied", [...numbered(80, 100), ...numbered(20, 5000)]],
    ])("%s of a server", async (_, payloads) => {
      const watched = await start();
      const peer = await loggedIn(watched);
      const { writes } = countWrites();
      for (const payload of payloads) watched.server.push("alice", payload);
      expect(writes).toEqual([]);
      await receive(peer, payloads);
      expect(writes).toHaveLength(1);
    });

    it.each([
      ["100 small frames", numbered(100, 40)],
      ["100 frames small and large", [...numbered(90, 40), ...numbered(10, 5000)]],
    ])("%s of a client, when it flushes", async (_, payloads) => {
      const watched = await start();
      const conn = await dial(watched);
      send(conn, "alice");
      await watched.admitted.next();
      const { writes } = countWrites();
      for (const payload of payloads) conn.writeFrame(OpCode.Binary, payload);
      expect(writes).toEqual([]);
      expect(conn.flush()).toBe(true);
      expect(writes).toHaveLength(1);
      await watched.messages.until(() => watched.messages.all.length === 100, "100");
      expect(writes).toHaveLength(1);
    });

    it("the answers to 100 messages that arrive together, Pongs among them", async () => {
      const watched = await start({ messageListener: { receive: (agent, payload) => agent.push(payload) } });
      const peer = await loggedIn(watched);
      const burst = Buffer.concat([...numbered(100, 40).map((payload) => frame(2, payload)), frame(9, "ping")]);
      const { writes } = countWrites();
      peer.send(burst);
      await receive(peer, numbered(100, 40));
      expect(await peer.message()).toEqual({ opCode: OpCode.Pong, text: "ping" });
      // One is the peer's own.
      expect(writes).toHaveLength(2);
    });

    it("a broadcast, in one write for each peer", async () => {
      const watched = await start();
      const peers = await Promise.all(["a", "b", "c"].map((id) => loggedIn(watched, id)));
      const { writes } = countWrites();
      for (const payload of numbered(10, 100)) expect(watched.server.broadcast(payload)).toBe(3);
      for (const peer of peers) await receive(peer, numbered(10, 100));
      expect(writes).toHaveLength(3);
    });
  });
}
