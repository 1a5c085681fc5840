import { MetaType, Status } from "@im/wire";
import { extensionMetaKeys, MAX_DEVICE_LENGTH } from "@im/wire/codec";
import { describe, expect, it } from "vitest";
import type { Login } from "../src/index.js";
import { PacketPeer, type SignInInit } from "./support/packet-peer.js";
import { startGateway } from "./support/started-gateway.js";

const from = (device: string, type: number = MetaType.String): SignInInit => ({
  token: "alice",
  meta: [{ key: extensionMetaKeys.device, value: device, type }],
});

describe("the device that a client says it is", () => {
  it("reaches authenticate as login.device, beside the LoginReq", async () => {
    const logins: Login[] = [];
    const { tcp } = await startGateway(undefined, {
      authenticate: (login) => {
        logins.push(login);
        return { account: login.token };
      },
    });
    await PacketPeer.signIn(tcp, { ...from("phone"), tags: ["beta"] });
    await PacketPeer.signIn(tcp, "bob");
    expect(logins).toEqual([
      { token: "alice", zone: "", isp: "", tags: ["beta"], device: "phone" },
      { token: "bob", zone: "", isp: "", tags: [], device: undefined },
    ]);
  });

  it("counts if authenticate returns it: each device has a session of its own", async () => {
    const { tcp, gateway } = await startGateway(undefined, {
      authenticate: ({ token, device }) => ({ account: token, device }),
    });
    for (const device of ["phone", "laptop"]) await PacketPeer.signIn(tcp, from(device));
    await PacketPeer.signIn(tcp, "alice");
    const devices = (await gateway.presence.where("alice")).map(({ device }) => device);
    expect(devices).toEqual(["phone", "laptop", "default"]);
  });

  it("counts for nothing if it does not: the second sign-in displaces the first", async () => {
    const { tcp, gateway } = await startGateway(undefined, { authenticate: ({ token }) => ({ account: token }) });
    const phone = await PacketPeer.signIn(tcp, from("phone"));
    const laptop = await PacketPeer.signIn(tcp, from("laptop"));
    expect(await phone.ended).toMatchObject({ code: 4001 });
    const { channelId } = laptop;
    expect(await gateway.presence.where("alice")).toMatchObject([{ channelId, device: "default" }]);
  });

  it("has at most 128 units", async () => {
    const { tcp } = await startGateway();
    await PacketPeer.signIn(tcp, from("d".repeat(MAX_DEVICE_LENGTH)));
    expect(MAX_DEVICE_LENGTH).toBe(128);
  });

  it.each([
    ["empty", from("")],
    ["too long", from("d".repeat(MAX_DEVICE_LENGTH + 1))],
    ["no text", from("7", MetaType.Int)],
  ])("that is %s is refused with InvalidPacketBody", async (_, init) => {
    const { tcp } = await startGateway();
    const peer = await PacketPeer.connect(tcp);
    expect((await peer.signIn(init)).status).toBe(Status.InvalidPacketBody);
    expect(await peer.ended).toMatchObject({ code: 1008 });
  });
});
