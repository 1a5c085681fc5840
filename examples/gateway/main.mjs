// A chat gateway on WebSocket and TCP at once: sign-in, talk, presence and kick-out, with clients that come by either.
import { createImClient } from "@im/client";
import { createGateway, GatewayError } from "@im/gateway";
import { createTcpServer, tcpDialer } from "@im/transport-tcp";
import { createWsServer, wsDialer } from "@im/transport-ws";
import { commands, Status } from "@im/wire";
import { commandMap, MessageType } from "@im/wire/messages";

const host = "127.0.0.1";
const gateway = createGateway({
  servers: [createWsServer({ host }), createTcpServer({ host })],
  commands: commandMap,
  async authenticate({ token }) {
    const [account, device, ...rest] = token.split("@");
    if (!device || rest.length > 0) throw new GatewayError("IM_ERR_UNAUTHORIZED", "a token is account@device");
    return { account, device };
  },
});

gateway.use(async (ctx, next) => {
  await next(ctx);
  console.log(`gateway: ${ctx.session.account} ${ctx.command} -> ${ctx.status}`);
});

let lastMessageId = 0n;
gateway.handle(commands.chatUserTalk, async (ctx) => {
  const stamp = { messageId: ++lastMessageId, sendTime: BigInt(Date.now()) * 1_000_000n };
  const { type, body, extra } = ctx.body;
  const sender = ctx.session.account;
  const { delivered } = await ctx.push(ctx.dest, commands.chatUserTalk, { ...stamp, sender, type, body, extra });
  if (delivered === 0) ctx.fail(Status.NoDestination, `${ctx.dest} is not here`);
  else ctx.respond(stamp);
});

for (const event of ["online", "offline"]) gateway.presence.on(event, (who) => console.log(`gateway: ${who} ${event}`));
await gateway.start();
const [ws, tcp] = gateway.servers.map((server) => server.dialUrl);

async function signIn(token, dialer, addresses) {
  const client = createImClient({ dialer, addresses, token, commands: commandMap });
  client.on(commands.chatUserTalk, ({ body }) => console.log(`${token} hears ${body.sender}: ${body.body}`));
  client.onStatus(({ state, reason }) => state === "closed" && reason && console.log(`${token}: ${reason.message}`));
  await client.connect();
  return client;
}

const talk = (client, dest, body) => client.request(commands.chatUserTalk, { type: MessageType.Text, body }, { dest });
const alice = await signIn("alice@phone", wsDialer(), ws);
const bobs = [await signIn("bob@phone", tcpDialer(), tcp), await signIn("bob@laptop", wsDialer(), ws)];
await talk(alice, "bob", "hello, all devices of Bob");
await talk(bobs[0], "alice", "hello, Alice");
await talk(alice, "carol", "are you there?").catch((error) => console.log(`alice: ${error.message}`));
bobs.push(await signIn("bob@phone", tcpDialer(), tcp)); // kicks the first out

await Promise.all([alice, ...bobs].map((client) => client.close()));
console.log(await gateway.shutdown());
