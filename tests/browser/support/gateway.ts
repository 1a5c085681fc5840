import { type Authenticate, createGateway } from "@im/gateway";
import { createWsServer, type WsServerOptions } from "@im/transport-ws";
import { commandMap } from "@im/wire/messages";
import { onTestFinished } from "vitest";

interface Options {
  readonly authenticate?: Authenticate<undefined>;
  readonly server?: WsServerOptions;
}

const byToken: Authenticate<undefined> = ({ token }) => ({ account: token });

/** A real gateway, until the end of the test, that answers a talk with its number and pushes it to whom it is for. */
export async function startGateway(port = 0, { authenticate = byToken, server: serverOptions = {} }: Options = {}) {
  const server = createWsServer({ host: "127.0.0.1", port, ...serverOptions });
  const gateway = createGateway({
    servers: [server],
    commands: commandMap,
    authenticate,
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
