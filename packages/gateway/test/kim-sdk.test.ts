import { commands, Status } from "@im/wire";
import { describe, expect, it } from "vitest";
import { KimWebClient } from "./support/kim-web-client.js";
import { type Started, startGateway } from "./support/started-gateway.js";
import { within } from "./support/within.js";

/** A small kim: talks go to their receiver, and the first of each account is answered with 300. */
function setUpChat(gateway: Started["gateway"], acknowledged: bigint[] = []): void {
  let lastId = 100n;
  const tried = new Set<string>();
  gateway.handle(commands.chatUserTalk, async (ctx) => {
    const { account } = ctx.session;
    if (!tried.has(account)) {
      tried.add(account);
      ctx.fail(Status.SystemException, "the store is busy");
      return;
    }
    const { type, body, extra } = ctx.body;
    const messageId = ++lastId;
    await ctx.push(ctx.dest, commands.chatUserTalk, { messageId, type, body, extra, sender: account, sendTime: 1n });
    ctx.respond({ messageId, sendTime: 1n });
  });
  gateway.handle(commands.chatTalkAck, (ctx) => {
    acknowledged.push(ctx.body.messageId);
    ctx.respond();
  });
  gateway.handle(commands.offlineIndex, (ctx) => ctx.respond({ indexes: [] }));
}

const text = (value: unknown) => Buffer.from(value as Uint8Array).toString();

async function signIn(url: string, token: string, sequence?: number): Promise<KimWebClient> {
  const client = await KimWebClient.open(url, sequence);
  const sent = client.send("login.signin", "", [[1, token]]);
  const response = await client.packet();
  expect(response).toMatchObject({ command: "login.signin", sequence: sent, flag: 1, status: 0 });
  expect(text(response.body[1])).not.toBe("");
  expect(text(response.body[2])).toBe(token);
  return client;
}

/** As the SDK does right after the sign-in. */
async function askOfflineIndex(client: KimWebClient): Promise<void> {
  const sent = client.send("chat.offline.index", "", [[1, 0n]]);
  expect(await client.packet()).toMatchObject({ command: "chat.offline.index", sequence: sent, flag: 1, status: 0 });
}

describe("kim's JS SDK", () => {
  it("signs in with a sequence of 0, and asks for the offline index at once", async () => {
    const { ws } = await startGateway(setUpChat);
    await askOfflineIndex(await signIn(ws, "alice", 0));
  });

  it("counts its sequences modulo 65536, and is answered under each", async () => {
    const { ws } = await startGateway(setUpChat);
    const client = await signIn(ws, "alice", 65533);
    for (let count = 0; count < 4; count++) await askOfflineIndex(client);
  });

  it("talks, tries again after 300, and the receiver acknowledges", async () => {
    const acknowledged: bigint[] = [];
    const { ws } = await startGateway((gateway) => setUpChat(gateway, acknowledged));
    const [alice, bob] = [await signIn(ws, "alice"), await signIn(ws, "bob")];
    const talk = () =>
      alice.send("chat.user.talk", "bob", [
        [1, 1],
        [2, "你好, bob"],
      ]);
    const first = talk();
    expect(await alice.packet()).toMatchObject({ sequence: first, flag: 1, status: 300 });
    const again = talk();
    const response = await alice.packet();
    expect(response).toMatchObject({ sequence: again, flag: 1, status: 0, dest: "bob" });
    const push = await bob.packet();
    expect(push).toMatchObject({ command: "chat.user.talk", flag: 2, status: 0, dest: "bob", sequence: again });
    expect([push.body[1], text(push.body[3]), text(push.body[5])]).toEqual([response.body[1], "你好, bob", "alice"]);
    const ack = bob.send("chat.talk.ack", "", [[1, push.body[1] as bigint]]);
    expect(await bob.packet()).toMatchObject({ command: "chat.talk.ack", sequence: ack, flag: 1, status: 0, body: {} });
    expect(acknowledged).toEqual([push.body[1]]);
  });

  it("keeps alive with BasicPkt pings", async () => {
    const { ws } = await startGateway(setUpChat);
    const client = await signIn(ws, "alice");
    for (let count = 0; count < 3; count++) {
      client.ping();
      expect(await client.next()).toBe(2);
    }
  });

  it("gets the kick-out, then is closed", async () => {
    const { ws } = await startGateway(setUpChat);
    const first = await signIn(ws, "alice");
    await signIn(ws, "alice");
    const notice = await first.packet();
    expect(notice).toMatchObject({ command: "login.signin", flag: 2 });
    expect(text(notice.body[1])).toBe(notice.channelId);
    expect(await within(first.closed, "the Close")).toBe(4001);
  });

  it("is answered with 404 once it has signed out: it signs in anew", async () => {
    const { ws } = await startGateway(setUpChat);
    const client = await signIn(ws, "alice");
    client.send("login.signout", "", []);
    expect(await client.packet()).toMatchObject({ command: "login.signout", flag: 1, status: 0, body: {} });
    client.send("chat.user.talk", "bob", [[2, "hi"]]);
    expect(await client.packet()).toMatchObject({ flag: 1, status: 404 });
    client.close();
    await askOfflineIndex(await signIn(ws, "alice"));
  });

  it.each([
    ["a token that is refused", "login.signin", "refused", 105],
    ["another command first", "chat.user.talk", "alice", 103],
  ])("with %s is answered with its status", async (_, command, token, status) => {
    const { ws } = await startGateway(setUpChat);
    const client = await KimWebClient.open(ws);
    client.send(command, "", [[1, token]]);
    expect(await client.packet()).toMatchObject({ command, flag: 1, status });
  });
});
