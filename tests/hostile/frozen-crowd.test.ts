import { describe, expect, it } from "vitest";
import { report, size } from "./support/measuring.js";
import { RawPeer } from "./support/raw-peer.js";
import { ServerProcess } from "./support/server-process.js";
import { sourceAddress, transports } from "./support/transports.js";

const MiB = 1024 * 1024;
const PEERS = size(20, 200);
const BOUND_BYTES = size(16, 128) * MiB;
const PUSH_BYTES = 128 * 1024;
/** More for each peer than the system holds for it, and for all more than the bound. */
const ROUNDS = 120;

describe.each(transports)(`${PEERS} peers that do not read, on %s`, (transport) => {
  it.each(["close", "drop-newest", "drop-oldest"] as const)(
    "cost no more memory than the bound: %s",
    async (policy) => {
      const options = { overflowPolicy: policy, maxQueuedBytesTotal: BOUND_BYTES, writeWaitMs: 600_000 };
      const server = await ServerProcess.start(transport, { scenario: "pushes to each", options });
      const peers = await Promise.all(
        Array.from({ length: PEERS }, async (_, index) => {
          const peer = await RawPeer.open(transport, server.port, sourceAddress(index));
          await peer.logIn(`peer ${index}`);
          peer.socket.pause();
          return peer;
        }),
      );
      const before = await server.measure();
      await server.call("pushToEach", { rounds: ROUNDS, bytes: PUSH_BYTES });
      const full = await server.measure();
      const grownBytes = full.arrayBuffers - before.arrayBuffers;
      const lost =
        (await server.ends()).length + Object.values(await server.counts()).reduce((sum, count) => sum + count);
      report(
        `${transport}, ${policy}: ${PEERS} peers hold ${(grownBytes / MiB).toFixed(1)} MiB, ${lost} ends and drops`,
      );
      expect(lost, "ends and drops").toBeGreaterThan(PEERS);
      // The newest message of each may go beyond the bound, and what was copied lies in slabs.
      expect(grownBytes).toBeLessThan(1.1 * BOUND_BYTES + PEERS * (PUSH_BYTES + 32 * 1024));
      for (const { socket } of peers) socket.destroy();
      await expect.poll(async () => (await server.holdings()).channels, { timeout: 10_000 }).toBe(0);
      const after = await server.measure();
      expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(MiB);
    },
  );
});
