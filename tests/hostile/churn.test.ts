import { expect, it, vi } from "vitest";
import { report, size } from "./support/measuring.js";
import { RawPeer } from "./support/raw-peer.js";
import { ServerProcess } from "./support/server-process.js";
import { sourceAddress, type Transport, transports } from "./support/transports.js";

const WARM_UP = size(2_500, 5_000);
const CONNECTIONS = size(2_500, 50_000);
const AT_A_TIME = 50;
/** After so short a time the engine itself still settles. */
const MAX_HEAP_GROWTH = size(0.1, 0.05);

let names = 0;

/** Connects, logs in, and leaves in one of three ways: closing in order, hanging up, or with a reset. */
async function visit(transport: Transport, port: number): Promise<void> {
  const number = names++;
  const peer = await RawPeer.open(transport, port, sourceAddress(number));
  await peer.logIn(`visitor ${number}`);
  if (number % 3 === 0) peer.send(peer.frame(8, Uint8Array.of(0x03, 0xe8)));
  if (number % 3 === 1) peer.socket.end();
  if (number % 3 === 2) peer.socket.resetAndDestroy();
  await peer.ended;
  peer.socket.destroy();
}

async function visits(transport: Transport, { port }: ServerProcess, count: number): Promise<void> {
  let left = count;
  const oneAfterTheOther = async () => {
    while (left-- > 0) await visit(transport, port);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, oneAfterTheOther));
}

it.each(transports)(
  `${CONNECTIONS} visitors on %s leave nothing: heap, channels and descriptors are as before`,
  async (transport) => {
    // The limit on accepts per second is not what is tested.
    const server = await ServerProcess.start(transport, { options: { maxAcceptsPerSecond: 1_000_000 } });
    const allGone = async () => expect(await server.holdings()).toMatchObject({ channels: 0, timers: 0 });
    await visits(transport, server, WARM_UP);
    await vi.waitFor(allGone, { timeout: 15_000 });
    await server.call("forgetEnds");
    const before = await server.measure();

    const startMs = performance.now();
    await visits(transport, server, CONNECTIONS);
    const perSecond = CONNECTIONS / ((performance.now() - startMs) / 1000);
    await vi.waitFor(allGone, { timeout: 15_000 });
    expect(await server.ends()).toHaveLength(CONNECTIONS);
    await server.call("forgetEnds");
    const after = await server.measure();

    const collected = (after.collected - before.collected) / CONNECTIONS;
    const heap = after.heapUsed / before.heapUsed;
    report(
      `${transport}: ${CONNECTIONS} visitors at ${perSecond.toFixed(0)}/s: heap ${before.heapUsed} -> ${after.heapUsed} ` +
        `(${((heap - 1) * 100).toFixed(2)} %), ${(collected * 100).toFixed(3)} % of the channels collected, ` +
        `descriptors ${before.descriptors} -> ${after.descriptors}, RSS ${before.rss} -> ${after.rss}`,
    );
    expect(heap).toBeLessThan(1 + MAX_HEAP_GROWTH);
    expect(collected).toBeGreaterThanOrEqual(0.999);
    expect(after.sockets - before.sockets).toBeLessThanOrEqual(CONNECTIONS / 1_000);
    expect(after.descriptors).toBe(before.descriptors);
  },
);
