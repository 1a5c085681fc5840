import type { ChatDevice } from "../world/chat-device.js";
import type { World } from "../world/world.js";
import type { Invariant } from "./invariant.js";

/** Two checks of the watched accounts by their gateway. */
const CHECKS_MS = 61_000;

/** A device that watches accounts is told each change once; in a calm world it knows who is online, on all gateways. */
export const watchersKnow: Invariant = (world) => {
  const { chat } = world;
  if (!chat) return {};
  chat.observers.push({
    talkAnswered() {},
    indexed() {},
    presenceChanged(device, account, isOnline) {
      if (mayLosePushes(world, device) || device.presence.get(account) !== isOnline) return;
      world.violate("a watcher is told each change once", `${device.node.name} was told of ${account} again`);
    },
  });
  return {
    async whileCalm() {
      await world.kernel.run(world.kernel.nowMs + CHECKS_MS + world.options.gateway.limits.leaseMs);
      const online = new Set(world.ports.directory.find(world.accounts).map(({ account }) => account));
      for (const device of chat.devices.values()) {
        if (device.node.client.status.state !== "online" || mayLosePushes(world, device)) continue;
        for (const [account, isOnline] of device.presence) {
          if (isOnline === online.has(account)) continue;
          world.violate("watchers know who is online", `${device.node.name} is wrong about ${account}`);
        }
      }
    },
  };
};

function mayLosePushes({ options: { server, client } }: World, { node }: ChatDevice): boolean {
  if (server.limits.overflowPolicy !== "close") return true;
  return client.limits.maxQueuedPushes < 10 && node.errors.includes("IM_ERR_PUSH_OVERFLOW");
}
