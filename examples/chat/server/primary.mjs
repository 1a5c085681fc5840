// One program on several cores, by node:cluster: the workers share the listening sockets, and the system gives each connection
// to one of them. SIGUSR2 deploys the code that is on the disk now; SIGTERM and SIGINT drain all workers and end. If no worker can
// be started any more, the program ends with exit code 1, so that its supervisor starts it again.
import cluster from "node:cluster";
import { once } from "node:events";
import { setTimeout as elapse } from "node:timers/promises";

const RESTART_WAIT_MS = 1_000;
const MAX_RESTARTS = 3;

/**
 * Runs so many workers of this program, with these arguments. A worker sends "ready" when it serves, and drains and ends at SIGTERM.
 */
export async function runWorkers(count, args = process.argv.slice(2)) {
  cluster.schedulingPolicy = cluster.SCHED_NONE; // The primary accepts no connection itself. It counts before `setupPrimary` only.
  cluster.setupPrimary({ args });
  const serving = new Set();
  let isEnding = false;
  const pids = () => [...serving].map((worker) => worker.process.pid).join();

  const start = async () => {
    if (isEnding) throw new Error("the program is ending");
    const worker = cluster.fork();
    const [message] = await Promise.race([once(worker, "message"), once(worker, "exit")]);
    if (message !== "ready") throw new Error("the new worker ended before it was ready");
    serving.add(worker);
    // One that is still in the set has crashed.
    worker.once("exit", () => serving.delete(worker) && restart());
  };
  const restart = async () => {
    for (let restarts = 1; ; restarts++) {
      await elapse(RESTART_WAIT_MS);
      try {
        await start();
        return console.log(`RESTARTED ${pids()}`);
      } catch (error) {
        if (isEnding) return;
        console.error(`NOT RESTARTED: ${error.message}`);
        if (serving.size === 0 && restarts >= MAX_RESTARTS) process.exit(1);
      }
    }
  };
  const drain = async (worker) => {
    serving.delete(worker);
    worker.process.kill("SIGTERM");
    await once(worker, "exit");
  };
  /** One worker after the other. If the new code does not start, the old workers stay. */
  const deploy = async () => {
    for (const worker of [...serving]) {
      await start();
      await drain(worker);
    }
    console.log(`DEPLOYED ${pids()}`);
  };
  const end = () => {
    isEnding = true;
    for (const worker of Object.values(cluster.workers)) void drain(worker);
  };

  await Promise.all(Array.from({ length: count }, start));
  let deploys = Promise.resolve();
  process.on("SIGUSR2", () => {
    deploys = deploys.then(deploy).catch((error) => console.error(`NOT DEPLOYED: ${error.message}`));
  });
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, end);
}
