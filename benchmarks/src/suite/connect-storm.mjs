import { measure } from "../network-measurement.mjs";
import { pairedRounds } from "../paired-rounds.mjs";
import { loginServers } from "../servers/contestants.mjs";
import { tableOfRuns } from "../table-of-runs.mjs";
import { loadBusy } from "./network-columns.mjs";

export const connectStorm = {
  name: "connect-storm",
  title: "Connect storm",
  about:
    "As many connects as the server takes, 100 at a time, until all are open; ours with a login of one packet each way.",
  async run({ rounds, manyConnections, progress }) {
    const job = { kind: "connectStorm", connections: manyConnections };
    const runs = await pairedRounds(loginServers, rounds, (server) => measure({ server, job }), progress);
    return [
      tableOfRuns({
        title: `Connect storm: ${manyConnections.toLocaleString("en")} connections`,
        contestants: loginServers,
        runs,
        columns: [
          { figure: "serverCpuUsPerMessage", label: "server CPU per connect", unit: "µs" },
          { figure: "messagesPerSecond", label: "connects a second", unit: "" },
          loadBusy,
        ],
        comparisons: [
          { label: "gateway with login beside ws without", ours: "gateway", peer: "ws", atLeast: 0.7 },
          { label: "WebSocket with login beside ws without", ours: "imWs", peer: "ws", atLeast: 0.8 },
          { label: "WebSocket beside ws, both without login", ours: "imWsPlain", peer: "ws", atLeast: 1 },
          { label: "TCP with login beside node:net without", ours: "imTcp", peer: "rawNet" },
        ],
      }),
    ];
  },
};
