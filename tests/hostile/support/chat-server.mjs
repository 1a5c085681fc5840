// A chat with its store in a folder: `node chat-server.mjs <folder> <TCP port> <WebSocket port>`, 0 for any. It ends when its input
// ends.
import { createChat } from "@im/chat";
import { openLevelChatStore } from "@im/chat-level";
import { createGateway } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";

const [folder, tcpPort, wsPort] = process.argv.slice(2);
const startMs = performance.now();
const store = await openLevelChatStore({ folder });
const openedMs = performance.now() - startMs;
const host = { host: "127.0.0.1", maxConnectionsPerAddress: 10_000 };
const tcp = createTcpServer({ ...host, port: Number(tcpPort) });
const ws = createWsServer({ ...host, port: Number(wsPort) });
const gateway = createGateway({
  servers: [tcp, ws],
  authenticate: ({ token, device }) => ({ account: token, device }),
});
createChat({ gateway, store });
await gateway.start();
console.log(`READY ${tcp.dialUrl} ${ws.dialUrl} ${openedMs.toFixed(0)} ${store.messageCount}`);

process.stdin.resume().once("end", async () => {
  await gateway.shutdown({ signal: AbortSignal.abort() });
  await store.close();
});
