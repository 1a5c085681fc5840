import { measure } from "../network-measurement.mjs";
import { pairedRounds } from "../paired-rounds.mjs";
import { broadcastServers } from "../servers/contestants.mjs";
import { tableOfRuns } from "../table-of-runs.mjs";
import { loadBusy, rate, serverCpu } from "./network-columns.mjs";

const loads = [
  {
    title: "Broadcast: one message in a turn",
    burst: 1,
    comparisons: [
      { label: "broadcast beside a loop of socket.write", ours: "imWs", peer: "rawNet", atLeast: 0.9 },
      { label: "broadcast beside a loop of ws.send", ours: "imWs", peer: "ws" },
    ],
  },
  {
    title: "Broadcast: bursts of 16 in a turn",
    burst: 16,
    comparisons: [
      { label: "broadcast beside a loop of ws.send", ours: "imWs", peer: "ws", atLeast: 3 },
      { label: "broadcast beside Socket.IO", ours: "imWs", peer: "socketIo" },
    ],
  },
];

export const broadcast = {
  name: "broadcast",
  title: "Broadcast",
  about: "128 bytes to each of 1,000 WebSocket connections; a message counts when it is delivered.",
  async run({ rounds, warmupMs, measureMs, progress }) {
    const tables = [];
    for (const { title, burst, comparisons } of loads) {
      const contestants = broadcastServers(burst);
      const job = { kind: "fanOut", connections: 1000, messageBytes: 128, burst, warmupMs, measureMs };
      const runs = await pairedRounds(contestants, rounds, (server) => measure({ server, job }), progress);
      const columns = [serverCpu, rate, loadBusy];
      tables.push(tableOfRuns({ title, contestants, runs, columns, comparisons }));
    }
    return tables;
  },
};
