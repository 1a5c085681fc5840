// A gateway with two workers, over WebSocket and TCP, with and without TLS. Arguments: a module that has the version of the
// application, a file with the certificate, four ports.
import cluster from "node:cluster";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { createGateway } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { runWorkers } from "../../../examples/chat/server/primary.mjs";

const [application, certificate, ...ports] = process.argv.slice(2);
const newTicketKeys = () => randomBytes(48).toString("base64");
const ticketKeysOf = (text) => ({ ticketKeys: Buffer.from(text, "base64") });

if (cluster.isPrimary) {
  process.env.TICKET_KEYS = newTicketKeys(); // for all workers, those that a deploy starts as well
  process.on("SIGHUP", async () => {
    process.env.TICKET_KEYS = newTicketKeys();
    const answers = Object.values(cluster.workers).map((worker) => {
      worker.send(process.env.TICKET_KEYS);
      return once(worker, "message");
    });
    await Promise.all(answers);
    console.log("NEW TICKET KEYS");
  });
  await runWorkers(2);
  console.log("READY");
} else {
  const { version } = await import(pathToFileURL(application));
  const tls = { ...JSON.parse(readFileSync(certificate, "utf8")), ...ticketKeysOf(process.env.TICKET_KEYS) };
  const [ws, tcp, wss, tlsOnTcp] = ports.map((port) => ({
    host: "127.0.0.1",
    port: Number(port),
    maxConnectionsPerAddress: 10_000,
    loginWaitMs: 60_000,
  }));
  const secure = [createWsServer({ ...wss, tls }), createTcpServer({ ...tlsOnTcp, tls })];
  const gateway = createGateway({
    servers: [createWsServer(ws), createTcpServer(tcp), ...secure],
    authenticate: ({ token }) => ({ account: token }),
  });
  gateway.handleRaw("version", (ctx) => ctx.respond(new TextEncoder().encode(`${version} ${process.pid}`)));
  process.on("message", (text) => {
    for (const server of secure) server.updateTls(ticketKeysOf(text));
    process.send("taken");
  });
  process.on("SIGINT", () => {}); // Ctrl-C reaches all processes of a terminal; the primary sends SIGTERM.
  process.on("SIGTERM", async () => {
    await gateway.shutdown({ connectionsPerSecond: 500, finishLogins: true, signal: AbortSignal.timeout(30_000) });
    cluster.worker.disconnect();
  });
  await gateway.start();
  process.send("ready");
}
