import { CloseCode, OpCode, TransportError } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { gate, turns } from "../deadline.js";
import { check, equal, equalLists, rejects } from "../expectations.js";
import { send } from "../harness.js";
import { overfill, overfillable } from "../overfill.js";
import { bytesOf, numbered, numberOf, textOf, upTo } from "../payloads.js";

const KiB = 1024;

export const shutdownCases = {
  "shutdown/tells-everybody": {
    rule: "every peer gets 1001 with a reason; the report counts them as clean; disconnect is called for each",
    async run(h) {
      const server = await h.startServer();
      const connections = await Promise.all(upTo(5).map(() => h.connect(server)));
      const report = await h.within(server.server.shutdown(), "the server to shut down");
      equal(report.clean, 5, "connections that ended in order");
      equal(report.cut, 0, "connections that were cut");
      for (const { client } of connections) {
        const info = await h.within(client.closed, "a client to be closed");
        equal(info.code, CloseCode.GoingAway, "the close code that a client reads");
        check(info.reason !== "", "a client gets a reason");
      }
      await server.disconnects.atLeast(5);
      equal(server.channels.all().length, 0, "channels in the map");
    },
  },
  "shutdown/sends-what-is-queued": {
    rule: "what was pushed before shutdown arrives before the Close",
    async run(h) {
      const server = await h.startServer();
      const { client, channel } = await h.connect(server);
      const frames = h.collect(client);
      for (const number of upTo(20)) channel.push(numbered(number, 256 * KiB));
      const report = await h.within(server.server.shutdown(), "the server to shut down");
      equal(report.clean, 1, "connections that ended in order");
      equal((await h.within(client.closed, "the client to be closed")).code, CloseCode.GoingAway, "the close code");
      const numbers = frames.items.map(({ payload }) => numberOf(payload));
      equalLists(numbers, upTo(20), "the frames that the client had at the end");
    },
  },
  "shutdown/lets-the-listener-finish": {
    rule: "messages that had arrived are handled, and their answers arrive before the Close",
    // Both messages have to arrive together.
    needs: "flushesAtOnce",
    async run(h) {
      const go = gate();
      const server = await h.startServer({
        messageListener: {
          async receive(agent, payload) {
            await go.opened;
            agent.push(bytesOf(`answer to ${textOf(payload)}`));
          },
        },
      });
      const { client } = await h.connect(server);
      // In one write, so that both have arrived when the listener begins with the first.
      for (const text of ["one", "two"]) client.writeFrame(OpCode.Binary, bytesOf(text));
      client.flush();
      await server.messages.atLeast(1);
      const stopped = server.server.shutdown();
      await turns(3);
      go.open();
      for (const text of ["one", "two"]) {
        equal(textOf((await h.readFrame(client)).payload), `answer to ${text}`, "what the client reads");
      }
      await rejects(h.within(client.readFrame(), "the end"), "IM_ERR_CLOSED", "reading after the answers");
      equal((await h.within(stopped, "the server to shut down")).clean, 1, "connections that ended in order");
    },
  },
  "shutdown/signal-cuts": {
    rule: "when the signal aborts, peers that do not read and listeners that do not settle are cut and counted",
    async run(h) {
      const server = await h.startServer({
        ...overfillable,
        messageListener: { receive: () => gate().opened },
      });
      const [frozen, stuck, good] = [await h.connect(server), await h.connect(server), await h.connect(server)];
      frozen.client.pauseReading();
      overfill(frozen.channel);
      send(stuck.client, bytesOf("take your time"));
      await server.messages.atLeast(1);
      const controller = new AbortController();
      const stopped = server.server.shutdown({ signal: controller.signal });
      await h.within(good.client.closed, "the client that reads to be closed");
      controller.abort();
      const report = await h.within(stopped, "the server to shut down after the abort");
      equal(report.clean, 1, "connections that ended in order");
      equal(report.cut, 2, "connections that were cut");
    },
  },
  "shutdown/a-later-signal-cuts": {
    rule: "a later call joins the first, and its signal cuts; StateListeners are still called",
    async run(h) {
      const server = await h.startServer({ messageListener: { receive: () => gate().opened } });
      const stuck = await h.connect(server);
      send(stuck.client, bytesOf("take your time"));
      await server.messages.atLeast(1);
      const first = server.server.shutdown();
      const second = server.server.shutdown({ signal: AbortSignal.abort() });
      equal((await h.within(second, "the server to shut down after the abort")).cut, 1, "connections that were cut");
      equal((await h.within(first, "the first call to settle")).cut, 1, "connections of the first report");
      equal(server.disconnects.items.length, 1, "disconnects reported when shutdown resolves");
    },
  },
  "shutdown/waits-for-disconnects": {
    rule: "shutdown resolves when async StateListeners are done",
    async run(h) {
      const go = gate();
      let done = false;
      const server = await h.startServer({
        stateListener: {
          async disconnect() {
            await go.opened;
            done = true;
          },
        },
      });
      await h.connect(server);
      const stopped = server.server.shutdown();
      await server.disconnects.atLeast(1);
      go.open();
      await h.within(stopped, "the server to shut down");
      check(done, "the StateListener is done when shutdown resolves");
    },
  },
  "shutdown/refuses-dials": {
    rule: "after shutdown dialling is refused with IM_ERR_CONNECT",
    async run(h) {
      const { server } = await h.startServer();
      const { dialUrl } = server;
      await h.within(server.shutdown(), "the server to shut down");
      const context = { id: "", name: "", address: dialUrl, timeoutMs: 5_000 };
      const dialing = h.within(h.subject.createDialer().dialAndHandshake(context), "the dial to settle");
      await rejects(dialing, "IM_ERR_CONNECT", "dialling a server that was shut down");
    },
  },
  "shutdown/joins": {
    rule: "later calls join the first; disposing of the server is the same",
    async run(h) {
      const server = await h.startServer();
      const { client } = await h.connect(server);
      const first = server.server.shutdown();
      const second = server.server.shutdown();
      const disposed = server.server[Symbol.asyncDispose]();
      const [one, two] = await h.within(Promise.all([first, second, disposed]), "all calls of shutdown");
      equal(`${one.clean} ${one.cut}`, "1 0", "the report of the first call");
      equal(`${two.clean} ${two.cut}`, "1 0", "the report of the second call");
      await h.within(client.closed, "the client to be closed");
      await h.within(server.server.shutdown(), "a call after the end");
    },
  },
  "shutdown/never-started": {
    rule: "a server that was never started has nothing to do",
    async run({ subject }) {
      const report = await subject.createServer({}).shutdown();
      equal(report.clean + report.cut, 0, "connections that were ended");
    },
  },
  "shutdown/during-login": {
    rule: "a login under way is refused with 1001: its Acceptor's signal aborts, and no channel is made",
    async run(h) {
      const asked = gate<AbortSignal>();
      const server = await h.startServer({
        acceptor: {
          accept(_conn, { signal }) {
            asked.open(signal);
            return gate<string>().opened;
          },
        },
      });
      const client = await h.dial(server);
      const signal = await h.within(asked.opened, "the Acceptor to be asked");
      await h.within(server.server.shutdown(), "the server to shut down");
      check(signal.aborted, "the Acceptor's signal is aborted");
      check(signal.reason instanceof TransportError, "the signal's reason is a TransportError");
      const info = await h.within(client.closed, "the client to be closed");
      equal(info.code, CloseCode.GoingAway, "the close code that the client reads");
      equal(server.disconnects.length, 0, "disconnects of a channel that never was");
    },
  },
} satisfies ComplianceCases;
