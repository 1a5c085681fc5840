import { commands } from "@im/wire";
import { describe, expect, it, vi } from "vitest";
import { MemoryPushBus, MemorySessionDirectory, type SessionDirectory } from "../src/index.js";
import { directoryWith } from "./support/directory-with.js";
import { PacketPeer } from "./support/packet-peer.js";
import { type Started, startGateway } from "./support/started-gateway.js";
import { gate, within } from "./support/within.js";

/** What presence says of accounts, in order. */
function eventsOf({ gateway }: Started): { readonly said: string[]; until(event: string): Promise<void> } {
  const said: string[] = [];
  const waiting = new Map<string, () => void>();
  for (const event of ["online", "offline"] as const) {
    gateway.presence.on(event, (account) => {
      said.push(`${account} ${event}`);
      waiting.get(`${account} ${event}`)?.();
    });
  }
  const until = async (event: string) => {
    const { opened, open } = gate();
    waiting.set(event, open);
    if (!said.includes(event)) await within(opened, event);
  };
  return { said, until };
}

it("an account is online with its first device, and offline when its last is gone", async () => {
  const started = await startGateway();
  const { said, until } = eventsOf(started);
  const phone = await PacketPeer.signIn(started.ws, "alice@phone");
  const laptop = await PacketPeer.signIn(started.tcp, "alice@laptop");
  await phone.request({ command: commands.loginSignOut });
  expect(said).toEqual(["alice online"]);
  await laptop.close();
  await until("alice offline");
  expect(said).toEqual(["alice online", "alice offline"]);
});

it("an offline event says how the last session ended", async () => {
  const started = await startGateway();
  const ends: unknown[] = [];
  const { opened, open } = gate();
  started.gateway.presence.on("online", (account, _, end) => ends.push([account, end]));
  started.gateway.presence.on("offline", (account, _, end) => {
    ends.push([account, end]);
    if (ends.length === 6) open();
  });
  const [alice, , carol] = [
    await PacketPeer.signIn(started.ws, "alice"),
    await PacketPeer.signIn(started.ws, "bob"),
    await PacketPeer.signIn(started.tcp, "carol"),
  ];
  await alice.request({ command: commands.loginSignOut });
  await started.gateway.kick("bob", "test");
  await carol.close();
  await within(opened, "the end of all three");
  const begun = ["alice", "bob", "carol"].map((account) => [account, undefined]);
  const over = [
    ["alice", "signed out"],
    ["bob", "kicked out"],
    ["carol", "disconnected"],
  ];
  expect(ends.slice(0, 3)).toEqual(begun);
  expect(ends.slice(3).sort()).toEqual(over);
});

describe("an account with two devices whose gateway lost its lease", () => {
  /** A lease so long that it is not renewed during a test. */
  const NEVER_RENEWED_MS = 3_600_000;

  /** A gateway whose places are forgotten as soon as `lose` is called. */
  async function startLosing(
    leaseMs: number,
    calls: (memory: MemorySessionDirectory) => Partial<SessionDirectory> = () => ({}),
  ) {
    let nowMs = 0;
    const memory = new MemorySessionDirectory(() => nowMs);
    const directory = directoryWith(memory, calls(memory));
    const started = await startGateway(undefined, { directory, leaseMs });
    const peers = [
      await PacketPeer.signIn(started.ws, "alice@phone"),
      await PacketPeer.signIn(started.tcp, "alice@laptop"),
    ];
    const lose = () => {
      nowMs += leaseMs + 1;
    };
    return { started, peers, lose };
  }

  it("goes offline once, though both sessions end at the same time", async () => {
    const find = gate();
    const { started, peers, lose } = await startLosing(NEVER_RENEWED_MS, (memory) => ({
      find: (accounts) => find.opened.then(() => memory.find(accounts)),
    }));
    const { said, until } = eventsOf(started);
    const signedOut = peers.map((peer) => peer.request({ command: commands.loginSignOut }));
    lose();
    find.open();
    await Promise.all(signedOut);
    await until("alice offline");
    expect(said).toEqual(["alice offline"]);
  });

  it("goes offline once, though one session ends after the other", async () => {
    const { started, peers, lose } = await startLosing(NEVER_RENEWED_MS);
    const { said, until } = eventsOf(started);
    lose();
    for (const peer of peers) await peer.request({ command: commands.loginSignOut });
    await until("alice offline");
    expect(said).toEqual(["alice offline"]);
  });

  it("says nothing when both are put back, and goes offline once when both have left", async () => {
    const { started, peers, lose } = await startLosing(600);
    const { said, until } = eventsOf(started);
    lose();
    await vi.waitFor(async () => expect(await started.gateway.presence.where("alice")).toHaveLength(2), 8_000);
    expect(said).toEqual([]);
    for (const peer of peers) await peer.close();
    await until("alice offline");
    expect(said).toEqual(["alice offline"]);
  });
});

