import { measure } from "../network-measurement.mjs";
import { pairedRounds } from "../paired-rounds.mjs";
import { echoServers } from "../servers/contestants.mjs";
import { tableOfRuns } from "../table-of-runs.mjs";

export const idleMemory = {
  name: "idle-memory",
  title: "Memory of an idle connection",
  about:
    "What the server's resident memory grew by, for each connection opened and left alone; ours with deadlines on.",
  async run({ rounds, manyConnections, settleMs, progress }) {
    const job = { kind: "idleConnections", connections: manyConnections, settleMs };
    const serverFlags = ["--expose-gc"];
    const runs = await pairedRounds(echoServers, rounds, (server) => measure({ server, job, serverFlags }), progress);
    const each = 1 / manyConnections;
    return [
      tableOfRuns({
        title: `Idle: ${manyConnections.toLocaleString("en")} connections`,
        contestants: echoServers,
        runs,
        columns: [
          { figure: "rssGrowthBytes", label: "RSS per connection", unit: "bytes", scale: each },
          { figure: "rssGrowthCollectedBytes", label: "after a garbage collection", unit: "bytes", scale: each },
        ],
        comparisons: [
          { label: "TCP beside node:net", ours: "imTcp", peer: "rawNet", as: "larger", atMost: 1.35 },
          { label: "WebSocket beside ws", ours: "imWs", peer: "ws", as: "larger", atMost: 0.92 },
        ],
      }),
    ];
  },
};
