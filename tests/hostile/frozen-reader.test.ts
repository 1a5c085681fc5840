import { watchDelays } from "@im/test-support/delays";
import { expect, it, vi } from "vitest";
import { percentile, report, size } from "./support/measuring.js";
import { RawPeer } from "./support/raw-peer.js";
import { ServerProcess } from "./support/server-process.js";
import { sourceAddress, transports } from "./support/transports.js";

const READERS = size(100, 1_000);
const BROADCASTS = { everyMs: 20, bytes: 512 };
const QUIET_ROUNDS = size(25, 250);
const FROZEN_ROUNDS = size(40, 250);
const KiB = 1024;
const LIMITS = { highWaterMarkBytes: 64 * KiB, maxQueuedBytes: 256 * KiB };
/** The broadcasts of the rounds take the queue over its limit from here. */
const FILLED_BYTES = LIMITS.maxQueuedBytes - 0.5 * FROZEN_ROUNDS * BROADCASTS.bytes;

it.each(transports)(
  `one frozen reader among ${READERS} on %s is closed at its limit; the others miss nothing and are not slowed`,
  async (transport) => {
    const options = { ...LIMITS, writeWaitMs: 600_000, maxConnectionsPerAddress: 1_000_000 };
    const server = await ServerProcess.start(transport, { scenario: "broadcasts", options });
    const open = async (index: number) => {
      const peer = await RawPeer.open(transport, server.port, sourceAddress(index));
      await peer.logIn(`reader ${index}`);
      return peer;
    };
    const readers = await Promise.all(Array.from({ length: READERS - 1 }, (_, index) => open(index)));
    const frozen = await open(READERS);

    const next = readers.map(() => 0);
    let gaps = 0;
    let latenciesMs: number[] = [];
    readers.forEach((reader, index) => {
      reader.onFrame = (_, payload) => {
        latenciesMs.push(performance.timeOrigin + performance.now() - payload.readDoubleBE());
        const number = payload.readUInt32BE(8);
        if (number !== next[index]) gaps++;
        next[index] = number + 1;
      };
    });
    const allHave = (count: number) => async () => expect(next.every((number) => number === count)).toBe(true);
    /** The p99 of the latencies of so many broadcasts, in milliseconds. */
    const p99Of = async (times: number) => {
      latenciesMs = [];
      const count = await server.call<number>("broadcast", { times, ...BROADCASTS });
      await vi.waitFor(allHave(count), { timeout: 10_000 });
      return percentile(latenciesMs, 99);
    };

    await p99Of(QUIET_ROUNDS);
    const quietMs = await p99Of(QUIET_ROUNDS);
    frozen.socket.pause();
    const queuedBytes = await server.call<number>("fill", `reader ${READERS}`, FILLED_BYTES);
    expect(queuedBytes).toBeLessThan(LIMITS.maxQueuedBytes);
    expect(await server.ends()).toEqual([]);
    const worstDelayMs = watchDelays();
    const frozenMs = await p99Of(FROZEN_ROUNDS);

    report(
      `${transport}: ${READERS} readers: p99 ${quietMs.toFixed(1)} ms, with a frozen one ${frozenMs.toFixed(1)} ms`,
    );
    expect(await server.ends()).toMatchObject([
      { id: `reader ${READERS}`, code: 1008, clean: false, error: "IM_ERR_QUEUE_FULL" },
    ]);
    expect(gaps).toBe(0);
    // While the readers' own process stood still, no client read.
    expect(frozenMs).toBeLessThan(2 * quietMs + 20 + worstDelayMs());
  },
);
