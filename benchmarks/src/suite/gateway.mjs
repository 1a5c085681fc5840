import { measure } from "../network-measurement.mjs";
import { pairedRounds } from "../paired-rounds.mjs";
import { gatewayServers } from "../servers/contestants.mjs";
import { tableOfRuns } from "../table-of-runs.mjs";
import { loadBusy, rate, serverCpu } from "./network-columns.mjs";

export const gateway = {
  name: "gateway",
  title: "Gateway",
  about:
    "Requests of `chat.user.talk` with a text of 128 bytes, which a handler answers with what it received; 100 TCP connections that have signed in, window 32.",
  async run({ rounds, warmupMs, measureMs, progress }) {
    const job = { kind: "closedLoop", connections: 100, messageBytes: 128, window: 32, warmupMs, measureMs };
    const runs = await pairedRounds(gatewayServers, rounds, (server) => measure({ server, job }), progress);
    const cost = { peer: "plain", as: "larger" };
    return [
      tableOfRuns({
        title: "Gateway: requests and responses",
        contestants: gatewayServers,
        runs,
        columns: [serverCpu, rate, loadBusy],
        comparisons: [
          { label: "bodies as bytes beside packets that nobody reads", ours: "raw", ...cost, atMost: 1.6 },
          { label: "compact codecs beside packets that nobody reads", ours: "compact", ...cost, atMost: 2.6 },
          { label: "generated code beside packets that nobody reads", ours: "generated", ...cost },
        ],
      }),
    ];
  },
};