it("an account goes offline once, though the answer to the end of one of its sessions was lost", async () => {
  const memory = new MemorySessionDirectory();
  let losses = 1;
  const leave: SessionDirectory["leave"] = (session) => {
    const left = memory.leave(session);
    return losses-- > 0 ? new Promise<never>(() => {}) : left;
  };
  const repeated = gate();
  const find: SessionDirectory["find"] = (accounts) => {
    repeated.open();
    return memory.find(accounts);
  };
  const directory = directoryWith(memory, { leave, find });
  const started = await startGateway(undefined, { directory, leaseMs: 3_000, portTimeoutMs: 50 });
  const { said } = eventsOf(started);
  const phone = await PacketPeer.signIn(started.ws, "alice@phone");
  const laptop = await PacketPeer.signIn(started.tcp, "alice@laptop");
  await phone.request({ command: commands.loginSignOut });
  await laptop.request({ command: commands.loginSignOut });
  await within(repeated.opened, "the repetition of the first sign-out");
  const bob = await PacketPeer.signIn(started.tcp, "bob");
  await bob.request({ command: commands.loginSignOut });
  expect(said).toEqual(["alice online", "alice offline", "bob online", "bob offline"]);
});

it("an account goes offline, though the answer to its second sign-in overtook that to its first", async () => {
  const memory = new MemorySessionDirectory();
  const firstActed = gate();
  const firstAnswer = gate();
  const enter: SessionDirectory["enter"] = (session, options) => {
    const entered = memory.enter(session, options);
    if (session.device !== "phone") return entered;
    firstActed.open();
    return firstAnswer.opened.then(() => entered);
  };
  const started = await startGateway(undefined, { directory: directoryWith(memory, { enter }) });
  const { said, until } = eventsOf(started);
  const signingIn = PacketPeer.signIn(started.ws, "alice@phone");
  await within(firstActed.opened, "the first sign-in to be in the directory");
  const laptop = await PacketPeer.signIn(started.tcp, "alice@laptop");
  firstAnswer.open();
  const phone = await signingIn;
  await phone.request({ command: commands.loginSignOut });
  await laptop.request({ command: commands.loginSignOut });
  await until("alice offline");
  expect(said).toEqual(["alice online", "alice offline"]);
});

it("an account is online again, though the answer to its sign-out overtook that to its newest sign-in", async () => {
  const memory = new MemorySessionDirectory();
  const [phoneLeft, tabletEntered] = [gate(), gate()];
  const [leaveAnswer, enterAnswer] = [gate(), gate()];
  const directory = directoryWith(memory, {
    leave(session) {
      const left = memory.leave(session);
      if (session.device !== "phone") return left;
      phoneLeft.open();
      return leaveAnswer.opened.then(() => left);
    },
    enter(session, options) {
      const entered = memory.enter(session, options);
      if (session.device !== "tablet") return entered;
      tabletEntered.open();
      return enterAnswer.opened.then(() => entered);
    },
  });
  const started = await startGateway(undefined, { directory });
  const { said, until } = eventsOf(started);
  const phone = await PacketPeer.signIn(started.ws, "alice@phone");
  const signingOut = phone.request({ command: commands.loginSignOut });
  await within(phoneLeft.opened, "the phone to leave the directory");
  const laptop = await PacketPeer.signIn(started.tcp, "alice@laptop");
  const signingIn = PacketPeer.signIn(started.ws, "alice@tablet");
  await within(tabletEntered.opened, "the tablet to be in the directory");
  await laptop.request({ command: commands.loginSignOut });
  leaveAnswer.open();
  await signingOut;
  await until("alice offline");
  enterAnswer.open();
  const tablet = await signingIn;
  expect(said.at(-1)).toBe("alice online");
  await tablet.request({ command: commands.loginSignOut });
  expect(said).toEqual(["alice online", "alice online", "alice offline", "alice online", "alice offline"]);
});

