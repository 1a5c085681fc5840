import { anyClient } from "../actions/action.js";
import type { Fault } from "./fault.js";

/** The machine of a client has no network for some time. Its page, if it is one, learns when it is back. */
export const loseNetwork: Fault = {
  name: "lose network",
  weight: 2,
  begin(world, random) {
    const { network, gateways, kernel } = world;
    const { name, host, platform } = anyClient(world, random);
    const ways = gateways.flatMap((gateway) => [
      [host, gateway.host],
      [gateway.host, host],
    ]) as [string, string][];
    kernel.write(name, "has no network");
    for (const [from, to] of ways) network.block(from, to);
    return () => {
      for (const [from, to] of ways) network.unblock(from, to);
      platform.page?.networkCameBack();
    };
  },
};
