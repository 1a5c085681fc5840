import { measure } from "../network-measurement.mjs";
import { pairedRounds } from "../paired-rounds.mjs";
import { echoServers } from "../servers/contestants.mjs";
import { tableOfRuns } from "../table-of-runs.mjs";
import { rate, serverBusy } from "./network-columns.mjs";

const { ws, imWs, imTcp, rawNet } = echoServers;
const contestants = { rawNet, imTcp, ws, imWs };

/** The tail is the load's own when this share of it was lost before the message was sent. */
const LOAD_WAS_LATE = 0.5;

const columns = [
  { figure: "p99Us", label: "p99", unit: "µs" },
  { figure: "p50Us", label: "p50", unit: "µs" },
  { figure: "sendDelayP99Us", label: "sent late, p99", unit: "µs" },
  rate,
  serverBusy,
];

export const latency = {
  name: "latency",
  title: "Latency in an open loop",
  about:
    "100 connections, 128 bytes, at half of the rate that ws reached at window 32 in the same round; timed from the moment at which a message was due.",
  async run({ rounds, warmupMs, measureMs, progress }) {
    const load = { connections: 100, messageBytes: 128, warmupMs, measureMs };
    const rates = [];
    const runs = await pairedRounds(
      contestants,
      rounds,
      async (server, round) => {
        rates[round] ??= await halfOfWsRate(load);
        const messagesPerSecond = rates[round];
        const run = await measure({ server, job: { ...load, kind: "openLoop", messagesPerSecond }, loadPolls: true });
        return run.sendDelayP99Us > LOAD_WAS_LATE * run.p99Us ? { ...run, void: "the load itself sent late" } : run;
      },
      progress,
    );
    const comparisons = [
      { label: "WebSocket's p99 beside ws", ours: "imWs", peer: "ws", as: "larger", atMost: 1 },
      { label: "TCP's p99 beside node:net", ours: "imTcp", peer: "rawNet", as: "larger" },
    ];
    return [tableOfRuns({ title: "Latency in an open loop", contestants, runs, columns, comparisons })];
  },
};

async function halfOfWsRate(load) {
  const calibration = await measure({ server: ws, job: { ...load, kind: "closedLoop", window: 32 } });
  if (calibration.void) throw new Error(`the rate of ws is unknown: ${calibration.void}`);
  return Math.round(calibration.messagesPerSecond / 2);
}
