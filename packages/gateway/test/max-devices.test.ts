import { commands, MetaType, Status } from "@im/wire";
import { Extension, extensionMetaKeys, extensionTag } from "@im/wire/codec";
import { describe, expect, it } from "vitest";
import { type GatewayOptions, gatewayDefaults, MemoryPushBus, MemorySessionDirectory } from "../src/index.js";
import { PacketPeer } from "./support/packet-peer.js";
import { startGateway } from "./support/started-gateway.js";

type Options = Pick<GatewayOptions<never, never>, "maxDevicesPerAccount">;

/** Two gateways with one directory and one bus. */
async function startTwo(options: Options) {
  const shared = { directory: new MemorySessionDirectory(), bus: new MemoryPushBus(), ...options };
  return [await startGateway(undefined, shared), await startGateway(undefined, shared)] as const;
}

describe("maxDevicesPerAccount", () => {
  it("is 16 by default: the 17th device displaces the session that signed in first", async () => {
    expect(gatewayDefaults.maxDevicesPerAccount).toBe(16);
    const { gateway, tcp } = await startGateway();
    const peers: PacketPeer[] = [];
    for (let device = 0; device < 17; device++) peers.push(await PacketPeer.signIn(tcp, `alice@${device}`));
    const [first, ...others] = peers;
    expect(await first!.ended).toMatchObject({ code: 4001, reason: "kicked out: signed in elsewhere" });
    const channels = (await gateway.presence.where("alice")).map(({ channelId }) => channelId);
    expect(channels.sort()).toEqual(others.map(({ channelId }) => channelId).sort());
  });

  it("displaces with the kick-out, on whichever gateway the oldest session is", async () => {
    const [east, west] = await startTwo({ maxDevicesPerAccount: 2 });
    const phone = await PacketPeer.signIn(east.tcp, "alice@phone");
    const laptop = await PacketPeer.signIn(west.tcp, "alice@laptop");
    const bob = await PacketPeer.signIn(east.tcp, "bob");
    const tablet = await PacketPeer.signIn(west.ws, "alice@tablet");
    expect(await phone.logic("the kick-out")).toMatchObject({ command: commands.loginSignIn, flag: 2 });
    expect(await phone.ended).toMatchObject({ code: 4001 });
    await east.gateway.push(["alice", "bob"], "a.b");
    for (const peer of [laptop, bob, tablet]) expect(await peer.logic()).toMatchObject({ command: "a.b" });
  });

  it("counts a device once: a new sign-in of it displaces its own session alone, and is the newest", async () => {
    const { tcp } = await startGateway(undefined, { maxDevicesPerAccount: 2 });
    const phone = await PacketPeer.signIn(tcp, "alice@phone");
    const laptop = await PacketPeer.signIn(tcp, "alice@laptop");
    const again = await PacketPeer.signIn(tcp, "alice@phone");
    expect(await phone.ended).toMatchObject({ code: 4001 });
    await PacketPeer.signIn(tcp, "alice@tablet");
    expect(await laptop.ended).toMatchObject({ code: 4001 });
    expect((await again.request({ command: "a.b" })).status).toBe(Status.NotImplemented);
  });

  it("does not make an account offline that has another device online", async () => {
    const { gateway, tcp } = await startGateway(undefined, { maxDevicesPerAccount: 1 });
    const said: string[] = [];
    for (const event of ["online", "offline"] as const) gateway.presence.on(event, () => said.push(event));
    const phone = await PacketPeer.signIn(tcp, "alice@phone");
    const laptop = await PacketPeer.signIn(tcp, "alice@laptop");
    await phone.ended;
    await laptop.request({ command: commands.loginSignOut });
    expect(said).toEqual(["online", "offline"]);
  });

  it("keeps out a client that comes back by itself while so many others are there", async () => {
    const { tcp } = await startGateway(undefined, { maxDevicesPerAccount: 1 });
    const phone = await PacketPeer.signIn(tcp, "alice@phone");
    const laptop = await PacketPeer.connect(tcp);
    const meta = [{ key: extensionMetaKeys.reconnectId, value: "mine", type: MetaType.String }];
    const tags = [extensionTag(Extension.Reconnect)];
    expect((await laptop.signIn({ token: "alice@laptop", tags, meta })).status).toBe(Status.SessionNotFound);
    expect(await laptop.ended).toMatchObject({ code: 4001 });
    expect((await phone.request({ command: "a.b" })).status).toBe(Status.NotImplemented);
  });

  it("may be Infinity", async () => {
    const { gateway, tcp } = await startGateway(undefined, { maxDevicesPerAccount: Number.POSITIVE_INFINITY });
    for (let device = 0; device < 20; device++) await PacketPeer.signIn(tcp, `alice@${device}`);
    expect(gateway.sessions().size).toBe(20);
  });
});
