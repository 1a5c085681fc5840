import { nodeRedis, RedisPushBus, RedisSessionDirectory } from "@im/cluster-redis";
import { createGateway, GatewayCloseCode } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { commands, Status } from "@im/wire";
import { createClient } from "redis";
import { describe, it, type TestContext } from "vitest";
import { PacketPeer } from "../../packages/gateway/test/support/packet-peer.js";
import { randomOf, someTurns } from "../../packages/gateway/test/support/shuffled-directory.js";
import { hasRedisServer, startRedis } from "./support/cluster.js";

/** `pnpm test:long` runs the full number. */
const isLong = process.env.LONG_TESTS !== undefined;
const ROUNDS = isLong ? 10_000 : 300;
const AT_ONCE = 10;
/** All are closed within so many waits of 10 ms: a second, or longer on a machine that stands still. */
const CLOSED_WITHIN_WAITS = 100;

async function startGateway({ onTestFinished }: TestContext, redisPort: number) {
  const client = createClient({ socket: { host: "127.0.0.1", port: redisPort }, disableOfflineQueue: true });
  await client.connect();
  onTestFinished(() => client.destroy());
  const redis = nodeRedis(client);
  const options = { host: "127.0.0.1", maxConnectionsPerAddress: 100_000, maxAcceptsPerSecond: 1_000_000 };
  const servers = [createWsServer(options), createTcpServer(options)];
  const gateway = createGateway({
    servers,
    authenticate: ({ token }) => ({ account: token, device: "phone" }),
    bus: new RedisPushBus(redis),
    directory: new RedisSessionDirectory(redis),
    onError: () => {},
  });
  await gateway.start();
  onTestFinished(async () => void (await gateway.shutdown({ signal: AbortSignal.abort() })));
  return { gateway, urls: servers.map(({ dialUrl }) => dialUrl) };
}

/** A sign-in, and what became of it. */
class Visitor {
  readonly peer: PacketPeer;
  /** When it was told that it was kicked out. */
  toldMs: number | undefined;
  closedMs: number | undefined;
  closeCode: number | undefined;

  private constructor(peer: PacketPeer) {
    this.peer = peer;
    void peer.conn.closed.then(({ code }) => {
      this.closedMs = performance.now();
      this.closeCode = code;
    });
  }

  /** Resolves when it is answered. */
  static async signIn(url: string, account: string): Promise<Visitor> {
    const visitor = new Visitor(await PacketPeer.connect(url));
    const { status } = await visitor.peer.signIn({ token: account });
    if (status !== Status.Success) throw new Error(`a sign-in was answered with ${status}`);
    visitor.peer.listen((packet) => {
      if (packet.kind === "logic" && packet.command === commands.loginSignIn) visitor.toldMs = performance.now();
    });
    for (const packet of visitor.peer.unread) {
      if (packet.kind === "logic" && packet.command === commands.loginSignIn) visitor.toldMs = performance.now();
    }
    return visitor;
  }
}

describe.skipIf(!hasRedisServer)("two gateways on one Redis", () => {
  it(`${ROUNDS} interleavings of sign-ins and kicks of one device each leave one session; the others are told and closed`, async (test) => {
    const redis = await startRedis(test);
    const gateways = [await startGateway(test, redis.port), await startGateway(test, redis.port)];
    const random = randomOf(20_261_128);
    const delaysMs: number[] = [];
    let kicks = 0;

    const interleave = async (round: number): Promise<void> => {
      const account = `account ${round}`;
      const oneOfBoth = () => gateways[random(2)]!;
      const signIn = () => Visitor.signIn(oneOfBoth().urls[random(2)]!, account);
      const [signingIn, kicking]: [Promise<Visitor>[], Promise<unknown>[]] = [[], []];
      for (let step = 2 + random(4); step > 0; step--) {
        if (random(4) > 0) signingIn.push(signIn());
        else kicking.push(oneOfBoth().gateway.kick(account, "kicked"));
        await someTurns(random);
      }
      kicks += kicking.length;
      await Promise.all(kicking);
      // It cannot be kicked any more, so one stays.
      signingIn.push(signIn());
      const visitors = await Promise.all(signingIn);
      const settledMs = performance.now();

      const isOpen = ({ closedMs }: Visitor) => closedMs === undefined;
      for (let waits = 0; waits < CLOSED_WITHIN_WAITS && visitors.filter(isOpen).length > 1; waits++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      test.expect(visitors.filter(isOpen), account).toHaveLength(1);
      const [survivor] = visitors.filter(isOpen);
      for (const loser of visitors.filter((visitor) => visitor !== survivor)) {
        test.expect([loser.closeCode, loser.toldMs !== undefined], account).toEqual([GatewayCloseCode.KickedOut, true]);
        delaysMs.push(Math.max(0, loser.closedMs! - settledMs));
      }
      const found = await oneOfBoth().gateway.presence.where(account);
      test.expect(found, account).toHaveLength(1);
      const report = await oneOfBoth().gateway.push(account, "still.there", new Uint8Array(0));
      test.expect(report, account).toMatchObject({ delivered: 1, failed: [], offline: [] });
      test.expect([isOpen(survivor!), survivor!.toldMs], account).toEqual([true, undefined]);
      survivor!.peer.conn.destroy();
    };

    for (let round = 0; round < ROUNDS; round += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => interleave(round + index)));
    }
    test.expect(kicks).toBeGreaterThan(ROUNDS / 4);
    test.expect(delaysMs.length).toBeGreaterThan(ROUNDS);
    delaysMs.sort((a, b) => a - b);
    const [most, last] = [delaysMs[Math.floor(0.99 * delaysMs.length)], delaysMs.at(-1)].map((ms) => ms!.toFixed(0));
    console.info(
      `${delaysMs.length} losers: 99 % were closed within ${most} ms of the last sign-in, all within ${last} ms`,
    );
  }, 3_600_000);
});
