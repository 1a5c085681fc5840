import { commands, Status } from "@im/wire";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { GatewaySettings } from "../src/gateway-options.js";
import { MemoryPushBus, MemorySessionDirectory } from "../src/index.js";
import { Lease } from "../src/session/lease.js";
import { RetryQueue } from "../src/session/retry-queue.js";
import { directoryWith } from "./support/directory-with.js";
import { PacketPeer } from "./support/packet-peer.js";
import { type Started, startGateway } from "./support/started-gateway.js";
import { gate, within } from "./support/within.js";

const never = () => new Promise<never>(() => {});
const codesOf = ({ errors }: Started) => errors.map(({ error }) => (error as { code?: string }).code);

describe("a directory that does not answer", () => {
  it("to a renewal: the gateway closes its sessions when the lease is over by its own clock", async () => {
    // Its own clock stands still: it is the gateway's that ends the lease.
    const memory = new MemorySessionDirectory(() => 0);
    let answers = true;
    const directory = directoryWith(memory, {
      renew: (gatewayId, leaseMs) => (answers ? memory.renew(gatewayId, leaseMs) : never()),
    });
    const started = await startGateway(undefined, { directory, leaseMs: 600 });
    const alice = await PacketPeer.signIn(started.tcp, "alice");
    answers = false;
    expect(await alice.ended).toMatchObject({ code: 1012, reason: "sign in again" });
    expect(codesOf(started)).toContain("IM_ERR_LEASE_LOST");
    await vi.waitFor(() => expect(codesOf(started)).toContain("IM_ERR_PORT_TIMEOUT"), 8_000);
  });

  it("to renewals: the gateway refuses sign-ins until one is answered, as no lease would end their sessions", async () => {
    const memory = new MemorySessionDirectory();
    let answers = true;
    const directory = directoryWith(memory, {
      renew(gatewayId, leaseMs) {
        // It acts, and its answer is lost.
        const hadLease = memory.renew(gatewayId, leaseMs);
        return answers ? hadLease : never();
      },
    });
    const started = await startGateway(undefined, { directory, leaseMs: 600 });
    const alice = await PacketPeer.signIn(started.tcp, "alice");
    answers = false;
    expect(await alice.ended).toMatchObject({ code: 1012 });
    const bob = await PacketPeer.connect(started.tcp);
    expect((await bob.signIn({ token: "bob" })).status).toBe(Status.SystemException);
    answers = true;
    await vi.waitFor(() => PacketPeer.signIn(started.tcp, "bob"), 8_000);
  });

  it("to a sign-out: it is still answered", async () => {
    const directory = directoryWith(new MemorySessionDirectory(), { leave: never });
    const started = await startGateway(undefined, { directory, portTimeoutMs: 50 });
    const alice = await PacketPeer.signIn(started.tcp, "alice");
    expect((await alice.request({ command: commands.loginSignOut })).status).toBe(Status.Success);
    expect(codesOf(started)).toEqual(["IM_ERR_PORT_TIMEOUT"]);
  });

  it("to anything: the shutdown ends, and reports it", async () => {
    const memory = new MemoryPushBus();
    const bus = {
      subscribe: (...args: Parameters<MemoryPushBus["subscribe"]>) => {
        memory.subscribe(...args);
        return never;
      },
      publish: memory.publish.bind(memory),
      broadcast: memory.broadcast.bind(memory),
    };
    const directory = directoryWith(new MemorySessionDirectory(), { leave: never, retire: never });
    const started = await startGateway(undefined, { directory, bus, portTimeoutMs: 50 });
    await PacketPeer.signIn(started.tcp, "alice");
    expect(await within(started.gateway.shutdown(), "the shutdown")).toEqual({ clean: 1, cut: 0 });
    expect(new Set(codesOf(started))).toEqual(new Set(["IM_ERR_PORT_TIMEOUT"]));
  });

  it("to a sign-in until it is too late: the entry is undone, and the displaced session is kicked out", async () => {
    const memory = new MemorySessionDirectory();
    const { opened, open } = gate();
    let signIns = 0;
    const directory = directoryWith(memory, {
      enter: (session) => (++signIns === 2 ? opened.then(() => memory.enter(session)) : memory.enter(session)),
    });
    const shared = { directory, bus: new MemoryPushBus() };
    const [east, west] = [
      await startGateway(undefined, shared),
      await startGateway(undefined, { ...shared, portTimeoutMs: 50 }),
    ];
    const first = await PacketPeer.signIn(east.tcp, "alice");
    const second = await PacketPeer.connect(west.tcp);
    expect((await second.signIn({ token: "alice" })).status).toBe(Status.SystemException);
    await second.ended;
    expect(await west.gateway.presence.where("alice")).toMatchObject([{ channelId: first.channelId }]);
    open();
    expect(await first.ended).toMatchObject({ code: 4001 });
    await vi.waitFor(async () => expect(await west.gateway.presence.where("alice")).toEqual([]));
  });
});

