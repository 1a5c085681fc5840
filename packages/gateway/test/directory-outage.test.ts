import { commands, Status } from "@im/wire";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { GatewaySettings } from "../src/gateway-options.js";
import { MemoryPushBus, MemorySessionDirectory } from "../src/index.js";
import { Lease, type LeaseEvents } from "../src/session/lease.js";
import { RetryQueue } from "../src/session/retry-queue.js";
import { directoryWith } from "./support/directory-with.js";
import { PacketPeer } from "./support/packet-peer.js";
import { type Started, startGateway } from "./support/started-gateway.js";
import { gate, within } from "./support/within.js";

const never = () => new Promise<never>(() => {});
const codesOf = ({ errors }: Started) => errors.map(({ error }) => (error as { code?: string }).code);

describe("a directory that does not answer", () => {
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
  it("is undone, and the session that it has displaced unseen is put back", async () => {
    const memory = new MemorySessionDirectory();
    let signIns = 0;
    const directory = directoryWith(memory, {
      enter: (session) => {
        const entered = memory.enter(session);
        return ++signIns === 3 ? Promise.reject(new Error("the connection to the store was lost")) : entered;
      },
    });
    const options = { directory, leaseMs: 3_000 };
    const { tcp, gateway } = await startGateway((to) => to.handleRaw("a.b", (ctx) => ctx.respond()), options);
    const phone = await PacketPeer.signIn(tcp, "alice@phone");
    const laptop = await PacketPeer.signIn(tcp, "alice@laptop");
    const again = await PacketPeer.connect(tcp);
    expect((await again.signIn({ token: "alice@phone" })).status).toBe(Status.SystemException);
    const channelIds = [phone.channelId, laptop.channelId].sort();
    await vi.waitFor(async () => {
      const found = await gateway.presence.where("alice");
      expect(found.map(({ channelId }) => channelId).sort()).toEqual(channelIds);
    }, 8_000);
    for (const peer of [phone, laptop]) expect((await peer.request({ command: "a.b" })).status).toBe(Status.Success);
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

const leaseEvents = (events: Partial<LeaseEvents> = {}): LeaseEvents => ({
  renewed: () => {},
  failed: () => {},
  ending: () => {},
  ...events,
});

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
    const directory = directoryWith(memory, { renew });
    const lease = new Lease(leaseSettings({ directory, leaseMs: 300 }), leaseEvents());
    await lease.begin();
    expect(lease.isHeld).toBe(false);
    await lease.end();
  });

  it("is not held any more as soon as its time is over, before a timer fires", async () => {
    let nowMs = 0;
    vi.spyOn(performance, "now").mockImplementation(() => nowMs);
    const lease = new Lease(leaseSettings({ leaseMs: 60_000 }), leaseEvents());
    await lease.begin();
    expect(lease.isHeld).toBe(true);
    nowMs += 60_000;
    expect(lease.isHeld).toBe(false);
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
    const lease = new Lease(settings, leaseEvents({ renewed: () => retries.run() }));
    await lease.begin();
    expect(repeated).toBe(0);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(repeated).toBe(1);
    await lease.end();
  });
});
