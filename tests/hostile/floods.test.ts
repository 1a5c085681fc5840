import { setTimeout as elapse } from "node:timers/promises";
import { expect, it } from "vitest";
import { ChildProgram } from "./support/child-program.js";
import { percentile, report, size, within } from "./support/measuring.js";
import { RawPeer } from "./support/raw-peer.js";
import { ServerProcess } from "./support/server-process.js";
import { sourceAddress, type Transport, transports } from "./support/transports.js";

const MiB = 1024 * 1024;
const ATTACKERS = size(20, 100);
const PROBES = 10;
const PROBE_EVERY_MS = 10;
const SETTLE_MS = 250;
const AFTER_MS = size(500, 3_000);
const CHUNK_BYTES = 16 * 1024;

/** Writes the chunk again and again, as fast as the system takes it, until the server ends the connection. */
async function flood({ socket, ended }: RawPeer, chunk: Buffer): Promise<void> {
  const write = (error?: Error | null) => {
    if (!error) socket.write(chunk, write);
  };
  write();
  await ended;
}

function repeated(frame: Buffer): Buffer {
  return Buffer.concat(Array(Math.ceil(CHUNK_BYTES / frame.length)).fill(frame));
}

/** Floods from peers that never read, while probes measure. */
async function expectToHold(transport: Transport, chunkOf: (peer: RawPeer) => Buffer, begin?: Buffer): Promise<void> {
  const server = await ServerProcess.start(transport);
  const probes = new ChildProgram("probe-program.mjs", { transport, address: server.dialUrl });
  await probes.call("start", PROBES, PROBE_EVERY_MS);
  const peers = await Promise.all(
    Array.from({ length: ATTACKERS }, async (_, index) => {
      const peer = await RawPeer.open(transport, server.port, sourceAddress(index));
      await peer.logIn(`attacker ${index}`);
      peer.socket.pause();
      return peer;
    }),
  );
  await server.call("watchPeak");
  const before = await server.measure();
  const beforeMs = await probes.call<readonly number[]>("take");

  const startMs = performance.now();
  if (begin) for (const peer of peers) peer.send(begin);
  const floods = Promise.all(peers.map((peer) => flood(peer, chunkOf(peer))));
  await within(60_000, floods, "the server to close all attackers");
  const tookMs = performance.now() - startMs;
  // What was asked before the end and is answered soon after it belongs to the flood.
  await elapse(SETTLE_MS);
  const duringMs = await probes.call<readonly number[]>("take");
  await elapse(AFTER_MS);
  const afterMs = await probes.call<readonly number[]>("take");

  const { peakRss } = await server.measure();
  const [calm, during, after] = [beforeMs, duringMs, afterMs].map((timesMs) => percentile(timesMs, 99));
  report(
    `${transport}: ${ATTACKERS} attackers were gone after ${tookMs.toFixed(0)} ms; honest p99 ${calm!.toFixed(1)} ms ` +
      `before, ${during!.toFixed(1)} ms until then, ${after!.toFixed(1)} ms after; RSS ${((peakRss - before.rss) / MiB).toFixed(1)} MB at the peak`,
  );
  const ends = await server.ends();
  expect(ends).toHaveLength(ATTACKERS);
  for (const { id, code } of ends) expect({ id, code }).toEqual({ id, code: 1008 });
  expect(peakRss - before.rss).toBeLessThan(50 * MiB);
  expect(duringMs.length).toBeGreaterThan(PROBES);
  // What it takes without a flood is what the machine makes of it.
  expect(during! - calm!).toBeLessThan(250);
  expect(after! - calm!).toBeLessThan(50);
  expect((await server.holdings()).channels).toBe(PROBES);
}

it.each(transports)(`${ATTACKERS} peers on %s that ping and never read are closed at the cap`, async (transport) => {
  await expectToHold(transport, (peer) => repeated(peer.frame(9, Buffer.alloc(125))));
});

it(`${ATTACKERS} peers on ws that send a message in tiny fragments and never read are closed at the cap`, async () => {
  const fragment = Buffer.from("008100000000ff", "hex");
  await expectToHold("ws", () => repeated(fragment), Buffer.from("028100000000ff", "hex"));
});
