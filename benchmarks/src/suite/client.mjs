import { measureClients } from "../client-measurement.mjs";
import { pairedRounds } from "../paired-rounds.mjs";
import { requestClients } from "../servers/contestants.mjs";
import { tableOfRuns } from "../table-of-runs.mjs";

const loads = [
  { title: "Client: one, 64 in flight", clients: 1, window: 64, atLeast: 4 },
  { title: "Client: 100, each with one in flight", clients: 100, window: 1, atLeast: 1.8 },
];

export const client = {
  name: "client",
  title: "Clients",
  about: "Requests with 128 bytes, each answered with what it carried; all clients in one process.",
  async run({ rounds, warmupMs, measureMs, progress }) {
    const tables = [];
    for (const { title, atLeast, ...load } of loads) {
      const job = { ...load, warmupMs, measureMs };
      const runs = await pairedRounds(requestClients, rounds, (client) => measureClients(client, job), progress);
      tables.push(
        tableOfRuns({
          title,
          contestants: requestClients,
          runs,
          columns: [
            { figure: "clientCpuUsPerRequest", label: "client CPU per request", unit: "µs" },
            { figure: "requestsPerSecond", label: "requests a second", unit: "" },
          ],
          comparisons: [
            { label: "WebSocket beside socket.io-client", ours: "imClient", peer: "socketIoClient", atLeast },
            { label: "TCP beside socket.io-client on WebSocket", ours: "imTcpClient", peer: "socketIoClient" },
          ],
        }),
      );
    }
    return tables;
  },
};
