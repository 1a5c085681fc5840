import { createMemoryNetwork } from "@im/transport-compliance/memory";
import { commands } from "@im/wire";
import { expect, it } from "vitest";
import { createGateway, MemoryPushBus } from "../src/index.js";
import { PacketPeer } from "./support/packet-peer.js";
import { randomOf, ShuffledDirectory, someTurns } from "./support/shuffled-directory.js";
import { identityOf } from "./support/started-gateway.js";

const INTERLEAVINGS = 10_000;
const DEVICES = ["phone", "laptop"];
/** How long it may take until all have come to rest. */
const PATIENCE_MS = 5_000;

/** A client that signs in, and may then leave in one way or another, at any moment. */
class Visitor {
  /** Goes along as a tag of the sign-in. */
  readonly name: string;
  readonly device: string;
  isOpen = false;
  leaves = false;
  readonly #peer: Promise<PacketPeer>;

  constructor(name: string, account: string, device: string, peer: Promise<PacketPeer>) {
    this.name = name;
    this.device = device;
    this.#peer = peer.then((connected) => {
      this.isOpen = true;
      void connected.conn.closed.then(() => {
        this.isOpen = false;
      });
      // It may leave, or be kicked out, before it is answered.
      void connected.signIn({ token: `${account}@${device}`, tags: [name] }).catch(() => {});
      return connected;
    });
  }

  async signOut(): Promise<void> {
    this.leaves = true;
    const peer = await this.#peer;
    try {
      peer.send({ command: commands.loginSignOut });
    } catch {
      // It was kicked out, or has disconnected.
    }
  }

  async disconnect(): Promise<void> {
    this.leaves = true;
    (await this.#peer).conn.destroy();
  }
}

const nameOf = (account: string, visitor = "") => `${account} ${visitor}`;

it(`${INTERLEAVINGS} interleavings of sign-in, kick-out, sign-out and disconnect on two gateways end on the last sign-in`, async () => {
  const random = randomOf(20_260_101);
  const directory = new ShuffledDirectory(random);
  const bus = new MemoryPushBus();
  const network = createMemoryNetwork();
  const dial = (url: string) => PacketPeer.connect(url, network.createDialer());
  const errors: unknown[] = [];
  /** The clients that had left by the time `authenticate` identified them. */
  const lateSignIns = new Set<string>();
  const start = async () => {
    const server = network.createServer({ maxAcceptsPerSecond: 1_000_000 });
    const gateway = createGateway({
      servers: [server],
      authenticate: async ({ token, tags }, { signal }) => {
        const identity = identityOf(token);
        await someTurns(random);
        if (signal.aborted) lateSignIns.add(nameOf(identity.account, tags[0]));
        return identity;
      },
      directory,
      bus,
      leaseMs: Number.POSITIVE_INFINITY,
      onError: (error) => errors.push(error),
    });
    await gateway.start();
    return { gateway, url: server.dialUrl };
  };
  const gateways = [await start(), await start()];

  /** What is wrong with where it has ended; undefined once all is well. */
  const complaint = (account: string, visitors: readonly Visitor[]): string | undefined => {
    const found = directory.find([account]);
    for (const device of DEVICES) {
      const last = directory.lastEntered.get(JSON.stringify([account, device]))?.tags[0];
      if (lateSignIns.has(nameOf(account, last))) return `${last} took the place of ${device} after it had left`;
      const stays = visitors.some(({ name, leaves }) => name === last && !leaves);
      const listed = found.filter((session) => session.device === device).map(({ tags }) => tags[0]);
      const open = visitors.filter((visitor) => visitor.device === device && visitor.isOpen && !visitor.leaves);
      const [wanted, has] = [stays ? `${last}` : "", `${listed}`];
      if (has !== wanted) return `the directory has [${has}] for ${device}, the last to sign in was [${wanted}]`;
      const live = open.map(({ name }) => name).join();
      if (live !== wanted) return `open for ${device} are [${live}], and the last to sign in was [${wanted}]`;
    }
    return undefined;
  };

  const arrive = (account: string, number: number) =>
    new Visitor(`visitor-${number}`, account, DEVICES[random(2)]!, dial(gateways[random(2)]!.url));

  const interleave = async (round: number): Promise<void> => {
    const account = `user-${round}`;
    const visitors: Visitor[] = [];
    const deeds: Promise<void>[] = [];
    for (let step = 3 + random(4); step > 0; step--) {
      const visitor = visitors[random(visitors.length)];
      const deed = random(6);
      if (!visitor || deed < 4) visitors.push(arrive(account, visitors.length));
      else deeds.push(deed === 4 ? visitor.signOut() : visitor.disconnect());
      await someTurns(random);
    }
    await Promise.all(deeds);
    let wrong: string | undefined = "";
    for (const untilMs = performance.now() + PATIENCE_MS; performance.now() < untilMs && wrong !== undefined; ) {
      await new Promise((resolve) => setImmediate(resolve));
      wrong = complaint(account, visitors);
    }
    expect(wrong, `interleaving ${round}`).toBeUndefined();
    await Promise.all(visitors.map((visitor) => visitor.disconnect()));
  };

  for (let round = 0; round < INTERLEAVINGS; round += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, index) => interleave(round + index)));
  }
  expect(errors).toEqual([]);
  expect(lateSignIns.size).toBeGreaterThan(0);
  for (const { gateway } of gateways) await gateway.shutdown({ signal: AbortSignal.abort() });
}, 120_000);
