// Two gateways, which talk over Redis. Argument: its port.
import { nodeRedis, RedisPushBus, RedisSessionDirectory } from "@im/cluster-redis";
import { createGateway } from "@im/gateway";
import { createWsServer } from "@im/transport-ws";
import { commands } from "@im/wire";
import { createClient } from "redis";
import { reportUsage } from "../report-usage.mjs";

async function startGateway() {
  const client = createClient({
    socket: { host: "127.0.0.1", port: Number(process.argv[2]) },
    disableOfflineQueue: true,
  });
  await client.connect();
  const redis = nodeRedis(client);
  const server = createWsServer({
    host: "127.0.0.1",
    // All of the load has one address.
    maxConnectionsPerAddress: Number.POSITIVE_INFINITY,
    maxAcceptsPerSecond: Number.POSITIVE_INFINITY,
  });
  const gateway = createGateway({
    servers: [server],
    authenticate: ({ token }) => ({ account: token }),
    bus: new RedisPushBus(redis),
    directory: new RedisSessionDirectory(redis),
  });
  // Answered at once, as Socket.IO's server does it.
  gateway.handleRaw(commands.chatUserTalk, (ctx) => {
    void ctx.push(ctx.dest, commands.chatUserTalk, ctx.body);
    ctx.respond();
  });
  await gateway.start();
  return server.address.port;
}

reportUsage(await startGateway(), await startGateway());
