// A chat that people can open: a gateway on WebSocket and TCP, the chat's handlers on it, a store in a folder, and the page.
// Everything hard is in the packages. To make it yours, replace the development login.
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createChat, MemoryChatStore } from "@im/chat";
import { openLevelChatStore } from "@im/chat-level";
import { createGateway } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { announce } from "./announcement.mjs";
import { freePort } from "./free-port.mjs";
import { Tokens } from "./tokens.mjs";
import { webPages } from "./web-pages.mjs";

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "8650" }, // 0 for any that is free
    "tcp-port": { type: "string", default: "8651" },
    data: { type: "string", default: fileURLToPath(new URL("../data", import.meta.url)) },
    memory: { type: "boolean", default: false }, // keep messages in memory only
  },
});
const host = "127.0.0.1"; // The development login asks for no password: other machines must not reach it.
const people = new Set(["alice", "bob", "carol", "dave"]);

const tokens = await Tokens.open(options.memory ? undefined : options.data);
const store = options.memory
  ? new MemoryChatStore()
  : await openLevelChatStore({ folder: `${options.data}/messages` }).catch((error) => {
      console.error(error.message);
      process.exit(1);
    });

const web = createServer(webPages({ people, tokens, tcpAddress: () => tcp.dialUrl }));
await once(web.listen(await freePort(host, Number(options.port)), host), "listening");
const pageUrl = `http://${host}:${web.address().port}/`;

const ws = createWsServer({ server: web, path: "/chat", origins: [new URL(pageUrl).origin] });
const tcp = createTcpServer({ host, port: await freePort(host, Number(options["tcp-port"])) });
const gateway = createGateway({
  servers: [ws, tcp],
  async authenticate({ token, device }) {
    const claims = await tokens.verify(token);
    return claims && { account: claims.acc, app: claims.app, expiresAtMs: 1_000 * claims.exp, device };
  },
});
const chat = createChat({ gateway, store });

const groups = await store.groupsOf("alice", { after: "", limit: 1 });
if (groups.length === 0) {
  const group = { name: "Everyone", avatar: "", introduction: "All people of this chat", owner: "alice" };
  await store.createGroup(group, [...people]);
}
await gateway.start();

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    console.log("\n  Shutting down …");
    await gateway.shutdown();
    chat.close();
    web.close();
    web.closeAllConnections();
    await store.close?.();
    console.log("  Bye.");
  });
}

announce({ pageUrl, tcpUrl: tcp.dialUrl, folder: options.memory ? undefined : options.data });
