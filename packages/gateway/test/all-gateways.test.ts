import { commands, createLogicPkt, Flag, Status } from "@im/wire";
import { decodeKickoutNotify } from "@im/wire/codec";
import { describe, expect, it, vi } from "vitest";
import { GatewayError, MemoryPushBus, MemorySessionDirectory } from "../src/index.js";
import { directoryWith } from "./support/directory-with.js";
import { PacketPeer } from "./support/packet-peer.js";
import { type Started, startGateway } from "./support/started-gateway.js";

/** Two gateways with one directory and one bus. */
async function startTwo(set?: (gateway: Started["gateway"]) => void) {
  const shared = { directory: new MemorySessionDirectory(), bus: new MemoryPushBus() };
  return [await startGateway(set, shared), await startGateway(set, shared)] as const;
}

/** Alice on two devices and Bob, on both gateways. */
async function signInThree(east: Started, west: Started) {
  return [
    await PacketPeer.signIn(east.ws, "alice@phone"),
    await PacketPeer.signIn(west.tcp, "alice@laptop"),
    await PacketPeer.signIn(west.ws, "bob"),
  ] as const;
}

describe("gateway.broadcast", () => {
  it("reaches every session of every gateway once, before what is pushed later", async () => {
    const [east, west] = await startTwo();
    const peers = await signInThree(east, west);
    const report = await east.gateway.broadcast("notice.all", Uint8Array.of(7));
    expect(report).toEqual({ delivered: 1, failed: [], busError: undefined });
    await east.gateway.push(["alice", "bob"], "notice.after");
    for (const peer of peers) {
      const notice = { command: "notice.all", flag: Flag.Push, sequence: 0, channelId: "", body: Uint8Array.of(7) };
      expect(await peer.logic()).toMatchObject(notice);
      expect(await peer.logic()).toMatchObject({ command: "notice.after" });
    }
  });

  it("encodes its body by the command map", async () => {
    const [east, west] = await startTwo();
    const [, laptop] = await signInThree(east, west);
    const push = { messageId: 1n, type: 1, body: "hello all", extra: "", sender: "us", sendTime: 0n };
    await east.gateway.broadcast(commands.chatUserTalk, push);
    const { body } = await laptop.logic();
    expect(new TextDecoder().decode(body)).toContain("hello all");
    expect(() => east.gateway.broadcast("no.codec", 7 as never)).toThrow(GatewayError);
  });

  it("calls the hook `pushed` of each gateway with its own count", async () => {
    const shared = { directory: new MemorySessionDirectory(), bus: new MemoryPushBus() };
    const [here, there] = [vi.fn(), vi.fn()];
    const east = await startGateway(undefined, { ...shared, hooks: { pushed: here } });
    const west = await startGateway(undefined, { ...shared, hooks: { pushed: there } });
    await signInThree(east, west);
    await east.gateway.broadcast("notice.all");
    expect([here.mock.calls, there.mock.calls]).toEqual([[["notice.all", 1]], [["notice.all", 2]]]);
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("away")), "away"],
    ["hangs", () => new Promise<never>(() => {}), "bus.broadcast took longer than 50 ms"],
  ])("reaches this gateway's sessions though the bus %s, and says so", async (_, broadcast, message) => {
    const memory = new MemoryPushBus();
    const bus = { subscribe: memory.subscribe.bind(memory), publish: memory.publish.bind(memory), broadcast };
    const started = await startGateway(undefined, { bus, portTimeoutMs: 50 });
    const alice = await PacketPeer.signIn(started.tcp, "alice");
    const report = await started.gateway.broadcast("notice.all");
    expect(report).toMatchObject({ delivered: 1, busError: { message } });
    expect(await alice.logic()).toMatchObject({ command: "notice.all" });
    expect(started.errors).toMatchObject([{ error: { message }, context: { during: "bus", command: "notice.all" } }]);
  });
});

