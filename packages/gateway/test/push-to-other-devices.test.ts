import { commands, Flag } from "@im/wire";
import { decodeBody, encodeBody, MessageReqSchema, MessageRespSchema } from "@im/wire/messages";
import { expect, it } from "vitest";
import { PacketPeer } from "./support/packet-peer.js";
import { startGateway } from "./support/started-gateway.js";

it("a push to the other devices of an account leaves out one channel", async () => {
  const { ws, tcp } = await startGateway((gateway) => {
    gateway.handle(commands.chatUserTalk, async (ctx) => {
      const { account, channelId } = ctx.session;
      const target = [{ account, exceptChannelId: channelId }, "bob", { channelId }];
      const { delivered, offline, failed } = await ctx.push(target, commands.chatUserTalk, { messageId: 7n });
      ctx.respond({ messageId: BigInt(delivered), sendTime: BigInt(offline.length + failed.length) });
    });
  });
  const [phone, laptop] = [await PacketPeer.signIn(ws, "alice@phone"), await PacketPeer.signIn(tcp, "alice@laptop")];
  const bob = await PacketPeer.signIn(ws, "bob");
  const body = encodeBody(MessageReqSchema, { type: 1, body: "hi" });
  const response = await phone.request({ command: commands.chatUserTalk, dest: "bob", body });
  expect(decodeBody(MessageRespSchema, response.body)).toMatchObject({ messageId: 2n, sendTime: 0n });
  const push = { command: commands.chatUserTalk, flag: Flag.Push };
  for (const peer of [laptop, bob]) expect(await peer.logic()).toMatchObject(push);
  expect(phone.unread).toEqual([]);
});
