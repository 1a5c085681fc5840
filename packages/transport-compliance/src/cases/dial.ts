import type { ComplianceCases } from "../compliance-case.js";
import { check, equal, rejection, rejects, rejectsWith } from "../expectations.js";
import { send } from "../harness.js";
import { bytesOf } from "../payloads.js";

const context = { id: "", name: "", timeoutMs: 5_000 };

export const dialCases = {
  "dial/refused": {
    rule: "where no server listens, dialling rejects with IM_ERR_CONNECT",
    async run({ subject }) {
      const dialing = subject.createDialer().dialAndHandshake({ ...context, address: subject.badAddress });
      await rejects(dialing, "IM_ERR_CONNECT", "dialling where no server listens");
    },
  },
  "dial/malformed-address": {
    rule: "dialling an invalid address rejects with IM_ERR_INVALID_ADDRESS",
    async run({ subject }) {
      const dialer = subject.createDialer();
      for (const address of ["", "no address", "://", "nobody://x:1"]) {
        const dialing = dialer.dialAndHandshake({ ...context, address });
        await rejects(dialing, "IM_ERR_INVALID_ADDRESS", `dialling ${JSON.stringify(address)}`);
      }
    },
  },
  "dial/no-secrets": {
    rule: "no error shows the user, password, query or hash of an address",
    async run({ subject }) {
      const dialer = subject.createDialer();
      const query = "?token=secret@secret";
      const addresses = [
        "nobody://user:secret@x/",
        "secret:secret@",
        "nobody://user:sec/ret@x/secret",
        "nobody://a?b@secret",
      ];
      // A path of the file system has no such parts.
      if (subject.badAddress.includes("://")) {
        const bad = subject.badAddress.replace("://", "://user:secret@");
        addresses.push(`${bad}/${query}`, `${bad}/#secret`, bad.replace(/:1$/, `:secret/${query}`));
      }
      for (const address of addresses) {
        let error = await rejection(dialer.dialAndHandshake({ ...context, address }), `dialling ${address}`);
        for (; error instanceof Error; error = error.cause) {
          check(!/sec\/?ret/.test(`${error.message} ${error.stack}`), `dialling ${address}, its error shows no secret`);
        }
      }
    },
  },
  "dial/abort-before": {
    rule: "with a signal that is aborted already, dialling rejects with its reason and connects nowhere",
    async run(h) {
      const server = await h.startServer();
      const reason = new Error("changed my mind");
      const signal = AbortSignal.abort(reason);
      const dialing = h.subject.createDialer().dialAndHandshake({ ...context, address: server.server.dialUrl, signal });
      await rejectsWith(dialing, reason, "dialling with an aborted signal");
      await h.connect(server);
      equal(server.errors.length, 0, "logins that failed because a client connected and left");
    },
  },
  "dial/abort-during": {
    rule: "an abort while dialling rejects with its reason, and nothing stays open",
    async run(h) {
      const server = await h.startServer();
      const { server: listening } = server;
      const reason = new Error("changed my mind");
      const controller = new AbortController();
      const { signal } = controller;
      const dialing = h.subject.createDialer().dialAndHandshake({ ...context, address: listening.dialUrl, signal });
      controller.abort(reason);
      await rejectsWith(h.within(dialing, "the aborted dial to settle"), reason, "the dial that was aborted");
      const { client } = await h.connect(server);
      await h.within(client.close(), "the second connection to close");
      const report = await h.within(listening.shutdown(), "the server to shut down");
      equal(report.cut, 0, "connections that were still there and had to be cut");
    },
  },
  "dial/abort-after": {
    rule: "after dialling has resolved, an abort of its signal does not affect the connection",
    async run(h) {
      const server = await h.startServer();
      const controller = new AbortController();
      const connected = await h.connect(server, { signal: controller.signal });
      controller.abort();
      await h.roundTrip(server, connected);
    },
  },
  "dial/usable-after-failure": {
    rule: "a dialer that failed dials again, and serves many connections",
    async run(h) {
      const server = await h.startServer();
      const dialer = h.subject.createDialer();
      const { dialUrl } = server.server;
      await rejects(
        dialer.dialAndHandshake({ ...context, address: h.subject.badAddress }),
        "IM_ERR_CONNECT",
        "dialling",
      );
      await rejects(dialer.dialAndHandshake({ ...context, address: "" }), "IM_ERR_INVALID_ADDRESS", "dialling nowhere");
      const clients = await Promise.all([h.dialWith(dialer, dialUrl), h.dialWith(dialer, dialUrl)]);
      for (const [index, client] of clients.entries()) send(client, bytesOf(`client ${index}`));
      await Promise.all([server.channel("client 0"), server.channel("client 1")]);
    },
  },
  "dial/addresses": {
    rule: "a connection knows the addresses of both ends",
    async run(h) {
      const server = await h.startServer();
      const { client, channel } = await h.connect(server);
      check(client.remoteAddress.host.length > 0, "the client knows where it is connected to");
      equal(client.remoteAddress.port, server.server.address.port, "the port that the client is connected to");
      equal(channel.localAddress.port, server.server.address.port, "the port at which the server's end is");
      equal(channel.remoteAddress.host, client.localAddress.host, "the host that the server sees its client at");
      equal(channel.remoteAddress.port, client.localAddress.port, "the port that the server sees its client at");
    },
  },
} satisfies ComplianceCases;
