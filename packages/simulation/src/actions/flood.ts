import { OpCode } from "@im/transport-core";
import { nodeNetOf } from "../net/node-net.js";
import { encodeJson } from "../world/json.js";
import { GATEWAY_PORTS } from "../world/transports.js";
import type { Action } from "./action.js";

/** Of each request, about. */
export const FLOOD_REQUEST_BYTES = 20_000;
const REQUESTS = 60;

/** A stranger signs in and sends more requests at once than a gateway may keep. No handler takes so long that it times out. */
export const flood: Action = {
  name: "flood",
  weight: 1,
  run(world, random) {
    const { process, product, host } = world.addStranger();
    const { createLogicPkt, marshal, encodeFrame, encodeLoginReq } = product;
    const gateway = random.pick(world.gateways);
    const net = nodeNetOf(process, world.network, host);
    const device = `f${world.strangers.length}`;
    const leavesAfterMs = random.pick([2_000, 6_000]);
    const packet = (command: string, sequence: number, body: Uint8Array) =>
      encodeFrame(OpCode.Binary, marshal(createLogicPkt({ command, sequence, body })));
    const body = encodeJson({ id: 0, mode: "sync", ms: 400, size: 0, pad: "x".repeat(FLOOD_REQUEST_BYTES) });
    process.poll(() => {
      const socket = net.connect({ host: gateway.host, port: GATEWAY_PORTS.tcp }, () => {
        socket.write(packet("login.signin", 1, encodeLoginReq({ token: `x/${device}` })));
      });
      socket.once("data", () => {
        for (let request = 1; request <= REQUESTS; request++) socket.write(packet("async", 1 + request, body));
      });
      socket.on("error", () => {});
      process.later(leavesAfterMs, () => socket.destroy());
    });
    world.observe((observer) => observer.floodBegan?.(host, device));
  },
};
