import { once } from "node:events";
import { connect } from "node:net";
import { Worker } from "node:worker_threads";
import { onTestFinished } from "vitest";
import { within } from "./recorder.js";

/** Listens with the shortest queue, and then never accepts. */
const program = `
  const { workerData, parentPort } = require("node:worker_threads");
  require("node:net").createServer().listen({ ...workerData, backlog: 1 }, () => {
    parentPort.postMessage("listening");
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;
/** More than fit into the queue. */
const WAITING = 4;

/** From now on, nothing that connects to this address gets an answer: neither a connection nor a refusal. */
export async function openBlackHole(host: string, port: number): Promise<void> {
  const worker = new Worker(program, { eval: true, workerData: { host, port } });
  onTestFinished(() => worker.terminate().then(() => {}));
  await within(once(worker, "message"), "a socket that listens");
  const sockets = Array.from({ length: WAITING }, () => connect({ host, port }).on("error", () => {}));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  await within(once(sockets[0]!, "connect"), "the first connection in the queue");
}
