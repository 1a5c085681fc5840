// A chat that people can open: a gateway alone, one of a cluster, or several workers on this host. To make it yours, replace the
// development login.
import cluster from "node:cluster";
import { announce } from "./announcement.mjs";
import { startChatServer } from "./chat-server.mjs";
import { freePort } from "./free-port.mjs";
import { readOptions } from "./options.mjs";
import { runWorkers } from "./primary.mjs";

const host = "127.0.0.1"; // The development login asks for no password: other machines must not reach it.

async function main() {
  const options = readOptions();
  if (cluster.isWorker) return work(options);
  const port = await freePort(host, Number(options.port));
  const tcpPort = await freePort(host, Number(options["tcp-port"]));
  if (options.workers) {
    // A later option counts: all workers listen where the first ones do.
    await runWorkers(Number(options.workers), [
      ...process.argv.slice(2),
      "--port",
      `${port}`,
      "--tcp-port",
      `${tcpPort}`,
    ]);
  } else {
    const shutDown = await startChatServer({ ...options, host, port, tcpPort });
    for (const signal of ["SIGINT", "SIGTERM"]) {
      process.once(signal, async () => {
        console.log("\n  Shutting down …");
        await shutDown();
        console.log("  Bye.");
      });
    }
  }
  announce({ ...options, pageUrl: `http://${host}:${port}/`, tcpUrl: `tcp://${host}:${tcpPort}` });
}

async function work({ port, "tcp-port": tcpPort, ...options }) {
  const shutDown = await startChatServer({ ...options, host, port: Number(port), tcpPort: Number(tcpPort) });
  process.on("SIGINT", () => {}); // Ctrl-C reaches all processes of a terminal; the primary sends SIGTERM.
  process.once("SIGTERM", async () => {
    await shutDown();
    cluster.worker.disconnect();
  });
  process.send("ready");
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