it("a kick-out makes no account offline", async () => {
  const started = await startGateway();
  const { said } = eventsOf(started);
  const first = await PacketPeer.signIn(started.ws, "alice");
  await PacketPeer.signIn(started.ws, "alice");
  await first.ended;
  expect(said).toEqual(["alice online"]);
});

it("finds the sessions of accounts", async () => {
  const { gateway, ws, tcp } = await startGateway();
  const phone = await PacketPeer.signIn(ws, { token: "alice@phone", tags: ["beta"] });
  const laptop = await PacketPeer.signIn(tcp, "alice@laptop");
  const own = { account: "alice", gatewayId: gateway.id, remoteIp: "127.0.0.1" };
  expect(await gateway.presence.where("alice")).toMatchObject([
    { ...own, device: "phone", channelId: phone.channelId, tags: ["beta"] },
    { ...own, device: "laptop", channelId: laptop.channelId },
  ]);
  expect([...(await gateway.presence.online(["bob", "alice", "carol"]))]).toEqual(["alice"]);
});

it("a listener that throws is reported and stops no other; one that was removed is not called", async () => {
  const started = await startGateway();
  const events: string[] = [];
  const end = started.gateway.presence.on("online", () => events.push("no"));
  end();
  started.gateway.presence.on("online", () => {
    throw new Error("a broken listener");
  });
  started.gateway.presence.on("online", (account) => events.push(account));
  await PacketPeer.signIn(started.ws, "alice");
  expect(events).toEqual(["alice"]);
  expect(started.errors).toMatchObject([{ context: { during: "presence" } }]);
});

describe("an account whose session was displaced by another gateway, and is slow to close", () => {
  /** The peer of the older session does not answer the Close, so that session leaves last, at the close wait. */
  async function displace() {
    const memory = new MemorySessionDirectory();
    const olderLeaves = gate();
    let olderId = "";
    const leave: SessionDirectory["leave"] = (session) => {
      if (session.channelId === olderId) olderLeaves.open();
      return memory.leave(session);
    };
    const ports = { directory: directoryWith(memory, { leave }), bus: new MemoryPushBus() };
    const here = await startGateway(undefined, ports, { closeWaitMs: 300 });
    const there = await startGateway(undefined, ports);
    const events = { here: eventsOf(here), there: eventsOf(there) };
    const older = await PacketPeer.signIn(here.tcp, "alice");
    olderId = older.channelId;
    older.conn.pauseReading();
    const newer = await PacketPeer.signIn(there.tcp, "alice");
    const olderLeft = async () => {
      await within(olderLeaves.opened, "the end of the older session");
      const bob = await PacketPeer.signIn(here.tcp, "bob");
      await bob.request({ command: commands.loginSignOut });
    };
    return { events, newer, olderLeft };
  }

  it("goes offline once, at the gateway of the newer session", async () => {
    const { events, newer, olderLeft } = await displace();
    await newer.request({ command: commands.loginSignOut });
    await events.there.until("alice offline");
    await olderLeft();
    expect(events.here.said).toEqual(["alice online", "bob online", "bob offline"]);
    expect(events.there.said).toEqual(["alice offline"]);
  });

  it("stays online while the newer session lives", async () => {
    const { events, olderLeft } = await displace();
    await olderLeft();
    expect(events.here.said).toEqual(["alice online", "bob online", "bob offline"]);
    expect(events.there.said).toEqual([]);
  });
});

it("an account whose session was kicked goes offline, though the directory's answer to its end was lost", async () => {
  const memory = new MemorySessionDirectory();
  let losses = 1;
  const leave: SessionDirectory["leave"] = (session) => {
    const left = memory.leave(session);
    return losses-- > 0 ? new Promise<never>(() => {}) : left;
  };
  const directory = directoryWith(memory, { leave });
  const started = await startGateway(undefined, { directory, leaseMs: 300, portTimeoutMs: 50 });
  const { said, until } = eventsOf(started);
  await PacketPeer.signIn(started.tcp, "alice");
  await started.gateway.kick("alice", "moderated");
  await until("alice offline");
  expect(said).toEqual(["alice online", "alice offline"]);
});
