// A gateway on WebSocket and TCP, the chat's handlers on it, and the page. Everything hard is in the packages.
import { once } from "node:events";
import { createServer } from "node:http";
import { createChat } from "@im/chat";
import { createGateway } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { standAlone } from "./alone.mjs";
import { joinCluster } from "./cluster.mjs";
import { Tokens } from "./tokens.mjs";
import { webPages } from "./web-pages.mjs";

const PEOPLE = ["alice", "bob", "carol", "dave"];
/** A gateway that died is forgotten after this. */
const LEASE_MS = 15_000;
/** How a gateway ends: its clients reconnect over some seconds, and none stays for longer than this. */
const CLOSES_PER_SECOND = 500;
const MAX_DRAIN_MS = 30_000;

/** Serves. @returns a function that drains and ends the server */
export async function startChatServer({ host, port, tcpPort, ...options }) {
  const { store, ports, people, isFirst, close } = await (options.redis ? joinCluster(options) : standAlone(options));
  const tokens = await Tokens.open(options.memory ? undefined : options.data);

  const tcp = createTcpServer({ host, port: tcpPort });
  const web = createServer(webPages({ people, tokens, tcpAddress: () => tcp.dialUrl }));
  await once(web.listen(port, host), "listening");
  const ws = createWsServer({ server: web, path: "/chat", origins: [`http://${host}:${port}`] });
  const gateway = createGateway({
    servers: [ws, tcp],
    name: options["gateway-id"],
    leaseMs: LEASE_MS,
    ...ports,
    async authenticate({ token, device }) {
      const claims = await tokens.verify(token);
      return claims && { account: claims.acc, app: claims.app, expiresAtMs: 1_000 * claims.exp, device };
    },
  });
  const chat = createChat({ gateway, store });

  for (const account of PEOPLE) await people.add(account);
  const groups = await store.groupsOf("alice", { after: "", limit: 1 });
  if (groups.length === 0 && (await isFirst())) {
    const group = { name: "Everyone", avatar: "", introduction: "All people of this chat", owner: "alice" };
    await store.createGroup(group, PEOPLE);
  }
  await gateway.start();

  return async () => {
    web.close(); // Where other workers listen, new clients go to them.
    const signal = AbortSignal.timeout(MAX_DRAIN_MS);
    await gateway.shutdown({ connectionsPerSecond: CLOSES_PER_SECOND, finishLogins: true, signal });
    chat.close();
    web.closeAllConnections();
    await close();
  };
}
