import { measure } from "../network-measurement.mjs";
import { pairedRounds } from "../paired-rounds.mjs";
import { formatServers } from "../servers/contestants.mjs";
import { tableOfRuns } from "../table-of-runs.mjs";
import { loadBusy, rate, serverCpu } from "./network-columns.mjs";

export const commonJs = {
  name: "commonjs",
  title: "CommonJS",
  about: "The echo and the requests of a gateway as above, from packages that `require` has loaded.",
  async run({ rounds, warmupMs, measureMs, progress }) {
    const job = { kind: "closedLoop", connections: 100, messageBytes: 128, window: 32, warmupMs, measureMs };
    const runs = await pairedRounds(formatServers, rounds, (server) => measure({ server, job }), progress);
    return [
      tableOfRuns({
        title: "CommonJS beside ES modules",
        contestants: formatServers,
        runs,
        columns: [serverCpu, rate, loadBusy],
        comparisons: [
          { label: "TCP", ours: "requiredTcp", peer: "tcp", as: "larger", atMost: 1.05 },
          { label: "gateway", ours: "requiredGateway", peer: "gateway", as: "larger", atMost: 1.05 },
        ],
      }),
    ];
  },
};
