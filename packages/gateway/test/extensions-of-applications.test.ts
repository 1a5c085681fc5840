import { createTcpServer } from "@im/transport-tcp";
import { commands, Status } from "@im/wire";
import { extensionMetaKeys, extensionTag } from "@im/wire/codec";
import { expect, it } from "vitest";
import { createGateway } from "../src/index.js";
import { PacketPeer } from "./support/packet-peer.js";
import { startGateway } from "./support/started-gateway.js";

it("an extension of the application is confirmed to clients that name it, and only to them", async () => {
  const known: boolean[] = [];
  const { ws } = await startGateway((gateway) => {
    gateway.confirmExtension("game").handle(commands.chatTalkAck, (ctx) => {
      known.push(ctx.session.extensions.has("game"));
      ctx.respond();
    });
  });
  for (const tags of [[extensionTag("game")], [extensionTag("other")], []]) {
    const peer = await PacketPeer.connect(ws);
    const { status, meta } = await peer.signIn({ token: `user ${tags}`, tags });
    expect(status).toBe(Status.Success);
    const confirmed = meta.filter(({ key }) => key === extensionMetaKeys.confirmed).map(({ value }) => value);
    expect(confirmed).toEqual(tags.includes(extensionTag("game")) ? ["game"] : []);
    await peer.request({ command: commands.chatTalkAck });
  }
  expect(known).toEqual([true, false, false]);
});

it("an extension is named before the start, and by a text", async () => {
  const { gateway } = await startGateway();
  expect(() => gateway.confirmExtension("game")).toThrow(expect.objectContaining({ code: "IM_ERR_GATEWAY_STATE" }));
  const fresh = createGateway({ servers: [createTcpServer({ host: "127.0.0.1" })], authenticate: () => undefined });
  for (const wrong of ["", 7 as never]) {
    expect(() => fresh.confirmExtension(wrong)).toThrow(expect.objectContaining({ code: "IM_ERR_GATEWAY_ARGUMENT" }));
  }
});