it("an answer to a sign-in that is late and malformed is reported", async () => {
  const memory = new MemorySessionDirectory();
  const { opened, open } = gate();
  const directory = directoryWith(memory, { enter: () => opened.then(() => undefined as never) });
  const started = await startGateway(undefined, { directory, portTimeoutMs: 50 });
  const alice = await PacketPeer.connect(started.tcp);
  expect((await alice.signIn({ token: "alice" })).status).toBe(Status.SystemException);
  open();
  await vi.waitFor(() => expect(started.errors).toHaveLength(2), 8_000);
  expect(started.errors[1]).toMatchObject({ error: expect.any(TypeError), context: { during: "directory" } });
});

describe("a sign-in that the directory takes, but whose answer is lost", () => {
  it("closes the session that it has displaced unseen, and no other", async () => {
    const memory = new MemorySessionDirectory();
    let signIns = 0;
    const directory = directoryWith(memory, {
      enter: (session) => {
        const entered = memory.enter(session);
        return ++signIns === 3 ? Promise.reject(new Error("the connection to the store was lost")) : entered;
      },
    });
    const { tcp, gateway } = await startGateway((to) => to.handleRaw("a.b", (ctx) => ctx.respond()), {
      directory,
    });
    const phone = await PacketPeer.signIn(tcp, "alice@phone");
    const laptop = await PacketPeer.signIn(tcp, "alice@laptop");
    const again = await PacketPeer.connect(tcp);
    expect((await again.signIn({ token: "alice@phone" })).status).toBe(Status.SystemException);
    expect(await phone.ended).toMatchObject({ code: 1012, reason: "sign in again" });
    expect((await laptop.request({ command: "a.b" })).status).toBe(Status.Success);
    expect(await gateway.presence.where("alice")).toMatchObject([{ channelId: laptop.channelId }]);
  });
});

const leaseSettings = (settings: Partial<GatewaySettings>) =>
  ({
    directory: new MemorySessionDirectory(),
    gatewayId: "gateway-1",
    portTimeoutMs: 1_000,
    report: () => {},
    ...settings,
  }) as GatewaySettings;

describe("a lease", () => {
  afterEach(() => void vi.restoreAllMocks());

  it("is not held if the answer to its renewal comes when it is over, since the process stood still", async () => {
    let nowMs = 0;
    vi.spyOn(performance, "now").mockImplementation(() => nowMs);
    const memory = new MemorySessionDirectory();
    const renew: typeof memory.renew = (gatewayId, leaseMs) => {
      nowMs += leaseMs;
      return memory.renew(gatewayId, leaseMs);
    };
    const { opened, open } = gate();
    const directory = directoryWith(memory, { renew });
    const events = { lost: open, renewed: () => {}, ending: () => {} };
    const lease = new Lease(leaseSettings({ directory, leaseMs: 300 }), events);
    await lease.begin();
    expect(lease.isHeld).toBe(false);
    await within(opened, "the loss of the lease");
    await lease.end();
  });

  it("is not held any more as soon as its time is over, before a timer fires", async () => {
    let nowMs = 0;
    vi.spyOn(performance, "now").mockImplementation(() => nowMs);
    const lost = vi.fn();
    const lease = new Lease(leaseSettings({ leaseMs: 60_000 }), { lost, renewed: () => {}, ending: () => {} });
    await lease.begin();
    expect(lease.isHeld).toBe(true);
    nowMs += 60_000;
    expect([lease.isHeld, lost.mock.calls.length]).toEqual([false, 0]);
    await lease.end();
  });
});

describe("a lease without end", () => {
  afterEach(() => void vi.useRealTimers());

  it("has failed sign-outs repeated all the same", async () => {
    vi.useFakeTimers();
    const settings = leaseSettings({ leaseMs: Number.POSITIVE_INFINITY });
    const retries = new RetryQueue(settings.report);
    let repeated = 0;
    retries.add(() => repeated++);
    const lost = vi.fn();
    const lease = new Lease(settings, { lost, renewed: () => retries.run(), ending: () => {} });
    await lease.begin();
    expect(repeated).toBe(0);
    await vi.advanceTimersByTimeAsync(15_000);
    expect([repeated, lost.mock.calls.length]).toEqual([1, 0]);
    await lease.end();
  });
});
