import type { Fault } from "./fault.js";

/** What a client and a gateway send each other is dropped, in one direction or both. */
export const partition: Fault = {
  name: "partition",
  weight: 5,
  begin({ gateways, clients, network, kernel }, random) {
    const client = random.pick(clients).host;
    const others = random.chance(0.5) ? gateways : [random.pick(gateways)];
    const ways = others.flatMap(({ host }) =>
      random.pick([
        [[client, host]],
        [[host, client]],
        [
          [client, host],
          [host, client],
        ],
      ] as [string, string][][]),
    );
    for (const [from, to] of ways) {
      kernel.write("network", `drops what ${from} sends to ${to}`);
      network.block(from, to);
    }
    return () => {
      for (const [from, to] of ways) network.unblock(from, to);
    };
  },
};
