import { expect, it, vi } from "vitest";
import { report, size } from "./support/measuring.js";
import { RawPeer } from "./support/raw-peer.js";
import { ServerProcess } from "./support/server-process.js";
import { sourceAddress, type Transport, transports } from "./support/transports.js";

const CONNECTIONS = size(300, 3_000);
const ROUNDS = 10;

function opening(transport: Transport, { port }: ServerProcess): Promise<RawPeer>[] {
  return Array.from({ length: CONNECTIONS }, (_, index) => RawPeer.open(transport, port, sourceAddress(index)));
}

/** How often each of the three ways to fail comes among so many calls. */
function failuresAmong(calls: number, what: string) {
  const failures = Math.floor(calls / 10);
  const ofWay = (index: number) => Math.floor((failures + 2 - index) / 3);
  return { [`${what} throws`]: ofWay(0), [`${what} rejects`]: ofWay(1), [`${what} never settles`]: ofWay(2) };
}

it.each(transports)(
  "%s: a MessageListener that throws, rejects or never settles on every tenth call harms no other message or connection",
  async (transport) => {
    const server = await ServerProcess.start(transport, { scenario: "failing listener" });
    const peers = await Promise.all(opening(transport, server));
    await Promise.all(peers.map((peer, index) => peer.logIn(`peer ${index}`)));
    const echoes = peers.map(() => 0);
    peers.forEach((peer, index) => {
      peer.onFrame = () => {
        echoes[index]! += 1;
      };
    });
    // A listener that never settles holds back its own channel, whose later messages do not come to it.
    let counts: Readonly<Record<string, number>> = {};
    let received = 0;
    let stuck = 0;
    for (let round = 0; round < ROUNDS; round++) {
      received += CONNECTIONS - stuck;
      for (const peer of peers) peer.send(peer.frame(2, `round ${round}`));
      const allCame = async () => {
        counts = await server.counts();
        expect(counts).toMatchObject({ received, ...failuresAmong(received, "listener") });
      };
      await vi.waitFor(allCame, { timeout: 10_000, interval: 5 });
      stuck = counts["listener never settles"]!;
    }
    const failures = Math.floor(received / 10);
    const sum = () => echoes.reduce((total, count) => total + count, 0);
    await vi.waitFor(() => expect(sum()).toBe(received - failures), { timeout: 10_000 });
    report(`${transport}: ${received} messages, ${failures} failures, ${sum()} echoes; ${JSON.stringify(counts)}`);
    expect(await server.counts()).toEqual({
      ...failuresAmong(received, "listener"),
      received,
      admitted: CONNECTIONS,
      "receive: listener fails": counts["listener throws"]! + counts["listener rejects"]!,
      "hook accepted": CONNECTIONS,
      "hook opened": CONNECTIONS,
      "hook received": received,
    });
    expect(await server.holdings()).toMatchObject({ channels: CONNECTIONS });
  },
);

it.each(transports)(
  "%s: an Acceptor that throws, rejects or never settles on every tenth call refuses those, and no others",
  async (transport) => {
    const options = { loginWaitMs: 2_000, writeWaitMs: 500 };
    const server = await ServerProcess.start(transport, { scenario: "failing acceptor", options });
    const before = await server.holdings();
    // Each sends its id as soon as it is connected: its login wait has begun.
    const outcomes = await Promise.all(
      opening(transport, server).map(async (connected, index) => {
        const peer = await connected;
        return peer.logIn(`peer ${index}`).then(
          () => "let in",
          () => peer.ended.then(({ closeCode }) => `closed with ${closeCode}`),
        );
      }),
    );
    const tally: Record<string, number> = {};
    for (const outcome of outcomes) tally[outcome] = (tally[outcome] ?? 0) + 1;
    const rejected = CONNECTIONS / 10;
    expect(tally).toEqual({ "let in": CONNECTIONS - rejected, "closed with 1008": rejected });
    const expected = failuresAmong(CONNECTIONS, "acceptor");
    const counts = await server.counts();
    report(`${transport}: ${JSON.stringify(tally)}; ${JSON.stringify(counts)}`);
    expect(counts).toEqual({
      ...expected,
      admitted: CONNECTIONS - rejected,
      "accept: acceptor fails": expected["acceptor throws"]! + expected["acceptor rejects"]!,
      "accept: IM_ERR_LOGIN_TIMEOUT": expected["acceptor never settles"],
      "hook accepted": CONNECTIONS,
      "hook opened": CONNECTIONS - rejected,
      "hook refused: login-refused": expected["acceptor throws"]! + expected["acceptor rejects"]!,
      "hook refused: login-timeout": expected["acceptor never settles"],
    });
    const settled = { channels: CONNECTIONS - rejected, descriptors: before.descriptors + CONNECTIONS - rejected };
    await vi.waitFor(async () => expect(await server.holdings()).toMatchObject(settled), { timeout: 5_000 });
  },
);

it.each(transports)(
  "%s: a StateListener that throws, rejects or never settles on every tenth call loses no end, and a shutdown waits no longer than it says",
  async (transport) => {
    const options = { writeWaitMs: 200 };
    const server = await ServerProcess.start(transport, { scenario: "failing state listener", options });
    const before = await server.holdings();
    const peers = await Promise.all(opening(transport, server));
    await Promise.all(peers.map((peer, index) => peer.logIn(`peer ${index}`)));
    for (const { socket } of peers.slice(0, CONNECTIONS / 2)) socket.resetAndDestroy();
    const ended = async () => expect(await server.ends()).toHaveLength(CONNECTIONS / 2);
    await vi.waitFor(ended, { timeout: 10_000 });
    for (const { socket } of peers.slice(CONNECTIONS / 2)) socket.on("end", () => socket.end());
    const startMs = performance.now();
    const { clean, cut } = await server.call<{ clean: number; cut: number }>("shutdown");
    // Twice the write wait, and then it goes.
    expect(performance.now() - startMs).toBeLessThan(2 * options.writeWaitMs + 1_000);
    expect(clean + cut).toBe(CONNECTIONS / 2);
    const ends = await server.ends();
    expect(new Set(ends.map(({ id }) => id)).size).toBe(CONNECTIONS);
    expect(ends).toHaveLength(CONNECTIONS);
    const expected = failuresAmong(CONNECTIONS, "state listener");
    const counts = await server.counts();
    report(`${transport}: shutdown reports ${clean} clean, ${cut} cut; ${JSON.stringify(counts)}`);
    expect(counts).toEqual({
      ...expected,
      admitted: CONNECTIONS,
      "disconnect: state listener fails": expected["state listener throws"]! + expected["state listener rejects"]!,
      "hook accepted": CONNECTIONS,
      "hook opened": CONNECTIONS,
      "hook closed": CONNECTIONS,
    });
    expect(await server.holdings()).toMatchObject({ channels: 0, descriptors: before.descriptors - 1 });
  },
);
