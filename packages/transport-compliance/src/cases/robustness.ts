import type { ServerOptions } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { equal, equalLists } from "../expectations.js";
import type { Harness } from "../harness.js";
import { send } from "../harness.js";
import { bytesOf, textOf } from "../payloads.js";

type Receive = NonNullable<ServerOptions["messageListener"]>["receive"];

/** A listener that fails at one message is given the next, of the same channel and of others. */
async function surviveFailingReceive(h: Harness, receive: Receive): Promise<void> {
  const server = await h.startServer({ messageListener: { receive } });
  const ann = await h.connect(server, { id: "ann" });
  const bob = await h.connect(server);
  for (const text of ["one", "bad", "two"]) send(ann.client, bytesOf(text));
  const texts = (await server.messagesOf("ann", 3)).map(({ payload }) => textOf(payload));
  equalLists(texts, ["one", "bad", "two"], "the messages that the listener was given");
  const error = await server.reported("receive", "ann");
  equal(error.message, "cannot take this", "what onError gets");
  await h.roundTrip(server, bob);
  await h.roundTrip(server, ann);
  await h.roundTrip(server, await h.connect(server));
  equal(server.errors.length, 1, "errors that were reported");
}

async function surviveFailingDisconnect(h: Harness, disconnect: () => void | Promise<void>): Promise<void> {
  const server = await h.startServer({
    stateListener: { disconnect: (id) => (id === "bob" ? undefined : disconnect()) },
  });
  const bob = await h.connect(server, { id: "bob" });
  for (const leave of ["close", "destroy"] as const) {
    const { id, client } = await h.connect(server);
    void client[leave]();
    const error = await server.reported("disconnect", id);
    equal(error.message, "cannot take this", "what onError gets");
    await h.roundTrip(server, bob);
    await h.roundTrip(server, await h.connect(server));
    equal(server.channels.get(id), undefined, "the channel in the map");
  }
}

function fail(): never {
  throw new Error("cannot take this");
}

export const robustnessCases = {
  "robustness/receive-throws": {
    rule: "a MessageListener that throws is reported, and affects no other message or connection",
    run: (h) =>
      surviveFailingReceive(h, (_agent, payload) => {
        if (textOf(payload) === "bad") fail();
      }),
  },
  "robustness/receive-rejects": {
    rule: "a MessageListener that rejects is reported, and affects no other message or connection",
    run: (h) =>
      surviveFailingReceive(h, async (_agent, payload) => {
        if (textOf(payload) === "bad") fail();
      }),
  },
  "robustness/disconnect-throws": {
    rule: "a StateListener that throws is reported, and affects no other connection",
    run: (h) => surviveFailingDisconnect(h, fail),
  },
  "robustness/disconnect-rejects": {
    rule: "a StateListener that rejects is reported, and affects no other connection",
    run: (h) =>
      surviveFailingDisconnect(h, async () => {
        fail();
      }),
  },
  "robustness/reporter-throws": {
    rule: "an error that onError throws is ignored",
    async run(h) {
      const server = await h.startServer({ onError: fail, messageListener: { receive: fail } });
      const connected = await h.connect(server);
      send(connected.client, bytesOf("one"));
      send(connected.client, bytesOf("two"));
      await server.errors.atLeast(2);
      await h.roundTrip(server, connected);
    },
  },
} satisfies ComplianceCases;
