// A gateway of a cluster on Redis, over WebSocket and TCP. Arguments: the port of Redis, the lease in milliseconds. It prints its
// addresses, and what happens to the bus.
import { nodeRedis, RedisIdempotencyStore, RedisPushBus, RedisSessionDirectory } from "@im/cluster-redis";
import { createGateway } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { Status } from "@im/wire";
import { createClient } from "redis";

const [redisPort, leaseMs] = process.argv.slice(2).map(Number);
const client = createClient({
  socket: {
    host: "127.0.0.1",
    port: redisPort,
    socketTimeout: 5_000,
    reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1_000),
  },
  disableOfflineQueue: true,
});
client.on("error", () => {});
await client.connect();
const redis = nodeRedis(client);

const servers = [createWsServer({ host: "127.0.0.1" }), createTcpServer({ host: "127.0.0.1" })];
const gateway = createGateway({
  servers,
  authenticate: ({ token, device }) => ({ account: token, device }),
  bus: new RedisPushBus(redis, { onState: (state) => console.log("BUS", state) }),
  directory: new RedisSessionDirectory(redis),
  idempotency: new RedisIdempotencyStore(redis),
  leaseMs,
  onError: () => {},
});

const encoder = new TextEncoder();
/** Pushes to the accounts of `dest`. What cannot be pushed to all is refused so that the client tries again. */
gateway.handleRaw("say", async (ctx) => {
  const { failed, offline } = await ctx.push(ctx.dest.split(","), "said", ctx.body);
  if (failed.length > 0) ctx.fail(Status.SystemException, "not all were reached");
  else ctx.respond(encoder.encode(offline.join()));
});
gateway.handleRaw("where", async (ctx) => {
  const sessions = await gateway.presence.where(ctx.dest);
  ctx.respond(encoder.encode(sessions.map(({ gatewayId }) => gatewayId).join()));
});
gateway.handleRaw("which", (ctx) => ctx.respond(encoder.encode(ctx.session.gatewayId)));

await gateway.start();
console.log("SERVES", ...servers.map(({ dialUrl }) => dialUrl));
