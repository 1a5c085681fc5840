import { describe, expect, it } from "vitest";
import { report, size, within } from "./support/measuring.js";
import { RawPeer } from "./support/raw-peer.js";
import { ServerProcess } from "./support/server-process.js";
import { sourceAddress, type Transport, transports } from "./support/transports.js";

const MiB = 1024 * 1024;
const ATTACKERS = size(100, 1_000);
const WARM_UP = 20;

const hex = (digits: string) => Buffer.from(digits.replaceAll(" ", ""), "hex");

/** Headers that declare more than anybody would send, and nothing behind them. */
const frameBombs: Readonly<Record<Transport, readonly (readonly [string, Buffer])[]>> = {
  tcp: [["a length of 0xffffffff", hex("02 ffffffff")]],
  ws: [
    ["a length of 2^62", hex("82 ff 4000000000000000 00000000")],
    ["a length of 2^32", hex("82 ff 0000000100000000 00000000")],
    ["a first fragment of 2^31", hex("02 ff 0000000080000000 00000000")],
  ],
};

const packetBombs = [
  ["a LogicPkt whose header declares 4 GiB", hex("c311a365 ffffffff 00"), "IM_ERR_HEADER_TOO_LARGE"],
  ["a LogicPkt whose body declares 4 GiB", hex("c311a365 00000000 ffffffff 00"), "IM_ERR_BODY_TOO_LARGE"],
] as const;

/** Opens so many peers, lets them all act at once, and gives the close codes that they read. */
async function attack(
  transport: Transport,
  server: ServerProcess,
  count: number,
  prepare: (peer: RawPeer, index: number) => void,
  act: (peer: RawPeer) => void,
): Promise<readonly (number | undefined)[]> {
  const peers = await Promise.all(
    Array.from({ length: count }, (_, index) => RawPeer.open(transport, server.port, sourceAddress(index))),
  );
  peers.forEach(prepare);
  for (const peer of peers) act(peer);
  const allEnded = Promise.all(peers.map(({ ended }) => ended));
  const endings = await within(10_000, allEnded, "the server to close all attackers");
  for (const { socket } of peers) socket.destroy();
  return endings.map(({ closeCode }) => closeCode);
}

/** Runs an attack after a small one of the same kind, and expects that the server has paid nothing for it. */
async function expectToCostNothing(
  transport: Transport,
  server: ServerProcess,
  prepare: (peer: RawPeer, index: number) => void,
  act: (peer: RawPeer) => void,
  closeCode: number,
): Promise<void> {
  await attack(transport, server, WARM_UP, (peer, index) => prepare(peer, -1 - index), act);
  await server.call("watchPeak");
  const before = await server.measure();
  const codes = await attack(transport, server, ATTACKERS, prepare, act);
  expect(codes).toEqual(Array(ATTACKERS).fill(closeCode));
  const after = await server.measure();
  const grownBytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  const peakBytes = after.peakArrayBuffers - before.arrayBuffers;
  report(`${transport}: ${ATTACKERS} bombs left ${grownBytes} bytes, at the peak ${peakBytes} in buffers`);
  expect(grownBytes).toBeLessThan(MiB);
  // Node reads into a buffer of 64 KiB per socket, whatever was declared.
  expect(peakBytes).toBeLessThan(ATTACKERS * 128 * 1024);
  expect(after).toMatchObject({ channels: 0, descriptors: before.descriptors });
}

describe.each(transports)(`${ATTACKERS} attackers at once on %s`, (transport) => {
  it.each(frameBombs[transport])("after the login, with %s, are closed in the turn that reads it", async (_, bomb) => {
    const server = await ServerProcess.start(transport, { scenario: "bombs" });
    const logIn = (peer: RawPeer, index: number) => peer.send(peer.frame(2, `attacker ${index}`));
    await expectToCostNothing(transport, server, logIn, (peer) => peer.send(peer.frame(2, "hello"), bomb), 1009);
    expect(await server.counts()).toEqual({ admitted: WARM_UP + ATTACKERS, "closed in the turn": WARM_UP + ATTACKERS });
  });

  it.each(frameBombs[transport])("before the login, with %s", async (_, bomb) => {
    const server = await ServerProcess.start(transport, { scenario: "bombs" });
    await expectToCostNothing(
      transport,
      server,
      () => {},
      (peer) => peer.send(bomb),
      1009,
    );
    expect(await server.counts()).toEqual({ "accept: IM_ERR_CLOSED": WARM_UP + ATTACKERS });
  });

  it.each(packetBombs)("that log in with %s", async (_, bomb, code) => {
    // Attackers do not answer a Close, so it is the write wait that ends them.
    const server = await ServerProcess.start(transport, { scenario: "bombs", options: { writeWaitMs: 200 } });
    await expectToCostNothing(
      transport,
      server,
      () => {},
      (peer) => peer.send(peer.frame(2, bomb)),
      1008,
    );
    expect(await server.counts()).toMatchObject({ [code]: WARM_UP + ATTACKERS });
  });
});
