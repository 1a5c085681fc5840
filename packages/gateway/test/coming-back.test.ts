import { getMetaString, MetaType, Status } from "@im/wire";
import { Extension, extensionMetaKeys, extensionTag } from "@im/wire/codec";
import { describe, expect, it } from "vitest";
import { MemoryPushBus, MemorySessionDirectory } from "../src/index.js";
import { directoryWith } from "./support/directory-with.js";
import { PacketPeer, type SignInInit } from "./support/packet-peer.js";
import { startGateway } from "./support/started-gateway.js";

const tags = [extensionTag(Extension.Reconnect)];
const meta = (key: string, value: string, type: number = MetaType.String) => [{ key, value, type }];

/** Signs in as the application asks for it. */
const connecting = (id: string): SignInInit => ({ token: "alice", tags, meta: meta(extensionMetaKeys.connectId, id) });
/** Signs in by itself. */
const returning = (id: string): SignInInit => ({ token: "alice", tags, meta: meta(extensionMetaKeys.reconnectId, id) });

async function refusedOf(url: string, init: SignInInit) {
  const peer = await PacketPeer.connect(url);
  const { status, ...response } = await peer.signIn(init);
  return { status, over: getMetaString(response, extensionMetaKeys.sessionOver), ended: await peer.ended };
}

describe("a client that comes back by itself", () => {
  it("sees the extension confirmed, and its connect id stands in the session", async () => {
    const { tcp, gateway } = await startGateway();
    const alice = await PacketPeer.connect(tcp);
    const answer = await alice.signIn(connecting("first"));
    expect(answer.meta.map(({ key, value }) => [key, value])).toEqual([["im.ext", "reconnect"]]);
    expect(await gateway.presence.where("alice")).toMatchObject([{ connectId: "first" }]);
  });

  it.each([
    ["of another connect", connecting("newer")],
    ["whose client knows nothing of that", { token: "alice" }],
  ])("is refused while a session %s has its place, which stays", async (_, newer) => {
    const shared = { directory: new MemorySessionDirectory(), bus: new MemoryPushBus() };
    const [east, west] = [await startGateway(undefined, shared), await startGateway(undefined, shared)];
    await PacketPeer.signIn(east.tcp, connecting("older"));
    const phone = await PacketPeer.signIn(west.ws, newer);
    const { status, over, ended } = await refusedOf(east.ws, returning("older"));
    expect({ status, over }).toEqual({ status: Status.SessionNotFound, over: "kicked out" });
    expect(ended).toMatchObject({ code: 4001, reason: "kicked out: signed in elsewhere" });
    expect(await west.gateway.presence.where("alice")).toMatchObject([{ channelId: phone.channelId }]);
    expect((await phone.request({ command: "a.b" })).status).toBe(Status.NotImplemented);
  });

  it("comes back to its own place, whose connection is dead and does not know it yet", async () => {
    const { tcp, gateway } = await startGateway();
    const before = await PacketPeer.signIn(tcp, connecting("mine"));
    const after = await PacketPeer.signIn(tcp, returning("mine"));
    expect(await before.ended).toMatchObject({ code: 4001 });
    expect(await gateway.presence.where("alice")).toMatchObject([{ channelId: after.channelId }]);
  });

  it("ends no session when the directory fails", async () => {
    const memory = new MemorySessionDirectory();
    let fails = false;
    const directory = directoryWith(memory, {
      enter: (session, options) => (fails ? Promise.reject(new Error("no store")) : memory.enter(session, options)),
    });
    const { tcp } = await startGateway(undefined, { directory });
    const phone = await PacketPeer.signIn(tcp, connecting("newer"));
    fails = true;
    expect((await refusedOf(tcp, returning("older"))).status).toBe(Status.SystemException);
    expect((await refusedOf(tcp, returning("newer"))).status).toBe(Status.SystemException);
    expect((await phone.request({ command: "a.b" })).status).toBe(Status.NotImplemented);
  });

  it("comes back to a place that is empty", async () => {
    const { tcp } = await startGateway();
    await PacketPeer.signIn(tcp, returning("mine"));
  });

  it("has no such right where it has not said that it knows the extension: it takes the place", async () => {
    const { tcp } = await startGateway();
    const first = await PacketPeer.signIn(tcp, "alice");
    await PacketPeer.signIn(tcp, { ...returning("mine"), tags: [] });
    expect(await first.ended).toMatchObject({ code: 4001 });
  });
});

it("the connect of the application takes the place of any session", async () => {
  const { tcp } = await startGateway();
  const first = await PacketPeer.signIn(tcp, connecting("first"));
  await PacketPeer.signIn(tcp, connecting("second"));
  expect(await first.ended).toMatchObject({ code: 4001 });
});

it.each([
  ["empty", meta(extensionMetaKeys.connectId, "")],
  ["empty, of one that comes back", meta(extensionMetaKeys.reconnectId, "")],
  ["too long", meta(extensionMetaKeys.connectId, "i".repeat(129))],
  ["no text", meta(extensionMetaKeys.reconnectId, "5", MetaType.Int)],
])("an id of a connect that is %s is refused, with words", async (_, wrong) => {
  const { tcp } = await startGateway();
  const { status } = await refusedOf(tcp, { token: "alice", tags, meta: wrong });
  expect(status).toBe(Status.InvalidPacketBody);
});
