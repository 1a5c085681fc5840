import { setTimeout as wait } from "node:timers/promises";

/**
 * Answers a job with the CPU time that this process spends on a request.
 *
 * @param connect connects a client. @returns makes a request, and says whether the response is the right one
 */
export function measureRequests(connect) {
  process.on("disconnect", () => process.exit());
  process.once("message", async (job) => {
    process.channel.ref();
    try {
      process.send(await measured(connect, job));
    } catch (error) {
      process.send({ void: error.message });
    }
  });
}

async function measured(connect, { port, clients, window, warmupMs, measureMs }) {
  const requests = [];
  for (let i = 0; i < clients; i++) requests.push(await connect(port, i));
  let answers = 0;
  const repeat = async (request) => {
    while (await request()) answers++;
    throw new Error("a response is not what was sent");
  };
  const broken = Promise.all(requests.flatMap((request) => Array.from({ length: window }, () => repeat(request))));
  await Promise.race([wait(warmupMs), broken]);
  const answersBefore = answers;
  const startCpu = process.cpuUsage();
  const startMs = performance.now();
  await Promise.race([wait(measureMs), broken]);
  const { user, system } = process.cpuUsage(startCpu);
  const count = answers - answersBefore;
  return {
    clientCpuUsPerRequest: (user + system) / count,
    requestsPerSecond: (count * 1000) / (performance.now() - startMs),
  };
}
