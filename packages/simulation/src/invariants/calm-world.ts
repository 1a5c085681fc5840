import { pushNote } from "../actions/push.js";
import type { ClientNode } from "../world/client-node.js";
import type { ClientRecord } from "../world/client-record.js";
import type { GatewayLife } from "../world/gateway-life.js";
import type { World } from "../world/world.js";
import type { Invariant } from "./invariant.js";

/** How long anything takes in a world without faults. */
const CALM_MS = 3_000;

/** The pushes of one gateway to all accounts. */
interface Pushed {
  readonly life: GatewayLife;
  readonly source: string;
}

/** Once all is well, each client that is online gets an answer, and what any gateway pushes to its account. */
export const calmWorld: Invariant = (world) => {
  const arrived = new Set<string>();
  const lost = new Set<ClientRecord>();
  world.observers.push({
    pushReceived({ client, source, number, missed }) {
      arrived.add(`${client.name} ${source} ${number}`);
      if (missed > 0) lost.add(client);
    },
  });
  const checkPushes = (client: ClientRecord, pushed: readonly Pushed[]) => {
    if (lost.has(client) || overflowed(world, client)) return;
    for (const { life, source } of pushed) {
      if (arrived.has(`${client.name} ${source} ${client.account} 1`)) continue;
      world.violate("a push in a calm world arrives", `${client.name} did not get the push of ${life.name}`);
    }
  };
  return {
    async whileCalm() {
      const clients = world.clients.filter(({ client }) => client.status.state === "online");
      const requests = clients.map((client) => [client, ask(client)] as const);
      const pushed = pushToAll(world);
      await world.kernel.run(world.kernel.nowMs + CALM_MS);
      for (const [{ name }, id] of requests) checkAnswer(world, name, await id);
      for (const client of clients) checkPushes(client, pushed);
    },
  };
};

function ask(client: ClientNode): Promise<number> {
  const plan = {
    mode: "sync",
    ms: 0,
    size: 0,
    idempotent: false,
    timeoutMs: undefined,
    abortAfterMs: undefined,
  } as const;
  return new Promise((resolve) => client.process.poll(() => resolve(client.request(plan))));
}

/** Each gateway that runs pushes one note to each account. */
function pushToAll(world: World): readonly Pushed[] {
  const pushed = world.gateways.flatMap(({ life }) => (life ? [{ life, source: world.pushes.nextSource() }] : []));
  for (const { life, source } of pushed) {
    for (const account of world.accounts) {
      life.process.poll(() => void pushNote(world, life, account, { source: `${source} ${account}`, number: 1 }));
    }
  }
  return pushed;
}

function checkAnswer(world: World, name: string, id: number): void {
  const outcome = world.ledger.requests.get(id)?.outcome;
  if (!outcome?.isOk)
    world.violate("a request in a calm world succeeds", `${name} got ${outcome?.code ?? "no answer"}`);
}

/** A small queue for pushes that are handled slowly is enough to lose some. */
function overflowed({ options }: World, { errors }: ClientRecord): boolean {
  return options.client.limits.maxQueuedPushes < 10 && errors.includes("IM_ERR_PUSH_OVERFLOW");
}
