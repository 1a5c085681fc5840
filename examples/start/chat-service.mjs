// The service: one gateway over a WebSocket server and a TCP server.
import { createGateway } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { commands, Status } from "@im/wire";
import { commandMap } from "@im/wire/messages";

export function createChatService() {
  const host = "127.0.0.1";
  const gateway = createGateway({
    servers: [createWsServer({ host }), createTcpServer({ host })],
    commands: commandMap,
    // The token is the name of the user. Verify a JWT here, for example.
    authenticate: ({ token }) => (token === "" ? undefined : { account: token }),
  });

  let lastMessageId = 0n;
  gateway.handle(commands.chatUserTalk, async (ctx) => {
    const stamp = { messageId: ++lastMessageId, sendTime: BigInt(Date.now()) * 1_000_000n };
    const { type, body } = ctx.body;
    const message = { ...stamp, sender: ctx.session.account, type, body };
    const { delivered } = await ctx.push(ctx.dest, commands.chatUserTalk, message);
    if (delivered === 0) ctx.fail(Status.NoDestination, `${ctx.dest} is not here`);
    else ctx.respond(stamp);
  });
  return gateway;
}
