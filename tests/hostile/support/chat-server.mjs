// A chat on TCP with its store in a folder: `node chat-server.mjs <folder> <port>`, 0 for any. It ends when its input ends.
import { createChat } from "@im/chat";
import { openLevelChatStore } from "@im/chat-level";
import { createGateway } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";

const [folder, port] = process.argv.slice(2);
const startMs = performance.now();
const store = await openLevelChatStore({ folder });
const openedMs = performance.now() - startMs;
const server = createTcpServer({ host: "127.0.0.1", port: Number(port), maxConnectionsPerAddress: 10_000 });
const gateway = createGateway({ servers: [server], authenticate: ({ token, device }) => ({ account: token, device }) });
createChat({ gateway, store });
await gateway.start();
console.log(`READY ${server.dialUrl} ${openedMs.toFixed(0)} ${store.messageCount}`);

process.stdin.resume().once("end", async () => {
  await gateway.shutdown({ signal: AbortSignal.abort() });
  await store.close();
});
