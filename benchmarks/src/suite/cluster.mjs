import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { Core, commandOn } from "../core-pinning.mjs";
import { measure } from "../network-measurement.mjs";
import { pairedRounds } from "../paired-rounds.mjs";
import { clusterServers } from "../servers/contestants.mjs";
import { tableOfRuns } from "../table-of-runs.mjs";
import { loadBusy, rate, serverBusy, serverCpu } from "./network-columns.mjs";

export const cluster = {
  name: "cluster",
  title: "Two servers on Redis",
  about:
    "128 bytes from each of 100 users at one server to a user at the other, 8 under way for each, answered. Both servers are in " +
    "one process, whose CPU time counts. Redis has the core of the load.",
  async run({ rounds, warmupMs, measureMs, progress }) {
    if (spawnSync("redis-server", ["--version"]).status !== 0) {
      throw new Error("this benchmark needs `apt-get install redis-server`; --only leaves it out");
    }
    const redis = await startRedis();
    try {
      const contestants = clusterServers(redis.port);
      const job = { kind: "crossTalk", connections: 200, messageBytes: 128, window: 8, warmupMs, measureMs };
      const runs = await pairedRounds(contestants, rounds, (server) => measure({ server, job }), progress);
      const columns = [serverCpu, rate, serverBusy, loadBusy];
      const comparisons = [
        { label: "beside Socket.IO's Redis adapter", ours: "im", peer: "socketIo", atLeast: 3 },
        { label: "beside Socket.IO's sharded Redis adapter", ours: "im", peer: "socketIoSharded", atLeast: 3 },
      ];
      return [tableOfRuns({ title: "Messages between two servers", contestants, runs, columns, comparisons })];
    } finally {
      redis.process.kill("SIGKILL");
    }
  },
};

/** Without persistence, on a free port, beside the load. */
async function startRedis() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  const options = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", ""];
  const { command, args } = commandOn(Core.load, "redis-server", options);
  const redis = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of redis.stdout) if (String(line).includes("Ready to accept connections")) break;
  return { process: redis, port };
}