describe("gateway.kick", () => {
  it("ends all sessions of an account on all gateways with the kick-out, and no others", async () => {
    const [east, west] = await startTwo((gateway) => gateway.handleRaw("a.b", (ctx) => ctx.respond()));
    const [phone, laptop, bob] = await signInThree(east, west);
    expect(await east.gateway.kick("alice", "banned")).toEqual({ kicked: 2, offline: [], failed: [] });
    for (const peer of [phone, laptop]) {
      const notice = await peer.logic("the kick-out");
      expect(notice).toMatchObject({ command: commands.loginSignIn, flag: Flag.Push, channelId: peer.channelId });
      expect(decodeKickoutNotify(notice.body).channelId).toBe(peer.channelId);
      expect(await peer.ended).toMatchObject({ code: 4001, reason: "banned" });
    }
    expect((await bob.request(createLogicPkt({ command: "a.b" }))).status).toBe(Status.Success);
  });

  it("ends one device, or one session, and reports accounts that are offline", async () => {
    const [east, west] = await startTwo();
    const [phone, laptop, bob] = await signInThree(east, west);
    const [session] = await east.gateway.presence.where("bob");
    const target = [{ account: "alice", device: "laptop" }, session!, "nobody"];
    expect(await east.gateway.kick(target, "")).toEqual({ kicked: 2, offline: ["nobody"], failed: [] });
    expect(await laptop.ended).toMatchObject({ code: 4001, reason: "" });
    expect(await bob.ended).toMatchObject({ code: 4001 });
    await east.gateway.push("alice", "a.b");
    expect(await phone.logic()).toMatchObject({ command: "a.b" });
  });

  it("makes the account offline, and the hook `ended` says kicked out", async () => {
    const ended = vi.fn();
    const { gateway, ws } = await startGateway(undefined, { hooks: { ended } });
    const offline = vi.fn();
    gateway.presence.on("offline", offline);
    const alice = await PacketPeer.signIn(ws, "alice");
    await gateway.kick("alice", "banned");
    await alice.ended;
    await vi.waitFor(() => expect(offline).toHaveBeenCalledTimes(1), 8_000);
    expect(ended.mock.calls).toMatchObject([[{ account: "alice" }, "kicked out"]]);
    expect(await gateway.presence.where("alice")).toEqual([]);
  });

  it("is no ban: the account can sign in again", async () => {
    const { gateway, ws } = await startGateway();
    const before = await PacketPeer.signIn(ws, "alice");
    await gateway.kick("alice", "once");
    await before.ended;
    const after = await PacketPeer.signIn(ws, "alice");
    expect(await gateway.presence.where("alice")).toMatchObject([{ channelId: after.channelId }]);
  });

  it("never rejects: what the directory or the bus cannot do stands in the report", async () => {
    const away = () => Promise.reject(new Error("away"));
    const directory = directoryWith(new MemorySessionDirectory(), { find: away });
    const started = await startGateway(undefined, { directory });
    const gone = { channelId: "c1", gatewayId: "gateway:gone" };
    const { kicked, failed } = await started.gateway.kick(["alice", gone], "banned");
    expect([kicked, failed]).toMatchObject([
      0,
      [
        { account: "alice", error: { message: "away" } },
        { channelId: "c1", error: { code: "IM_ERR_UNKNOWN_GATEWAY" } },
      ],
    ]);
    expect(started.errors).toMatchObject([{ context: { during: "directory" } }]);
  });

  it.each([
    ["no target", 7, "banned"],
    ["a reason of over 123 bytes", "alice", "é".repeat(62)],
    ["no reason", "alice", undefined],
  ])("throws for %s", async (_, target, reason) => {
    const { gateway } = await startGateway();
    const kick = () => gateway.kick(target as string, reason as string);
    expect(kick).toThrow(expect.objectContaining({ code: "IM_ERR_GATEWAY_ARGUMENT" }));
  });
});

describe("gateway.sessions", () => {
  it("counts and iterates the sessions of this gateway, on all its servers", async () => {
    const [east, west] = await startTwo();
    const sessions = west.gateway.sessions();
    expect([sessions.size, [...sessions]]).toEqual([0, []]);
    const [, laptop, bob] = await signInThree(east, west);
    expect(sessions.size).toBe(2);
    expect([...sessions]).toMatchObject([
      { account: "alice", device: "laptop", channelId: laptop.channelId, gatewayId: west.gateway.id },
      { account: "bob", device: "default", channelId: bob.channelId, data: undefined },
    ]);
    expect(east.gateway.sessions().size).toBe(1);
  });

  it("has none that has signed out, was kicked out or has gone", async () => {
    const { gateway, ws } = await startGateway();
    const peers = [];
    for (const name of ["alice", "bob", "carol", "dave"]) peers.push(await PacketPeer.signIn(ws, name));
    const [alice, , carol] = peers;
    await alice!.request({ command: commands.loginSignOut });
    await gateway.kick("bob", "banned");
    expect([...gateway.sessions()].map(({ account }) => account)).toEqual(["carol", "dave"]);
    await carol!.close();
    await vi.waitFor(() => expect(gateway.sessions().size).toBe(1), 8_000);
  });

  it("may change while it is iterated", async () => {
    const { gateway, ws } = await startGateway();
    for (const name of ["alice", "bob", "carol"]) await PacketPeer.signIn(ws, name);
    const kicked: string[] = [];
    for (const session of gateway.sessions()) {
      await gateway.kick(session, "all of you");
      kicked.push(session.account);
    }
    expect([kicked, gateway.sessions().size]).toEqual([["alice", "bob", "carol"], 0]);
  });
});
