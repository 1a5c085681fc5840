import { CloseCode, type Conn } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { begun, gate, turns } from "../deadline.js";
import { equal, equalLists, rejects } from "../expectations.js";
import { send } from "../harness.js";
import { numbered, numberOf, upTo } from "../payloads.js";

export const shutdownRaceCases = {
  "shutdown/under-traffic": {
    rule: "while all clients send, each gets 1001 and one disconnect, and the messages that were handled have no gaps",
    async run(h) {
      const server = await h.startServer({
        messageListener: {
          async receive(agent, payload) {
            await turns(numberOf(payload) % 2);
            agent.push(payload);
          },
        },
      });
      const connections = await Promise.all(upTo(10).map(() => h.connect(server)));
      for (const { client } of connections) h.collect(client);
      const allAreHeard = Promise.all(connections.map(({ id }) => server.messagesOf(id, 10)));
      const stopped = begun(allAreHeard.then(() => server.server.shutdown()));
      const sendToAll = (number: number) => connections.filter(({ client }) => trySend(client, number)).length;
      for (let number = 0; sendToAll(number) > 0; number++) await turns(1);
      await h.within(stopped, "the server to shut down");
      for (const { id, client } of connections) {
        equal((await h.within(client.closed, "a client to be closed")).code, CloseCode.GoingAway, "its close code");
        const numbers = (await server.messagesOf(id, 10)).map(({ payload }) => numberOf(payload));
        equalLists(numbers, upTo(numbers.length), `the messages of ${id}`);
      }
      await server.disconnects.atLeast(10);
      await turns(2);
      equal(server.disconnects.length, 10, "disconnects");
    },
  },
  "shutdown/login-just-done": {
    rule: "a login that completes in the turn in which shutdown begins does not outlive it",
    async run(h) {
      const asked = gate();
      const id = gate<string>();
      const server = await h.startServer({
        acceptor: {
          accept() {
            asked.open();
            return id.opened;
          },
        },
      });
      const client = await h.dial(server);
      await h.within(asked.opened, "the Acceptor to be asked");
      id.open("ann");
      const stopped = server.server.shutdown();
      const info = await h.within(client.closed, "the client to be closed");
      equal(info.code, CloseCode.GoingAway, "the close code that the client reads");
      await h.within(stopped, "the server to shut down");
      equal(server.channels.all().length, 0, "channels in the map");
    },
  },
  "shutdown/during-start": {
    rule: "a shutdown while the server is starting leaves no listening socket",
    needs: "fixedAddress",
    async run(h) {
      const { server: first } = await h.startServer();
      const { address, dialUrl } = first;
      await h.within(first.shutdown(), "the first server to shut down");
      const { server } = h.createServer({}, address);
      const starting = server.start().catch(() => "it may reject");
      await h.within(server.shutdown(), "the server to shut down");
      await h.within(starting, "the start to settle");
      const context = { id: "", name: "", address: dialUrl, timeoutMs: 5_000 };
      const dialing = h.within(h.subject.createDialer().dialAndHandshake(context), "the dial to settle");
      await rejects(dialing, "IM_ERR_CONNECT", "dialling a server that was shut down while it started");
    },
  },
  "shutdown/everybody-leaves": {
    rule: "when the clients leave at the same moment, each end is counted and reported once",
    async run(h) {
      const server = await h.startServer();
      const connections = await Promise.all(upTo(6).map(() => h.connect(server)));
      for (const [index, { client }] of connections.entries()) {
        if (index % 2 === 0) void client.close();
        else client.destroy();
      }
      const report = await h.within(server.server.shutdown(), "the server to shut down");
      equal(report.clean + report.cut, 6, "connections in the report");
      await server.disconnects.atLeast(6);
      await turns(2);
      equal(server.disconnects.length, 6, "disconnects");
    },
  },
} satisfies ComplianceCases;

/** @returns whether the connection still takes it */
function trySend(client: Conn, number: number): boolean {
  try {
    send(client, numbered(number));
    return true;
  } catch {
    return false;
  }
}
