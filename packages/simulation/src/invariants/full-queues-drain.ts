import { pushNote } from "../actions/push.js";
import type { ClientRecord } from "../world/client-record.js";
import type { GatewayLife } from "../world/gateway-life.js";
import { sleep } from "../world/sleep.js";
import type { World } from "../world/world.js";
import type { Invariant } from "./invariant.js";

const NOTES = 3;
/** So that each note is flushed alone. */
const PAUSE_MS = 5;
const CALM_MS = 3_000;

/** In a calm world, pushes that are larger than what the system takes at once all arrive, though nothing else is sent. */
export const fullQueuesDrain: Invariant = (world) => {
  const arrived = new Map<string, number>();
  const losers = new Set<ClientRecord>();
  world.observers.push({
    pushReceived({ client, source, missed }) {
      const way = `${client.name} ${source}`;
      arrived.set(way, (arrived.get(way) ?? 0) + 1);
      if (missed > 0) losers.add(client);
    },
  });
  return {
    async whileCalm() {
      const life = world.gateways[0]?.life;
      const clients = world.clients.filter(({ client }) => client.status.state === "online");
      if (!life || !isWideEnough(world)) return;
      const sources = new Map<string, string>();
      for (const account of new Set(clients.map((client) => client.account))) {
        const source = world.pushes.nextSource();
        sources.set(account, source);
        life.process.poll(() => void pushLarge(world, life, account, source));
      }
      await world.kernel.run(world.kernel.nowMs + CALM_MS);
      for (const client of clients) {
        if (losers.has(client) || client.errors.includes("IM_ERR_PUSH_OVERFLOW")) continue;
        const notes = arrived.get(`${client.name} ${sources.get(client.account)}`) ?? 0;
        if (notes < NOTES)
          world.violate(
            "a full queue drains without another write",
            `${client.name} got ${notes} of ${NOTES} large pushes`,
          );
      }
    },
  };
};

const padBytes = ({ options }: World) => 2 * options.link.bufferBytes;

/** Whether the queues take all the notes, and the links carry them in time. */
function isWideEnough(world: World): boolean {
  const { maxQueuedBytes, maxQueuedBytesTotal } = world.options.server.limits;
  const { latencyMs, jitterMs, bufferBytes } = world.options.link;
  const allBytes = (NOTES + 1) * padBytes(world);
  const isQuick = !world.network.hasBadLinks && latencyMs + jitterMs <= 40;
  return isQuick && bufferBytes <= 16_384 && maxQueuedBytes >= allBytes && maxQueuedBytesTotal >= 10 * allBytes;
}

async function pushLarge(world: World, life: GatewayLife, account: string, source: string): Promise<void> {
  const pad = "x".repeat(padBytes(world));
  for (let number = 1; number <= NOTES; number++) {
    await pushNote(world, life, account, { source, number, pad });
    await sleep(life.process, PAUSE_MS);
  }
}
