import { CloseCode, OpCode } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { gate } from "../deadline.js";
import { equal } from "../expectations.js";
import { send } from "../harness.js";
import { bytesOf } from "../payloads.js";
import { loginByName } from "../test-server.js";

export const duplicateCases = {
  "duplicate/second-is-closed": {
    rule: "a login with an id that is connected is closed; the first connection stays and works",
    async run(h) {
      const server = await h.startServer();
      const first = await h.connect(server, { id: "ann" });
      const second = await h.dial(server);
      for (const text of ["ann", "a message"]) second.writeFrame(OpCode.Binary, bytesOf(text));
      const info = await h.within(second.closed, "the second to be closed");
      equal(info.code, CloseCode.PolicyViolation, "the close code that the second reads");
      equal(info.reason, "channel id is repeated", "the reason that the second reads");
      equal(server.messages.length, 0, "messages of the second that the listener was given");
      equal(server.channels.get("ann"), first.channel, "the channel under the id");
      await h.roundTrip(server, first);
      equal(server.disconnects.length, 0, "disconnects while the first is still there");
    },
  },
  "duplicate/racing-logins": {
    rule: "of several logins under one id at the same time exactly one is let in",
    async run(h) {
      const go = gate();
      const server = await h.startServer({
        acceptor: {
          async accept(conn, options) {
            const id = await loginByName.accept(conn, options);
            await go.opened;
            return id;
          },
        },
      });
      const clients = await Promise.all([h.dial(server), h.dial(server), h.dial(server)]);
      const closed = h.log<unknown>("racers that were closed");
      for (const client of clients) {
        void client.closed.then((info) => closed.put(info));
        send(client, bytesOf("ann"));
      }
      go.open();
      await closed.atLeast(2);
      const channel = await server.channel("ann");
      equal(server.admitted.length, 1, "channels that were admitted");
      channel.push(bytesOf("you are the one"));
      await h.within(Promise.any(clients.map((client) => client.readFrame())), "a frame at the one that was let in");
      equal(closed.length, 2, "racers that were closed");
    },
  },
  "duplicate/free-again": {
    rule: "once a channel is gone its id can be taken again",
    async run(h) {
      const server = await h.startServer();
      const { client } = await h.connect(server, { id: "ann" });
      await h.within(client.close(), "the first to close");
      await server.disconnectOf("ann");
      const second = await h.dial(server);
      send(second, bytesOf("ann"));
      send(second, bytesOf("here I am again"));
      await server.messages.atLeast(1);
      equal(server.admitted.length, 2, "channels that were admitted, one after the other");
    },
  },
} satisfies ComplianceCases;
