import { commands, createLogicPkt, Flag, type LogicPkt, Status } from "@im/wire";
import { decodeBody, encodeBody, MessagePushSchema, MessageReqSchema } from "@im/wire/messages";
import { describe, expect, it } from "vitest";
import { strangeTexts } from "../src/contract-suites/index.js";
import type { PushReport } from "../src/index.js";
import { PacketPeer } from "./support/packet-peer.js";
import { startGateway } from "./support/started-gateway.js";

describe("a push from a handler", () => {
  it("keeps command, sequence and dest of the request, and has the sender's channelId whatever the request says", async () => {
    const { ws, tcp } = await startGateway((gateway) => {
      gateway.handle(commands.chatUserTalk, async (ctx) => {
        const { type, body } = ctx.body;
        await ctx.push(ctx.dest, commands.chatUserTalk, { messageId: 5n, type, body, sender: ctx.session.account });
        ctx.respond({ messageId: 5n });
      });
    });
    const [alice, bob] = [await PacketPeer.signIn(ws, "alice"), await PacketPeer.signIn(tcp, "bob")];
    const body = encodeBody(MessageReqSchema, { type: 1, body: "hi" });
    const { sequence } = await alice.request({
      command: commands.chatUserTalk,
      dest: "bob",
      channelId: "forged",
      body,
    });
    const push = await bob.logic();
    const { channelId } = alice;
    expect(push).toMatchObject({
      command: "chat.user.talk",
      flag: Flag.Push,
      status: 0,
      dest: "bob",
      sequence,
      channelId,
    });
    expect(decodeBody(MessagePushSchema, push.body)).toMatchObject({ messageId: 5n, body: "hi", sender: "alice" });
  });
});

describe("the report of a push", () => {
  it("reports what it delivered, which accounts are offline, and which channel did not take it", async () => {
    const { gateway, tcp } = await startGateway();
    const phone = await PacketPeer.signIn(tcp, "alice@phone");
    const laptop = await PacketPeer.signIn(tcp, "alice@laptop");
    const bob = await PacketPeer.signIn(tcp, "bob");
    const cases: [Parameters<typeof gateway.push>[0], Partial<PushReport>, PacketPeer[]][] = [
      ["alice", { delivered: 2, offline: [], failed: [] }, [phone, laptop]],
      [{ account: "alice", device: "phone" }, { delivered: 1, offline: [] }, [phone]],
      [{ account: "alice", device: "fridge" }, { delivered: 0, offline: ["alice"] }, []],
      [{ channelId: bob.channelId }, { delivered: 1, offline: [] }, [bob]],
      [
        ["alice", "bob", "bob", "nobody", { channelId: phone.channelId }],
        { delivered: 3, offline: ["nobody"] },
        [phone, laptop, bob],
      ],
      [[], { delivered: 0, offline: [], failed: [] }, []],
    ];
    for (const [index, [target, report, receivers]] of cases.entries()) {
      expect(await gateway.push(target, `push.${index}`)).toMatchObject(report);
      for (const receiver of receivers) expect(await receiver.logic()).toMatchObject({ command: `push.${index}` });
    }
    const { failed } = await gateway.push({ channelId: "gone" }, "a.b");
    expect(failed).toMatchObject([{ channelId: "gone", error: { code: "IM_ERR_UNKNOWN_CHANNEL" } }]);
    expect([phone, laptop, bob].flatMap(({ unread }) => unread)).toEqual([]);
  });

  it("does not reach a channel that has signed out", async () => {
    const { gateway, tcp } = await startGateway();
    const alice = await PacketPeer.signIn(tcp, "alice");
    await alice.request({ command: commands.loginSignOut });
    const { delivered, failed } = await gateway.push(["alice", { channelId: alice.channelId }], "a.b");
    expect({ delivered, failed }).toMatchObject({ delivered: 0, failed: [{ error: { code: "IM_ERR_SESSION_OVER" } }] });
  });
});

it("push throws for a body that no codec takes", async () => {
  const { gateway } = await startGateway();
  const odd = { some: "object" } as never;
  expect(() => gateway.push("alice", "not.in.the.map", odd)).toThrow(
    expect.objectContaining({ code: "IM_ERR_GATEWAY_ARGUMENT" }),
  );
  expect(() => gateway.push("alice", commands.chatUserTalk, { type: 1.5 })).toThrow(
    expect.objectContaining({ code: "IM_ERR_BODY_INVALID" }),
  );
});

it.each([undefined, null, 42, {}, { account: 42 }, ["alice", null]])(
  "a push to %j is refused to the caller",
  async (target) => {
    const { gateway } = await startGateway();
    expect(() => gateway.push(target as never, "a.b")).toThrow(
      expect.objectContaining({ code: "IM_ERR_GATEWAY_ARGUMENT" }),
    );
  },
);

describe("fault 20: accounts and ids of any text", () => {
  it("route to the account that they name, and to no other", async () => {
    const { ws, tcp } = await startGateway((gateway) => {
      gateway.handleRaw("a.b", async (ctx) => {
        const { delivered } = await ctx.push(ctx.dest, "a.b", ctx.body);
        ctx.respond(Uint8Array.of(delivered));
      });
    });
    const texts = strangeTexts.filter((text) => !text.includes("@"));
    const peers = await Promise.all(texts.map((text, index) => PacketPeer.signIn(index % 2 ? ws : tcp, text)));
    const sender = await PacketPeer.signIn(tcp, "the sender");
    for (const [index, dest] of texts.entries()) {
      const { body } = await sender.request({ command: "a.b", dest, body: Uint8Array.of(index) });
      expect([...body]).toEqual([1]);
    }
    for (const [index, peer] of peers.entries()) {
      const push: LogicPkt = await peer.logic();
      expect([push.dest, ...push.body]).toEqual([texts[index], index]);
      expect(peer.unread).toEqual([]);
    }
  });

  it.each([
    ["that is empty", ""],
    ["of more than 1024 units", "x".repeat(1025)],
    ["that is no Unicode", "a\ud800"],
  ])("an account %s is refused", async (_, account) => {
    const { tcp } = await startGateway(undefined, { authenticate: () => ({ account }) });
    const peer = await PacketPeer.connect(tcp);
    expect((await peer.signIn({ token: "t" })).status).toBe(Status.SystemException);
    expect(await peer.ended).toMatchObject({ code: 1008 });
  });

  it("a device of any text is its own", async () => {
    const { gateway, tcp } = await startGateway(undefined, {
      authenticate: ({ token }) => ({ account: "alice", device: token }),
      maxDevicesPerAccount: Number.POSITIVE_INFINITY,
    });
    await Promise.all(strangeTexts.map((text) => PacketPeer.signIn(tcp, text)));
    const devices = (await gateway.presence.where("alice")).map(({ device }) => device);
    expect(devices.sort()).toEqual([...strangeTexts].sort());
  });

  it("a command of any text is routed as it is", async () => {
    const { tcp } = await startGateway((gateway) => {
      for (const text of strangeTexts) gateway.handleRaw(text, (ctx) => ctx.respond(new TextEncoder().encode(text)));
    });
    const alice = await PacketPeer.signIn(tcp, "alice");
    for (const command of strangeTexts) {
      const { body } = await alice.request(createLogicPkt({ command }));
      expect(new TextDecoder().decode(body)).toBe(command);
    }
  });
});
