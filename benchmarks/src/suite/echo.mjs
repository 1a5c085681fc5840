import { measure } from "../network-measurement.mjs";
import { pairedRounds } from "../paired-rounds.mjs";
import { echoServers } from "../servers/contestants.mjs";
import { tableOfRuns } from "../table-of-runs.mjs";
import { loadBusy, rate, serverCpu } from "./network-columns.mjs";

const besideBun = (target) =>
  echoServers.bun ? [{ label: "WebSocket beside Bun.serve", ours: "imWs", peer: "bun", ...target }] : [];

const loads = [
  {
    title: "Echo: 128 bytes, window 1",
    messageBytes: 128,
    window: 1,
    comparisons: [
      { label: "TCP beside node:net", ours: "imTcp", peer: "rawNet", atLeast: 0.9 },
      { label: "WebSocket beside ws", ours: "imWs", peer: "ws", atLeast: 1.2 },
      ...besideBun(),
      { label: "WebSocket beside Socket.IO", ours: "imWs", peer: "socketIo" },
    ],
  },
  {
    title: "Echo: 128 bytes, window 32",
    messageBytes: 128,
    window: 32,
    comparisons: [
      { label: "TCP beside node:net", ours: "imTcp", peer: "rawNet", atLeast: 0.6 },
      { label: "TCP beside a loop by hand", ours: "imTcp", peer: "byHand", atLeast: 0.9 },
      { label: "WebSocket beside ws", ours: "imWs", peer: "ws", atLeast: 15 },
      ...besideBun({ atLeast: 0.75 }),
      { label: "WebSocket beside Socket.IO", ours: "imWs", peer: "socketIo", atLeast: 8 },
    ],
  },
  {
    title: "Echo: 16 KiB, window 8",
    messageBytes: 16 * 1024,
    window: 8,
    comparisons: [
      { label: "TCP beside node:net", ours: "imTcp", peer: "rawNet", atLeast: 0.8 },
      { label: "WebSocket beside ws", ours: "imWs", peer: "ws", atLeast: 3 },
      ...besideBun(),
      { label: "WebSocket beside Socket.IO", ours: "imWs", peer: "socketIo" },
    ],
  },
];

export const echo = {
  name: "echo",
  title: "Echo",
  about: "100 connections; window W: on each connection W messages are under way at any time.",
  async run({ rounds, warmupMs, measureMs, progress }) {
    const tables = [];
    for (const { title, messageBytes, window, comparisons } of loads) {
      const job = { kind: "closedLoop", connections: 100, messageBytes, window, warmupMs, measureMs };
      const runs = await pairedRounds(echoServers, rounds, (server) => measure({ server, job }), progress);
      const columns = [serverCpu, rate, loadBusy];
      tables.push(tableOfRuns({ title, contestants: echoServers, runs, columns, comparisons }));
    }
    return tables;
  },
};
