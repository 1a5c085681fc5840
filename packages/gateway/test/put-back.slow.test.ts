import { commands, Status } from "@im/wire";
import { decodeKickoutNotify } from "@im/wire/codec";
import { describe, expect, it, vi } from "vitest";
import {
  GatewayCloseCode,
  MemoryPushBus,
  MemorySessionDirectory,
  type PushGap,
  type SessionDirectory,
} from "../src/index.js";
import { DirectoryReconciler } from "../src/session/directory-reconciler.js";
import { directoryWith } from "./support/directory-with.js";
import { PacketPeer } from "./support/packet-peer.js";
import { type Started, startGateway } from "./support/started-gateway.js";
import { gate, within } from "./support/within.js";

/** Longer than a busy machine may stand still; the gateway renews three times in it. */
const LEASE_MS = 2_000;

const codesOf = ({ errors }: Started) => errors.map(({ error }) => (error as { code?: string }).code);
/** It may take some renewals on a busy machine. */
const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 8_000, interval: 20 });
const channelsOf = async ({ gateway }: Started, account: string) =>
  (await gateway.presence.where(account)).map(({ channelId }) => channelId).sort();
const lives = async (peer: PacketPeer) =>
  expect((await peer.request({ command: "no.such" })).status).toBe(Status.NotImplemented);

