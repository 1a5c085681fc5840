import type { ComplianceCases } from "../compliance-case.js";
import { turns } from "../deadline.js";
import { equalLists } from "../expectations.js";
import { upTo } from "../payloads.js";

const MANY_TURNS = 500;
const SETTLING_TURNS = 50;

export const leakCases = {
  "leaks/nothing-left": {
    rule: "once all is closed, no socket and no timer is left",
    needs: "openResources",
    async run(h) {
      const open = () => h.subject.openResources!();
      // What earlier cases have closed is not counted.
      await turns(SETTLING_TURNS);
      const before = open();
      const server = await h.startServer({ readWaitMs: 60_000 });
      const connections = await Promise.all(upTo(8).map(() => h.connect(server)));
      for (const connected of connections) await h.roundTrip(server, connected);
      const [closing, vanishing, closed, cut] = connections;
      vanishing!.client.destroy();
      cut!.channel.destroy();
      await h.within(Promise.all([closing!.client.close(), closed!.channel.close()]), "two connections to close");
      await h.within(server.server.shutdown(), "the server to shut down");
      await h.within(Promise.all(connections.map(({ client }) => client.closed)), "all clients to be closed");
      // Systems take a moment to let go of what was closed.
      for (let turn = 0; turn < MANY_TURNS && surplus(open(), before).length > 0; turn++) await turns(1);
      equalLists(surplus(open(), before), [], "what is open and was not before");
    },
  },
} satisfies ComplianceCases;

/** What is there more often than before. */
function surplus(now: readonly string[], before: readonly string[]): string[] {
  const known = [...before];
  return now.filter((name) => {
    const index = known.indexOf(name);
    if (index >= 0) known.splice(index, 1);
    return index < 0;
  });
}
