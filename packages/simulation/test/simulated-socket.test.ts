import { once } from "node:events";
import { expect, it } from "vitest";
import { Kernel } from "../src/kernel/kernel.js";
import { Random } from "../src/kernel/random.js";
import { SimulatedProcess } from "../src/kernel/simulated-process.js";
import { Network } from "../src/net/network.js";
import { nodeNetOf } from "../src/net/node-net.js";
import type { SimulatedSocket } from "../src/net/simulated-socket.js";

it("ends its own side after a FIN, as a socket of Node does without allowHalfOpen", async () => {
  const kernel = new Kernel(new Random(1));
  const network = new Network(kernel, new Random(2));
  const process = new SimulatedProcess(kernel, "both");
  const { connect, createServer } = nodeNetOf(process, network, "10.0.0.1");
  const server = createServer((socket: SimulatedSocket) => socket.end("bye"));
  server.listen({ port: 7_000 });
  const client = connect({ host: "10.0.0.1", port: 7_000 });
  client.resume();
  const closed = once(client, "close");
  await kernel.run(1_000);
  expect(client.destroyed).toBe(true);
  await closed;
  expect(network.endpoints.size).toBe(0);
});