describe("sessions of a directory that comes back empty", () => {
  it("stay open and are found again within one lease; a hook counts them", async () => {
    // Its clock stands still, so that no lease ends by itself.
    const directory = new MemorySessionDirectory(() => 0);
    const calls: unknown[] = [];
    const hooks = {
      directoryState: (state: string) => calls.push(state),
      restored: (sessions: number) => calls.push(sessions),
    };
    const started = await startGateway(undefined, { directory, leaseMs: LEASE_MS, hooks });
    const peers = [
      await PacketPeer.signIn(started.ws, "alice@phone"),
      await PacketPeer.signIn(started.tcp, "alice@pc"),
    ];
    directory.clear();
    const channelIds = peers.map(({ channelId }) => channelId).sort();
    await soon(async () => expect(await channelsOf(started, "alice")).toEqual(channelIds));
    for (const peer of peers) await lives(peer);
    await soon(() => expect(calls).toEqual(["refilling", 2, "complete"]));
    expect(codesOf(started)).toEqual(["IM_ERR_LEASE_LOST"]);
  });

  it("have a gap in their pushes, which is told when they are back; those that the directory kept have none", async () => {
    const directory = new MemorySessionDirectory(() => 0);
    const beganMs = performance.now();
    const started = await startGateway(undefined, { directory, leaseMs: LEASE_MS });
    const gaps: PushGap[] = [];
    const remove = started.gateway.onPushGap((gap) => {
      gaps.push(gap);
      throw new Error("of the listener");
    });
    started.gateway.onPushGap(() => remove());
    const phone = await PacketPeer.signIn(started.ws, "alice@phone");
    const bob = await PacketPeer.signIn(started.tcp, "bob");
    const lost = (await started.gateway.presence.where("alice"))[0]!;
    directory.leave(lost);
    await soon(() => expect(gaps).toHaveLength(1));
    expect(gaps[0]!.sessions.map(({ channelId }) => channelId)).toEqual([phone.channelId]);
    expect(gaps[0]!.lastMs).toBeGreaterThan(0);
    expect(gaps[0]!.lastMs).toBeLessThan(performance.now() - beganMs);
    expect(await channelsOf(started, "alice")).toEqual([phone.channelId]);
    expect(started.errors).toMatchObject([{ error: { message: "of the listener" }, context: { during: "bus" } }]);
    directory.clear();
    await soon(async () => expect(await channelsOf(started, "bob")).toEqual([bob.channelId]));
    expect(gaps).toHaveLength(1);
  });

  it("are put back in batches, all of them", async () => {
    const directory = new MemorySessionDirectory();
    const batches: number[] = [];
    const counting = directoryWith(directory, {
      restore: async (sessions, options) => {
        batches.push(sessions.length);
        return directory.restore(sessions, options);
      },
    });
    const accounts = Array.from({ length: 1_100 }, (_, n) => `user-${n}`);
    const sessions = accounts.map((account, n) => ({
      record: { account, device: "phone", channelId: account, gatewayId: "gateway-1" },
      epoch: n + 1,
      isEntered: true,
      restoring: [],
    }));
    const settings = { directory: counting, sharesDirectory: true, portTimeoutMs: 8_000, leaseMs: LEASE_MS, hooks: {} };
    const parts = {
      registry: { sessions: () => sessions },
      evictor: { evictDisplaced() {} },
      health: { lostData() {} },
      gaps: { tell() {} },
    };
    directory.renew("gateway-1", 60_000);
    await new DirectoryReconciler(settings as never, parts as never).run(true);
    expect(directory.find(accounts)).toHaveLength(1_100);
    expect(batches).toEqual([500, 500, 100]);
  });

  it("end when a newer sign-in came while it was empty", async () => {
    const directory = new MemorySessionDirectory();
    const shared = { directory, bus: new MemoryPushBus(), leaseMs: LEASE_MS };
    const [east, west] = [await startGateway(undefined, shared), await startGateway(undefined, shared)];
    const older = await PacketPeer.signIn(east.tcp, "alice");
    directory.clear();
    const newer = await PacketPeer.signIn(west.tcp, "alice");
    expect(decodeKickoutNotify((await older.logic()).body).channelId).toBe(older.channelId);
    expect(await older.ended).toMatchObject({ code: GatewayCloseCode.KickedOut });
    await soon(async () => expect(await channelsOf(west, "alice")).toEqual([newer.channelId]));
    await lives(newer);
  });

  it("say nothing of presence: an account with a session elsewhere is not offline when one leaves meanwhile", async () => {
    const [memory, bus] = [new MemorySessionDirectory(), new MemoryPushBus()];
    let isHeld = true;
    const slow = directoryWith(memory, {
      restore: (sessions, options) =>
        isHeld ? (Promise.reject(new Error("away")) as never) : memory.restore(sessions, options),
    });
    const states = { east: "complete", west: "complete" };
    const startNamed = (name: "east" | "west", directory: SessionDirectory) => {
      const hooks = { directoryState: (state: string) => Object.assign(states, { [name]: state }) };
      return startGateway(undefined, { bus, leaseMs: LEASE_MS, directory, hooks });
    };
    const [east, west] = [await startNamed("east", memory), await startNamed("west", slow)];
    const said: string[] = [];
    const offline = gate();
    for (const { gateway } of [east, west]) {
      gateway.presence.on("online", (account) => said.push(`${account} online`));
      gateway.presence.on("offline", (account) => {
        said.push(`${account} offline`);
        offline.open();
      });
    }
    const phone = await PacketPeer.signIn(east.tcp, "alice@phone");
    const laptop = await PacketPeer.signIn(west.tcp, "alice@laptop");
    memory.clear();
    await soon(async () => expect(await channelsOf(east, "alice")).toEqual([phone.channelId]));
    await phone.request({ command: commands.loginSignOut });
    isHeld = false;
    await soon(async () => expect(await channelsOf(west, "alice")).toEqual([laptop.channelId]));
    await soon(() => expect(states).toEqual({ east: "complete", west: "complete" }));
    expect(said).toEqual(["alice online"]);
    await laptop.request({ command: commands.loginSignOut });
    await within(offline.opened, "the end of the account");
    expect(said).toEqual(["alice online", "alice offline"]);
  });
});

