import { OpCode } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { gate } from "../deadline.js";
import { check, equal, equalLists } from "../expectations.js";
import { type Harness, send } from "../harness.js";
import { overfill, overfillable, settle } from "../overfill.js";
import { bytesOf, numbered, numberOf, upTo } from "../payloads.js";

const KiB = 1024;
const MiB = 1024 * KiB;

/** Clients of a server whose listener does not settle until the case says so. */
async function crowd(h: Harness, count: number, maxInboxBytesTotal: number) {
  const settled = gate();
  const dropped: string[] = [];
  const server = await h.startServer({
    maxInboxBytes: 64 * MiB,
    maxInboxMessages: 100_000,
    maxInboxBytesTotal,
    messageListener: { receive: () => settled.opened },
    hooks: { dropped: (_agent, why, messages) => void dropped.push(`${why}: ${messages}`) },
  });
  const clients = await Promise.all(upTo(count).map(() => h.connect(server, { conn: overfillable })));
  return { server, clients, settled, dropped };
}

export const receivedTotalCases = {
  "received-total/stops-reading": {
    rule: "when much waits in all inboxes together they stop being read; no channel is closed, and every message arrives",
    async run(h) {
      // Room for what a client that fragments its messages makes the server keep of each.
      const { server, clients, settled } = await crowd(h, 3, 6 * MiB);
      const counts = clients.map(({ client }) => overfill(client));
      await Promise.all(clients.map(({ client }) => settle(client)));
      check(
        clients.every(({ client }) => client.queuedBytes > 0),
        "messages wait at every client",
      );
      settled.open();
      for (const [index, { id }] of clients.entries()) {
        const messages = await server.messagesOf(id, counts[index]!);
        equalLists(
          messages.map(({ payload }) => numberOf(payload)),
          upTo(counts[index]!),
          "messages of a client",
        );
      }
      equal(server.disconnects.length, 0, "connections that are closed");
    },
  },
  "received-total/fullest-is-closed": {
    rule: "beyond the bound of all inboxes the connection that holds the most is closed with 1013; the others lose nothing",
    needs: "ping",
    async run(h) {
      const { server, clients, settled, dropped } = await crowd(h, 9, 1 * MiB);
      const [full, ...others] = clients;
      // The first message of each is with the listener, and waits nowhere.
      for (const number of upTo(2)) send(full!.client, numbered(number, 400 * KiB));
      send(full!.client, bytesOf("both have come?"), OpCode.Ping);
      await h.readFrame(full!.client);
      for (const { client } of others) for (const number of upTo(2)) send(client, numbered(number, 100 * KiB));
      const { code, reason } = await h.within(full!.client.closed, "the fullest to be closed");
      equal(code, 1013, "the code that the fullest reads");
      equal(reason, "too much waits in the server", "the reason that it reads");
      equalLists(dropped, ["undelivered: 1"], "what the hook reports of");
      settled.open();
      const { info } = await server.disconnectOf(full!.id);
      equal(info.error?.code, "IM_ERR_INBOX_FULL", "the error that its channel is closed with");
      for (const { id } of others) await server.messagesOf(id, 2);
      equal(server.disconnects.length, 1, "connections that are closed");
    },
  },
} satisfies ComplianceCases;
