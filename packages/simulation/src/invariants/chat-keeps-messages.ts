import type { ChatDevice } from "../world/chat-device.js";
import type { Talk } from "../world/chat-record.js";
import type { World } from "../world/world.js";
import type { Invariant } from "./invariant.js";

/** How long a device takes to catch up in a world without faults. */
const CALM_MS = 5_000;
const ATTEMPTS = 3;

/** What was acknowledged is stored once, has an id that grows, and reaches each device that catches up. */
export const chatKeepsMessages: Invariant = (world) => {
  const { chat } = world;
  if (!chat) return {};
  const byId = new Map<bigint, Talk>();
  chat.observers.push({
    talkAnswered: (talk, id) => {
      const other = byId.get(id);
      if (other && other !== talk)
        world.violate("ids of messages never repeat", `${talk.text} has that of ${other.text}`);
      byId.set(id, talk);
      if (id <= talk.newestBefore) world.violate("ids of messages grow", `${talk.text} has an older id`);
      if (talk.id !== undefined && talk.id !== id && hasKeys(world)) {
        world.violate("a key stores one message", `${talk.text} has two ids`);
      }
    },
    indexed({ node }, afterId, ids) {
      const isSorted = ids.every((id, at) => id > (ids[at - 1] ?? afterId));
      if (!isSorted) world.violate("an index goes forward", `that of ${node.name} does not`);
    },
  });
  return {
    async whileCalm() {
      const online = [...chat.devices.values()].filter(({ node }) => node.client.status.state === "online");
      const caughtUp = new Map<ChatDevice, ReadonlySet<bigint>>();
      for (const device of online) {
        device.node.process.poll(() => void catchUp(device).then((index) => index && caughtUp.set(device, index)));
      }
      await world.kernel.run(world.kernel.nowMs + CALM_MS);
      for (const device of online) {
        const index = caughtUp.get(device);
        if (index) check(world, device, index);
        else world.violate("a device in a calm world catches up", `${device.node.name} does not`);
      }
    },
  };
};

/** @returns the index of its account */
async function catchUp(device: ChatDevice): Promise<ReadonlySet<bigint> | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++)
    if (await device.catchUp()) return device.wholeIndex().catch(() => undefined);
  return undefined;
}

function check(world: World, { node, memory: { account, seen } }: ChatDevice, index: ReadonlySet<bigint>): void {
  for (const { id, text, sender, to } of world.chat!.record.talks) {
    const isMine = to === undefined || to === account || sender === account;
    if (id === undefined || !isMine || seen.get(id) === text) continue;
    world.violate("an acknowledged message is never lost", `${node.name} did not get ${text}`);
  }
  for (const [id, text] of seen) {
    if (!index.has(id)) world.violate("what a device has seen is never lost", `${node.name} has seen ${text}`);
  }
  const texts = [...seen.values()];
  if (hasKeys(world) && new Set(texts).size < texts.length) {
    world.violate("a key stores one message", `${node.name} has a text twice`);
  }
}

/** Whether repetitions are known by their keys. */
function hasKeys({ options: { gateway, client } }: World): boolean {
  return gateway.knowsExtensions && client.knowsExtensions;
}
