import { type Dialer, OpCode, type ServerOptions } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { gate, turns } from "../deadline.js";
import { check, equal, equalLists } from "../expectations.js";
import { send } from "../harness.js";
import { bytesOf, numbered, numberOf, textOf, upTo } from "../payloads.js";
import { loginByName } from "../test-server.js";

/** Reads the name, then takes its time until the case says go on. */
function slowLogin(go: Promise<void>): ServerOptions["acceptor"] & {} {
  return {
    async accept(conn, options) {
      const id = await loginByName.accept(conn, options);
      await go;
      return id;
    },
  };
}

export const loginCases = {
  "login/id-and-meta": {
    rule: "the channel has the id and meta that the Acceptor gives",
    async run(h) {
      const meta = { device: "phone" };
      const server = await h.startServer({ acceptor: { accept: () => ({ id: "ann", meta }) } });
      const client = await h.dial(server);
      send(client, bytesOf("hello"));
      const [message] = await server.messages.atLeast(1);
      equal(message!.agent.id, "ann", "the id of the agent");
      equal(message!.agent.meta.device, "phone", "the meta of the agent");
      equal(message!.agent.remoteAddress.port, client.localAddress.port, "the port of the agent's remote address");
      server.server.push("ann", bytesOf("hello, ann"));
      equal(textOf((await h.readFrame(client)).payload), "hello, ann", "what is pushed to the id");
    },
  },
  "login/text": {
    rule: "a Text frame may be the login",
    async run(h) {
      const server = await h.startServer();
      const client = await h.dial(server);
      send(client, bytesOf("ann"), OpCode.Text);
      send(client, bytesOf("hello"), OpCode.Text);
      const [message] = await server.messagesOf("ann", 1);
      equal(textOf(message!.payload), "hello", "the text after the login");
      equal(message!.opCode, OpCode.Text, "its opcode");
    },
  },
  "login/no-meta": {
    rule: "without meta the agent's meta is an empty object",
    async run(h) {
      const server = await h.startServer();
      const { channel } = await h.connect(server);
      equalLists(Object.keys(channel.meta), [], "what the meta holds");
    },
  },
  "login/no-acceptor": {
    rule: "without an Acceptor every client is let in, under an id that is distinct and too long to guess",
    async run(h) {
      const ids = h.log<string>("messages");
      const server = h.subject.createServer({ messageListener: { receive: ({ id }) => ids.put(id) } });
      await h.within(server.start(), "the server to start");
      try {
        const dialer = h.subject.createDialer();
        const clients = await Promise.all(upTo(10).map(() => h.dialWith(dialer, server.dialUrl)));
        for (const client of clients) send(client, bytesOf("hello"));
        await ids.atLeast(10);
      } finally {
        await h.within(server.shutdown(), "the server to shut down");
      }
      equal(new Set(ids.items).size, 10, "distinct ids of ten connections");
      for (const id of ids.items) check(id.length >= 20, `the id ${id} is long enough not to be guessed`);
    },
  },
  "login/glued-frames": {
    rule: "frames that are sent in one write with the login reach the listener, all of them and in order",
    async run(h) {
      const go = gate();
      const server = await h.startServer({ acceptor: slowLogin(go.opened) });
      const client = await h.dial(server);
      client.writeFrame(OpCode.Binary, bytesOf("ann"));
      for (const number of upTo(50)) client.writeFrame(OpCode.Binary, numbered(number));
      client.flush();
      await turns(3);
      go.open();
      await server.channel("ann");
      send(client, numbered(50));
      const messages = await server.messages.atLeast(51);
      equalLists(
        messages.map(({ payload }) => numberOf(payload)),
        upTo(51),
        "the frames after the login",
      );
    },
  },
  "login/more-than-the-inbox": {
    rule: "a client that sends on during its login is held back, and loses nothing",
    async run(h) {
      const go = gate();
      const server = await h.startServer({ acceptor: slowLogin(go.opened), maxInboxMessages: 4 });
      const client = await h.dial(server);
      send(client, bytesOf("ann"));
      for (const number of upTo(200)) {
        send(client, numbered(number, 1_000));
        if (number % 20 === 0) await turns(1);
      }
      go.open();
      const messages = await server.messages.atLeast(200);
      equalLists(
        messages.map(({ payload }) => numberOf(payload)),
        upTo(200),
        "the frames that were sent during the login",
      );
    },
  },
  "login/glued-to-the-answer": {
    rule: "frames that come in one write with the login's answer stay in the Conn that a wrapping dialer gives",
    async run(h) {
      const server = await h.startServer({
        acceptor: {
          async accept(conn, options) {
            const id = await loginByName.accept(conn, options);
            for (const text of ["welcome", "first", "second"]) conn.writeFrame(OpCode.Binary, bytesOf(text));
            return id;
          },
        },
      });
      const plain = h.subject.createDialer();
      const withLogin: Dialer = {
        async dialAndHandshake(context) {
          const conn = await plain.dialAndHandshake(context);
          send(conn, bytesOf("ann"));
          equal(textOf((await conn.readFrame(context)).payload), "welcome", "the answer to the login");
          return conn;
        },
      };
      const client = await h.dialWith(withLogin, server.server.dialUrl);
      (await server.channel("ann")).push(bytesOf("third"));
      const texts = [];
      while (texts.length < 3) texts.push(textOf((await h.readFrame(client)).payload));
      equalLists(texts, ["first", "second", "third"], "what came after the answer");
    },
  },
  "login/unflushed-answer": {
    rule: "frames that the Acceptor wrote without a flush leave with the first push at the latest",
    async run(h) {
      const server = await h.startServer({
        acceptor: {
          accept(conn) {
            conn.writeFrame(OpCode.Binary, bytesOf("welcome"));
            return "ann";
          },
        },
      });
      const client = await h.dial(server);
      (await server.channel("ann")).push(bytesOf("news"));
      equal(textOf((await h.readFrame(client)).payload), "welcome", "the first frame");
      equal(textOf((await h.readFrame(client)).payload), "news", "the second frame");
    },
  },
  "login/peer-leaves": {
    rule: "when the peer leaves during its login the Acceptor's signal aborts, and no channel is made",
    async run(h) {
      const aborted = gate<unknown>();
      const server = await h.startServer({
        acceptor: {
          accept(_conn, { signal }) {
            signal.addEventListener("abort", () => aborted.open(signal.reason));
            return aborted.opened.then(() => "ann");
          },
        },
      });
      const client = await h.dial(server);
      await h.within(client.close(), "the client to close");
      await h.within(aborted.opened, "the abort of the Acceptor's signal");
      await server.reported("accept");
      await turns(3);
      equal(server.admitted.length, 0, "channels that were admitted");
      equal(server.disconnects.length, 0, "disconnects of a channel that never was");
    },
  },
} satisfies ComplianceCases;
