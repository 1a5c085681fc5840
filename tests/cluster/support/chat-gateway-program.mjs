// A gateway of the chat's cluster, for thousands of users at one address. Arguments: Redis, Postgres, the lease in milliseconds, the
// ports of TCP and WebSocket. It drains at SIGTERM.
import { createChat } from "@im/chat";
import { createGateway } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { joinCluster } from "../../../examples/chat/server/cluster.mjs";

const [redis, postgres, leaseMs, tcpPort = 0, wsPort = 0] = process.argv.slice(2);
const { store, ports, close } = await joinCluster({ redis, postgres });
const host = { host: "127.0.0.1", maxConnectionsPerAddress: 10_000 };
const tcp = createTcpServer({ ...host, port: Number(tcpPort) });
const ws = createWsServer({ ...host, port: Number(wsPort) });
const gateway = createGateway({
  servers: [tcp, ws],
  authenticate: ({ token, device }) => ({ account: token, device }),
  ...ports,
  // The defaults have the same proportions.
  leaseMs: Number(leaseMs),
  handlerTimeoutMs: (Number(leaseMs) * 2) / 3,
  portTimeoutMs: Number(leaseMs) / 3,
  onError: () => {},
});
const chat = createChat({ gateway, store });
gateway.handleRaw("where", async (ctx) => {
  const places = new Set();
  for (const account of ctx.dest.split(",")) {
    for (const { gatewayId } of await gateway.presence.where(account)) places.add(gatewayId);
  }
  ctx.respond(new TextEncoder().encode([...places].join()));
});
await gateway.start();
console.log(`READY ${gateway.id} ${tcp.dialUrl} ${ws.dialUrl}`);

process.once("SIGTERM", async () => {
  await gateway.shutdown({ connectionsPerSecond: 500, finishLogins: true });
  chat.close();
  await close();
});