describe("a gateway that was away longer than its lease", () => {
  /** `there` is away as long as `isAway`, by its directory and by the bus. */
  async function startPaused() {
    const memory = new MemorySessionDirectory();
    const bus = new MemoryPushBus();
    const state = { isAway: false };
    const away = () => Promise.reject(new Error("away")) as never;
    const directory = directoryWith(memory, {
      renew: (gatewayId, leaseMs) => (state.isAway ? away() : memory.renew(gatewayId, leaseMs)),
      restore: (sessions, options) => (state.isAway ? away() : memory.restore(sessions, options)),
    });
    const deaf = {
      subscribe: () => () => {},
      publish: bus.publish.bind(bus),
      broadcast: bus.broadcast.bind(bus),
    };
    const here = await startGateway(undefined, { directory: memory, bus, leaseMs: LEASE_MS });
    const there = await startGateway(undefined, { directory, bus: deaf, leaseMs: LEASE_MS });
    const pause = () => {
      state.isAway = true;
      // Its lease is over.
      memory.retire(there.gateway.id);
    };
    return { here, there, pause, resume: () => Object.assign(state, { isAway: false }) };
  }

  it("overwrites nothing newer: its displaced sessions end with a kick-out, the others live on", async () => {
    const { here, there, pause, resume } = await startPaused();
    const [alice, bob] = [await PacketPeer.signIn(there.tcp, "alice"), await PacketPeer.signIn(there.ws, "bob")];
    pause();
    const newer = await PacketPeer.signIn(here.tcp, "alice");
    resume();
    expect(decodeKickoutNotify((await alice.logic()).body).channelId).toBe(alice.channelId);
    expect(await alice.ended).toMatchObject({ code: GatewayCloseCode.KickedOut });
    await soon(async () => expect(await channelsOf(here, "bob")).toEqual([bob.channelId]));
    await lives(bob);
    expect(await channelsOf(here, "alice")).toEqual([newer.channelId]);
  });

  it("keeps to maxDevicesPerAccount: devices that signed in meanwhile count", async () => {
    const { here, there, pause, resume } = await startPaused();
    const peers: PacketPeer[] = [];
    for (let device = 0; device < 16; device++) peers.push(await PacketPeer.signIn(there.tcp, `alice@${device}`));
    pause();
    const newer = await PacketPeer.signIn(here.tcp, "alice@new");
    resume();
    expect(await peers[0]!.ended).toMatchObject({ code: GatewayCloseCode.KickedOut });
    const staying = [...peers.slice(1), newer].map(({ channelId }) => channelId).sort();
    await soon(async () => expect(await channelsOf(here, "alice")).toEqual(staying));
    for (const peer of peers.slice(1)) await lives(peer);
  });
});

it("a session that signs out while it is put back does not come back", async () => {
  const memory = new MemorySessionDirectory();
  const [asked, answer] = [gate(), gate()];
  let leaves = 0;
  const directory = directoryWith(memory, {
    restore: async (sessions, options) => {
      asked.open();
      await answer.opened;
      return memory.restore(sessions, options);
    },
    leave: (session) => {
      leaves++;
      return memory.leave(session);
    },
  });
  const started = await startGateway(undefined, { directory, leaseMs: LEASE_MS, portTimeoutMs: 100 });
  const alice = await PacketPeer.signIn(started.tcp, "alice");
  await within(asked.opened, "the comparison with the directory");
  expect((await alice.request({ command: commands.loginSignOut })).status).toBe(Status.Success);
  expect(await channelsOf(started, "alice")).toEqual([]);
  answer.open();
  await soon(() => expect(leaves).toBe(2));
  expect(await channelsOf(started, "alice")).toEqual([]);
});

it("while renewals are not answered sessions live on, and sign-ins are refused until one is answered", async () => {
  // Its clock stands still: it is the gateway's that ends the lease.
  const memory = new MemorySessionDirectory(() => 0);
  let answers = true;
  const directory = directoryWith(memory, {
    renew(gatewayId, leaseMs) {
      // It acts, and its answer is lost.
      const hadLease = memory.renew(gatewayId, leaseMs);
      return answers ? hadLease : new Promise<never>(() => {});
    },
  });
  const states: string[] = [];
  const hooks = { directoryState: (state: string) => states.push(state) };
  const started = await startGateway(undefined, { directory, leaseMs: LEASE_MS, hooks });
  const alice = await PacketPeer.signIn(started.tcp, "alice");
  answers = false;
  await vi.waitFor(async () => {
    const bob = await PacketPeer.connect(started.tcp);
    expect((await bob.signIn({ token: "bob" })).status).toBe(Status.SystemException);
  }, 8_000);
  expect(codesOf(started)).toContain("IM_ERR_LEASE_LOST");
  await vi.waitFor(() => expect(states).toEqual(["unreachable"]), 8_000);
  expect(codesOf(started)).toContain("IM_ERR_PORT_TIMEOUT");
  answers = true;
  await vi.waitFor(() => PacketPeer.signIn(started.tcp, "bob"), 8_000);
  expect(states).toEqual(["unreachable", "complete"]);
  expect((await alice.request({ command: "a.b" })).status).toBe(Status.NotImplemented);
});
