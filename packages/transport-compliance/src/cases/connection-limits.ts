import { CloseCode, type RefusalReason } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { equal, equalLists } from "../expectations.js";
import type { Harness } from "../harness.js";
import type { TestServer } from "../test-server.js";

const REFUSED = 5;

/** A dial that the server must not take. Each transport refuses in its own way. */
async function refusedDial(h: Harness, server: TestServer): Promise<void> {
  const refused = h.dial(server).then(
    (conn) => conn.closed,
    () => undefined,
  );
  const info = await h.within(refused, "a dial that is one too many to fail, or its connection to end");
  if (info?.clean) equal(info.code, CloseCode.TryAgainLater, "the close code of one too many");
}

export const connectionLimitCases = {
  "connection-limits/one-too-many": {
    rule: "beyond maxConnections new clients are refused and connected ones stay; when one leaves, one is admitted",
    async run(h) {
      const refused: RefusalReason[] = [];
      const hooks = { refused: (why: RefusalReason) => void refused.push(why) };
      const server = await h.startServer({ maxConnections: 2, hooks });
      const first = await h.connect(server);
      const second = await h.connect(server);
      for (let i = 0; i < 3; i++) await refusedDial(h, server);
      equalLists(refused, ["max-connections", "max-connections", "max-connections"], "what the hook reports");
      for (const connected of [first, second]) await h.roundTrip(server, connected);
      first.client.destroy();
      await server.disconnectOf(first.id);
      await h.roundTrip(server, await h.connect(server));
    },
  },
  "connection-limits/refused-logins-give-their-place-back": {
    rule: "a login that is refused counts only until its connection is closed",
    async run(h) {
      let logins = 0;
      // One place more than needed: a client may see the end a little before the server does.
      const server = await h.startServer({
        maxConnections: 2,
        acceptor: {
          async accept(conn, { signal }) {
            await conn.readFrame({ signal });
            if (++logins <= REFUSED) throw new Error("not yet");
            return "late";
          },
        },
      });
      for (let i = 0; i < REFUSED; i++) {
        const client = await h.dial(server);
        client.writeFrame(2, new Uint8Array(1));
        client.flush();
        equal((await h.within(client.closed, "the refusal")).code, CloseCode.PolicyViolation, "the close code");
        await server.errors.atLeast(i + 1);
      }
      const client = await h.dial(server);
      client.writeFrame(2, new Uint8Array(1));
      client.flush();
      await server.channel("late");
    },
  },
} satisfies ComplianceCases;
