import { basicPong, commands, Flag, marshal, Status } from "@im/wire";
import { decodeKickoutNotify } from "@im/wire/codec";
import { describe, expect, it, vi } from "vitest";
import { MemoryPushBus, MemorySessionDirectory } from "../src/index.js";
import { directoryWith } from "./support/directory-with.js";
import { PacketPeer } from "./support/packet-peer.js";
import { startGateway } from "./support/started-gateway.js";
import { gate } from "./support/within.js";

describe("a second sign-in of the same account and device", () => {
  it.each([
    ["ws", "tcp"],
    ["tcp", "ws"],
    ["tcp", "tcp"],
  ] as const)("from %s to %s sends the first a kick-out, then closes it", async (from, to) => {
    const started = await startGateway();
    const first = await PacketPeer.signIn(started[from], "alice");
    const second = await PacketPeer.signIn(started[to], "alice");
    const notice = await first.logic("the kick-out");
    expect(notice).toMatchObject({ command: commands.loginSignIn, flag: Flag.Push, status: Status.Success });
    expect(decodeKickoutNotify(notice.body).channelId).toBe(first.channelId);
    expect(await first.ended).toMatchObject({ code: 4001 });
    expect(await started.gateway.presence.where("alice")).toMatchObject([{ channelId: second.channelId }]);
  });

  it("closes the first even if it ignores the kick-out", async () => {
    const { tcp, gateway } = await startGateway(undefined, {}, { closeWaitMs: 100 });
    const first = await PacketPeer.signIn(tcp, "alice");
    first.conn.pauseReading();
    await PacketPeer.signIn(tcp, "alice");
    await vi.waitFor(async () => {
      const { failed } = await gateway.push({ channelId: first.channelId }, "a.b");
      expect(failed).toMatchObject([{ error: { code: "IM_ERR_UNKNOWN_CHANNEL" } }]);
    }, 5_000);
  });

  it("leaves other devices alone", async () => {
    const { ws, gateway } = await startGateway((to) => to.handleRaw("a.b", (ctx) => ctx.respond()));
    const phone = await PacketPeer.signIn(ws, "alice@phone");
    const laptop = await PacketPeer.signIn(ws, "alice@laptop");
    await PacketPeer.signIn(ws, "alice@phone");
    await phone.ended;
    expect((await laptop.request({ command: "a.b" })).status).toBe(Status.Success);
    expect(await gateway.presence.where("alice")).toHaveLength(2);
  });

  it("takes nothing more from the first", async () => {
    const handled: string[] = [];
    const { tcp } = await startGateway((gateway) => {
      gateway.handleRaw("a.b", (ctx) => {
        handled.push(ctx.session.channelId);
        ctx.respond();
      });
    });
    const first = await PacketPeer.signIn(tcp, "alice");
    const second = await PacketPeer.signIn(tcp, "alice");
    try {
      first.send({ command: "a.b" });
    } catch {
      // Closed already: that is well too.
    }
    await first.ended;
    await second.request({ command: "a.b" });
    expect(handled).toEqual([second.channelId]);
  });

  it("fault 19: neither a sign-out nor the end of the first deletes the second", async () => {
    const memory = new MemorySessionDirectory();
    const { opened, open } = gate();
    // The sign-out of the first is on its way while the second enters.
    const directory = directoryWith(memory, { leave: (session) => opened.then(() => memory.leave(session)) });
    const { tcp, gateway } = await startGateway(undefined, { directory });
    const first = await PacketPeer.signIn(tcp, "alice");
    first.send({ command: commands.loginSignOut });
    await vi.waitFor(async () => expect((await gateway.push({ channelId: first.channelId }, "a.b")).delivered).toBe(0));
    const second = await PacketPeer.signIn(tcp, "alice");
    open();
    await first.ended;
    expect(await gateway.presence.where("alice")).toMatchObject([{ channelId: second.channelId }]);
    await gateway.push("alice", "a.b");
    expect(await second.logic()).toMatchObject({ command: "a.b", flag: Flag.Push });
  });
});

describe("a kick-out over the bus with a close code that cannot be sent", () => {
  it.each([1005, 70_000, Number.NaN])("%d closes the channel with 1008", async (code) => {
    const bus = new MemoryPushBus();
    const { tcp, gateway } = await startGateway(undefined, { bus });
    const alice = await PacketPeer.signIn(tcp, "alice");
    const close = { code, reason: "from another version" };
    bus.publish(gateway.id, { channelIds: [alice.channelId], packet: marshal(basicPong), close });
    expect(await alice.ended).toMatchObject({ code: 1008 });
  });
});

describe("two gateways with one directory and one bus", () => {
  async function startTwo() {
    const shared = { directory: new MemorySessionDirectory(), bus: new MemoryPushBus() };
    return [await startGateway(undefined, shared), await startGateway(undefined, shared)] as const;
  }

  it("kick across: the second sign-in at one closes the first at the other", async () => {
    const [east, west] = await startTwo();
    const first = await PacketPeer.signIn(east.tcp, "alice");
    const second = await PacketPeer.signIn(west.ws, "alice");
    expect(decodeKickoutNotify((await first.logic()).body).channelId).toBe(first.channelId);
    expect(await first.ended).toMatchObject({ code: 4001 });
    expect(await east.gateway.presence.where("alice")).toMatchObject([
      { channelId: second.channelId, gatewayId: west.gateway.id },
    ]);
  });

  it("push across, and a gateway that has ended counts as failed", async () => {
    const [east, west] = await startTwo();
    const alice = await PacketPeer.signIn(east.tcp, "alice");
    const [session] = await west.gateway.presence.where("alice");
    expect(await west.gateway.push("alice", "a.b", Uint8Array.of(7))).toMatchObject({ delivered: 1, failed: [] });
    expect(await alice.logic()).toMatchObject({ command: "a.b", body: Uint8Array.of(7) });
    await east.gateway.shutdown();
    expect(await west.gateway.push("alice", "a.b")).toMatchObject({ delivered: 0, offline: ["alice"] });
    const { failed } = await west.gateway.push(session!, "a.b");
    expect(failed).toMatchObject([{ channelId: alice.channelId, error: { code: "IM_ERR_UNKNOWN_GATEWAY" } }]);
  });

  it("fault 19: when one dies without a sign-out, its sessions are not found any more", async () => {
    let nowMs = 0;
    const directory = new MemorySessionDirectory(() => nowMs);
    const bus = new MemoryPushBus();
    // So long that neither renews during the test.
    const leaseMs = 60_000;
    const dead = await startGateway(undefined, { directory, bus, leaseMs });
    await PacketPeer.signIn(dead.tcp, "alice");
    nowMs += leaseMs + 1;
    const alive = await startGateway(undefined, { directory, bus, leaseMs });
    expect(await alive.gateway.presence.where("alice")).toEqual([]);
    expect(await alive.gateway.push("alice", "a.b")).toMatchObject({ offline: ["alice"] });
  });
});
