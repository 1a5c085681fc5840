import { createGateway } from "@im/gateway";
import { createWsServer } from "@im/transport-ws";
import { commandMap } from "@im/wire/messages";
import { onTestFinished } from "vitest";

/** A real gateway, until the end of the test, that answers a talk with its number and pushes it to whom it is for. */
export async function startGateway(port = 0) {
  const server = createWsServer({ host: "127.0.0.1", port });
  const gateway = createGateway({
    servers: [server],
    commands: commandMap,
    authenticate: ({ token }) => ({ account: token }),
  });
  let messageId = 0n;
  gateway.handle("chat.user.talk", (context) => {
    const sendTime = /^\d+$/.test(context.body.body) ? BigInt(context.body.body) : 0n;
    context.respond({ messageId: ++messageId, sendTime });
  });
  await gateway.start();
  onTestFinished(async () => void (await gateway.shutdown({ signal: AbortSignal.abort() })));
  return { gateway, server, port: server.address.port };
}
