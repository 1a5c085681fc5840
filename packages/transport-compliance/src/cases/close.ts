import { CloseCode } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { begun, turns } from "../deadline.js";
import { check, equal, equalLists, rejects } from "../expectations.js";
import { send } from "../harness.js";
import { bytesOf } from "../payloads.js";

export const closeCases = {
  "close/client-first": {
    rule: "when the client closes, the server reads its code and reason, and both ends report it as clean",
    async run(h) {
      const server = await h.startServer();
      const { id, client } = await h.connect(server);
      await h.within(client.close(4000, "see you"), "the client to close");
      const { info } = await server.disconnectOf(id);
      equal(info.code, 4000, "the code that the server reads");
      equal(info.reason, "see you", "the reason that the server reads");
      equal(info.clean, true, "whether the server reports it as clean");
      equal((await client.closed).clean, true, "whether the client reports it as clean");
    },
  },
  "close/server-first": {
    rule: "when the server closes, the client's reads fail with its code and reason, and both ends report it as clean",
    async run(h) {
      const server = await h.startServer();
      const { id, client, channel } = await h.connect(server);
      const reading = begun(client.readFrame());
      await h.within(channel.close(4001, "time is up"), "the server to close");
      const error = await rejects(h.within(reading, "the read to settle"), "IM_ERR_CLOSED", "reading at the end");
      equal(error.closeInfo?.code, 4001, "the code that the client reads");
      equal(error.closeInfo?.reason, "time is up", "the reason that the client reads");
      equal(
        (await h.within(client.closed, "the client to be closed")).clean,
        true,
        "whether the client reports it as clean",
      );
      const { info } = await server.disconnectOf(id);
      equal(`${info.code} ${info.reason}`, "4001 time is up", "what the StateListener gets");
      equal(info.clean, true, "whether the server reports it as clean");
    },
  },
  "close/default-code": {
    rule: "close without arguments sends 1000 and no reason",
    async run(h) {
      const server = await h.startServer();
      const { id, client } = await h.connect(server);
      await h.within(client.close(), "the client to close");
      const { info } = await server.disconnectOf(id);
      equal(info.code, CloseCode.Normal, "the code that the server reads");
      equal(info.reason, "", "the reason that the server reads");
    },
  },
  "close/long-reason": {
    rule: "a reason of more than 123 bytes is cut between characters",
    async run(h) {
      const server = await h.startServer();
      const { client, channel } = await h.connect(server);
      await h.within(channel.close(4000, "é".repeat(100)), "the server to close");
      const { reason } = await h.within(client.closed, "the client to be closed");
      equal(reason, "é".repeat(61), "the reason that the client reads");
    },
  },
  "close/reason-as-it-was-sent": {
    rule: "a reason arrives as it was sent, a byte order mark at its beginning too, in both directions",
    async run(h) {
      const server = await h.startServer();
      const reason = "\uFEFFsee you, größer 漢字";
      const toServer = await h.connect(server);
      void toServer.client.close(4000, reason);
      equal((await server.disconnectOf(toServer.id)).info.reason, reason, "the reason that the server reads");
      const toClient = await h.connect(server);
      void toClient.channel.close(4000, reason);
      const { client } = toClient;
      equal(
        (await h.within(client.closed, "the client to be closed")).reason,
        reason,
        "the reason that the client reads",
      );
    },
  },
  "close/client-vanishes": {
    rule: "when the client's socket closes without a Close, disconnect is called once, with 1006 and not clean",
    async run(h) {
      const server = await h.startServer();
      const { id, client } = await h.connect(server);
      client.destroy();
      const { info } = await server.disconnectOf(id);
      equal(info.code, CloseCode.Abnormal, "the code that the server reports");
      equal(info.clean, false, "whether the server reports it as clean");
      equal(
        (await h.within(client.closed, "the client to be closed")).clean,
        false,
        "whether the client reports it as clean",
      );
    },
  },
  "close/server-cuts": {
    rule: "when the server destroys a channel, the client sees 1006 and disconnect is called",
    async run(h) {
      const server = await h.startServer();
      const { id, client, channel } = await h.connect(server);
      channel.destroy();
      const info = await h.within(client.closed, "the client to be closed");
      equal(info.code, CloseCode.Abnormal, "the code that the client reports");
      equal(info.clean, false, "whether the client reports it as clean");
      await rejects(client.readFrame(), "IM_ERR_CLOSED", "reading afterwards");
      await server.disconnectOf(id);
    },
  },
  "close/exactly-once": {
    rule: "disconnect is called exactly once for each channel, however it ends",
    async run(h) {
      const server = await h.startServer();
      const connections = [];
      for (let count = 0; count < 6; count++) connections.push(await h.connect(server));
      const [closing, vanishing, closed, cut, both] = connections;
      void closing!.client.close();
      vanishing!.client.destroy();
      void closed!.channel.close();
      cut!.channel.destroy();
      void both!.client.close();
      void both!.channel.close();
      await server.disconnects.atLeast(5);
      // The sixth ends with the server.
      await h.within(server.server.shutdown(), "the server to shut down");
      await server.disconnects.atLeast(6);
      await turns(3);
      const reported = server.disconnects.items.map(({ id }) => id).sort();
      equalLists(reported, connections.map(({ id }) => id).sort(), "the channels whose end was reported");
    },
  },
  "close/disconnect-comes-last": {
    rule: "disconnect is called after the channel left the map, its socket closed and its messages were handled",
    async run(h) {
      const seen = h.log<string>("disconnects");
      let handled = 0;
      const server = await h.startServer({
        messageListener: {
          async receive() {
            await turns(2);
            handled++;
          },
        },
        stateListener: {
          async disconnect(id) {
            const isThere = server.channels.get(id) !== undefined;
            const isOpen = await Promise.race([channel.closed.then(() => false), turns(1).then(() => true)]);
            seen.put(`in the map: ${isThere}, open: ${isOpen}, handled: ${handled}`);
          },
        },
      });
      const { client, channel } = await h.connect(server);
      send(client, bytesOf("one"));
      send(client, bytesOf("two"));
      await h.within(client.close(), "the client to close");
      equal((await seen.atLeast(1))[0], "in the map: false, open: false, handled: 2", "what disconnect finds");
    },
  },
  "close/from-both-sides": {
    rule: "when both sides close at the same time, both calls resolve and disconnect is called once",
    async run(h) {
      const server = await h.startServer();
      const { id, client, channel } = await h.connect(server);
      const both = Promise.all([client.close(4001, "client"), channel.close(4002, "server")]);
      await h.within(both, "both sides to close");
      const { info } = await server.disconnectOf(id);
      check([4001, 4002].includes(info.code), `${info.code} is a code that one of the two said`);
      await turns(3);
      equal(server.disconnects.length, 1, "disconnects");
    },
  },
} satisfies ComplianceCases;
