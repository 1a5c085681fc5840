import { describe, expect, it } from "vitest";
import { report, size } from "./support/measuring.js";
import { RawPeer } from "./support/raw-peer.js";
import { ServerProcess } from "./support/server-process.js";
import { sourceAddress, transports } from "./support/transports.js";

const KiB = 1024;
const MiB = 1024 * KiB;
const PEERS = size(40, 400);
const BOUND_BYTES = size(4, 40) * MiB;
const HALF_BYTES = 500 * KiB;

/** The header of a Binary frame of 1 MiB, with a mask of zeros on WebSocket. */
const header = {
  tcp: Buffer.from("0200100000", "hex"),
  ws: Buffer.from("82ff000000000010000000000000", "hex"),
};

describe.each(transports)(`${PEERS} peers that send half a message, on %s`, (transport) => {
  it("cost no more memory than the bound: the peer that holds the most is closed with 1013", async () => {
    const options = { maxInboxBytesTotal: BOUND_BYTES };
    const server = await ServerProcess.start(transport, { options });
    const peers = await Promise.all(
      Array.from({ length: PEERS }, async (_, index) => {
        const peer = await RawPeer.open(transport, server.port, sourceAddress(index));
        await peer.logIn(`peer ${index}`);
        return peer;
      }),
    );
    const before = await server.measure();
    for (const peer of peers) peer.send(header[transport], Buffer.alloc(HALF_BYTES));
    const codes: (number | undefined)[] = [];
    for (const { ended } of peers) void ended.then(({ closeCode }) => codes.push(closeCode));
    // A half message may have up to twice its bytes.
    const leastClosed = PEERS - Math.ceil(BOUND_BYTES / HALF_BYTES);
    await expect.poll(() => codes.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(leastClosed);
    const full = await server.measure();
    const keptBytes = full.arrayBuffers - before.arrayBuffers;
    report(`${transport}: ${PEERS} halves of ${HALF_BYTES} bytes keep ${keptBytes} bytes, ${codes.length} closed`);
    expect(keptBytes).toBeLessThan(BOUND_BYTES + MiB);
    expect(new Set(codes)).toEqual(new Set([1013]));
    expect((await server.ends()).every(({ error }) => error === "IM_ERR_INBOX_FULL")).toBe(true);
    for (const { socket } of peers) socket.destroy();
    await expect.poll(async () => (await server.holdings()).channels, { timeout: 10_000 }).toBe(0);
    expect((await server.measure()).arrayBuffers - before.arrayBuffers).toBeLessThan(MiB);
  });
});
