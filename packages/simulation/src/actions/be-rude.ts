import { nodeNetOf } from "../net/node-net.js";
import type { SimulatedSocket } from "../net/simulated-socket.js";
import { GATEWAY_PORTS } from "../world/transports.js";
import type { Action } from "./action.js";
import { rudeBytes } from "./rude-bytes.js";
import { rudeWires } from "./rude-wires.js";

/** A stranger connects and speaks bytes: in the wrong order, too early, too many, or none; and may not read. */
export const beRude: Action = {
  name: "be rude",
  weight: 3,
  run(world, random) {
    const { process, product, host } = world.addStranger();
    const gateway = random.pick(world.gateways);
    const wireRandom = random.fork("wire");
    const transport = wireRandom.pick(["tcp", "ws"] as const);
    const wire = rudeWires[transport];
    const net = nodeNetOf(process, world.network, host);
    const isReading = random.chance(0.6);
    const parts = random.pick([0, 1, 3, 10, 100]);
    const pauseMs = random.pick([0, 0, 10, 400]);
    const leavesAfterMs = random.pick([1, 500, 6_000]);
    const atOnce = random.pick([1, 1, 1, 30]);
    const send = (socket: SimulatedSocket, left: number) => {
      if (left === 0 || socket.destroyed || socket.writableEnded) return;
      for (let i = 0; i < atOnce; i++) socket.write(random.weighted(rudeBytes)({ product, wire }, random));
      process.later(pauseMs, () => send(socket, left - 1));
    };
    process.poll(() => {
      const socket = net.connect({ host: gateway.host, port: GATEWAY_PORTS[transport] }, () => {
        socket.write(wire.hello(wireRandom));
        send(socket, parts);
      });
      socket.on("error", () => {});
      if (isReading) socket.resume();
      process.later(leavesAfterMs, () => (random.chance(0.5) ? socket.end() : socket.destroy()));
      process.later(leavesAfterMs + 1_000, () => socket.destroy());
    });
  },
};
