import type { ClientRecord } from "../world/client-record.js";
import type { World } from "../world/world.js";
import type { Invariant } from "./invariant.js";

/** What a session has taken reaches its client, as long as the connection lives and no loss is reported. */
export const pushesArrive: Invariant = (world) => {
  /** By channel: what is to come. */
  const expected = new Map<string, { readonly client: ClientRecord; readonly notes: Set<string> }>();
  const online = new Map<string, ClientRecord>();
  /** Notes that came before their push had returned. */
  const early = new Map<ClientRecord, Set<string>>();
  world.observers.push({
    statusChanged(client, status) {
      for (const [channelId, other] of online) {
        if (other !== client) continue;
        online.delete(channelId);
        expected.delete(channelId);
      }
      early.set(client, new Set());
      if (status.state === "online") online.set(status.session.channelId, client);
    },
    notePushed({ source, number, channelIds }) {
      const note = `${source} ${number}`;
      for (const channelId of channelIds) {
        const client = online.get(channelId);
        if (!client || early.get(client)!.delete(note)) continue;
        const own = expected.get(channelId) ?? { client, notes: new Set() };
        expected.set(channelId, own);
        own.notes.add(note);
      }
    },
    pushReceived({ client, source, number }) {
      const note = `${source} ${number}`;
      let wasExpected = false;
      for (const own of expected.values())
        if (own.client === client) wasExpected = own.notes.delete(note) || wasExpected;
      if (!wasExpected) early.get(client)!.add(note);
    },
  });
  return {
    afterHealing() {
      for (const { client, notes } of expected.values()) {
        if (notes.size === 0 || mayLose(world, client)) continue;
        world.violate("an accepted push arrives", `${client.name} did not get ${[...notes].slice(0, 3).join(", ")}`);
      }
    },
  };
};

function mayLose({ options: { server } }: World, client: ClientRecord): boolean {
  return server.limits.overflowPolicy !== "close" || client.errors.includes("IM_ERR_PUSH_OVERFLOW");
}
