import type { ComplianceCases } from "../compliance-case.js";
import { check, equal, equalLists, throws } from "../expectations.js";
import { bytesOf, patterned, textOf, upTo } from "../payloads.js";

export const serverCases = {
  "server/push-by-id": {
    rule: "push reaches the channel of that id and no other; an unknown id throws IM_ERR_UNKNOWN_CHANNEL",
    async run(h) {
      const server = await h.startServer();
      const ann = await h.connect(server, { id: "ann" });
      const bob = await h.connect(server, { id: "bob" });
      server.server.push("bob", bytesOf("for bob"));
      server.server.push("ann", bytesOf("for ann"));
      equal(textOf((await h.readFrame(ann.client)).payload), "for ann", "what ann gets first");
      equal(textOf((await h.readFrame(bob.client)).payload), "for bob", "what bob gets first");
      const { push } = server.server;
      throws(
        () => push.call(server.server, "eve", bytesOf("who?")),
        "IM_ERR_UNKNOWN_CHANNEL",
        "pushing to an unknown id",
      );
    },
  },
  "server/broadcast": {
    rule: "broadcast reaches all channels and returns their number",
    async run(h) {
      const server = await h.startServer();
      equal(server.server.broadcast(bytesOf("anybody?")), 0, "channels that a broadcast reaches when none is there");
      const connections = await Promise.all(upTo(10).map(() => h.connect(server)));
      equal(server.server.broadcast(bytesOf("everybody!")), 10, "channels that took the broadcast");
      equal(server.server.broadcast(patterned(100_000)), 10, "channels that took the large broadcast");
      for (const { client } of connections) {
        equal(textOf((await h.readFrame(client)).payload), "everybody!", "the first broadcast");
        equal((await h.readFrame(client)).payload.length, 100_000, "bytes of the second");
      }
      await h.within(connections[0]!.client.close(), "a client to leave");
      await server.disconnects.atLeast(1);
      equal(server.server.broadcast(bytesOf("any left?")), 9, "channels that took a broadcast after one left");
    },
  },
  "server/broadcast-oversize": {
    rule: "a broadcast over the payload limit throws IM_ERR_PAYLOAD_TOO_LARGE, as a push does, and closes no channel",
    async run(h) {
      const limit = { maxPayloadBytes: 1_000 };
      const server = await h.startServer(limit);
      const connected = await h.connect(server, { conn: limit });
      const broadcast = () => server.server.broadcast(patterned(1_001));
      throws(broadcast, "IM_ERR_PAYLOAD_TOO_LARGE", "broadcasting 1001 bytes");
      await h.roundTrip(server, connected);
    },
  },
  "server/registration": {
    rule: "a server is registered under what it was given",
    async run(h) {
      const service = {
        serviceId: "gateway-7",
        serviceName: "wgateway",
        publicAddress: "im.example.org",
        publicPort: 4433,
        namespace: "test",
        tags: ["blue"],
        meta: { zone: "a" },
      };
      const { server } = await h.startServer({ service });
      for (const name of ["serviceId", "serviceName", "publicAddress", "publicPort", "namespace"] as const) {
        equal(server[name], service[name], name);
      }
      equalLists(server.tags, service.tags, "tags");
      equal(server.meta.zone, "a", "meta.zone");
      check(server.dialUrl.includes("im.example.org"), `${server.dialUrl} leads to the public address`);
    },
  },
  "server/registration-defaults": {
    rule: "by default the service id is unique, and the public address is where the server listens",
    async run(h) {
      const [{ server: one }, { server: two }] = [await h.startServer(), await h.startServer()];
      check(one.serviceId !== two.serviceId && one.serviceId !== "", "two servers have two ids");
      check(one.protocol !== "" && one.protocol === two.protocol, "the protocol has a name");
      equal(one.publicAddress, one.address.host, "the public address");
      equal(one.publicPort, one.address.port, "the public port");
    },
  },
} satisfies ComplianceCases;
