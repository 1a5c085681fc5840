// An echo server on TCP, in a process of its own: `plain` on the channel, the others through the gateway, with bodies that
// are `raw`, or decoded and encoded by generated code (`typed`) or by compact codecs (`compact`).
import { createGateway } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";
import { commands } from "@im/wire";
import { compactCommandMap } from "@im/wire/compact";
import { commandMap } from "@im/wire/messages";

const [kind] = process.argv.slice(2);
const quiet = { onError: () => {} };

if (kind === "plain") {
  const messageListener = { receive: (agent, payload) => void agent.push(payload) };
  const server = createTcpServer({ host: "127.0.0.1", messageListener, ...quiet });
  await server.start();
  process.send({ port: server.address.port });
} else {
  const server = createTcpServer({ host: "127.0.0.1", ...quiet });
  const authenticate = ({ token }) => ({ account: token });
  const map = kind === "compact" ? compactCommandMap : commandMap;
  const gateway = createGateway({ servers: [server], authenticate, commands: map });
  if (kind === "raw") gateway.handleRaw(commands.chatUserTalk, (ctx) => void ctx.respond(ctx.body));
  else
    gateway.handle(
      commands.chatUserTalk,
      (ctx) => void ctx.respond({ messageId: 7n, sendTime: BigInt(ctx.body.type) }),
    );
  await gateway.start();
  process.send({ port: server.address.port });
}

process.on("message", () => process.send({ cpu: process.cpuUsage() }));
