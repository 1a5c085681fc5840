import { measure } from "../network-measurement.mjs";
import { pairedRounds } from "../paired-rounds.mjs";
import { tlsServers } from "../servers/contestants.mjs";
import { tableOfRuns } from "../table-of-runs.mjs";
import { loadBusy, rate, serverCpu } from "./network-columns.mjs";

const loads = [
  { title: "TLS: 128 bytes, window 1", messageBytes: 128, window: 1, tlsAtLeast: 0.95, wssAtLeast: 1.1 },
  { title: "TLS: 128 bytes, window 32", messageBytes: 128, window: 32, tlsAtLeast: 0.78, wssAtLeast: 4.5 },
  { title: "TLS: 16 KiB, window 8", messageBytes: 16 * 1024, window: 8 },
];

export const tls = {
  name: "tls",
  title: "Echo over TLS",
  about: "50 connections; window W: on each connection W messages are under way at any time.",
  async run({ rounds, warmupMs, measureMs, progress }) {
    const tables = [];
    for (const { title, messageBytes, window, tlsAtLeast, wssAtLeast } of loads) {
      const job = { kind: "closedLoop", connections: 50, messageBytes, window, warmupMs, measureMs };
      const runs = await pairedRounds(tlsServers, rounds, (server) => measure({ server, job }), progress);
      const columns = [serverCpu, rate, loadBusy];
      const comparisons = [
        { label: "TLS beside node:tls", ours: "imTls", peer: "rawTls", atLeast: tlsAtLeast },
        { label: "WebSocket beside ws on https", ours: "imWss", peer: "wsOnHttps", atLeast: wssAtLeast },
      ];
      tables.push(tableOfRuns({ title, contestants: tlsServers, runs, columns, comparisons }));
    }
    return tables;
  },
};
