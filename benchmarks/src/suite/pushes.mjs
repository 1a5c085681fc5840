import { measure } from "../network-measurement.mjs";
import { mostConnections } from "../open-file-limit.mjs";
import { pairedRounds } from "../paired-rounds.mjs";
import { pushServers } from "../servers/contestants.mjs";
import { tableOfRuns } from "../table-of-runs.mjs";
import { loadBusy, rate, serverCpu } from "./network-columns.mjs";

export const pushes = {
  name: "pushes",
  title: "Pushes to many channels",
  about: "128 bytes pushed to each of many WebSocket connections in one turn of the event loop, one by one.",
  async run({ rounds, warmupMs, measureMs, manyConnections, progress }) {
    const tables = [];
    for (const receivers of [1000, Math.min(9000, manyConnections, mostConnections())]) {
      const job = { kind: "fanOut", connections: receivers, messageBytes: 128, burst: 1, warmupMs, measureMs };
      const runs = await pairedRounds(pushServers, rounds, (server) => measure({ server, job }), progress);
      tables.push(
        tableOfRuns({
          title: `Pushes: ${receivers.toLocaleString("en")} receivers`,
          contestants: pushServers,
          runs,
          columns: [
            serverCpu,
            { figure: "rssBytes", label: "server's memory", unit: "MB", scale: 1e-6 },
            rate,
            loadBusy,
          ],
          comparisons: [{ label: "pushes beside a loop of socket.write", ours: "imWs", peer: "rawNet", atLeast: 0.9 }],
        }),
      );
    }
    return tables;
  },
};
