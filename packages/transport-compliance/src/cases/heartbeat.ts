import { CloseCode, type Conn, OpCode } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { elapse, isOver, turns } from "../deadline.js";
import { check, equal, equalBytes, equalLists, ofCode } from "../expectations.js";
import { send } from "../harness.js";
import { bytesOf, numbered, numberOf, patterned, textOf, upTo } from "../payloads.js";

const READ_WAIT_MS = 250;

export const heartbeatCases = {
  "heartbeat/ping-is-answered": {
    rule: "a channel answers each Ping with a Pong of the same payload, and the listener sees nothing of it",
    needs: "ping",
    async run(h) {
      const server = await h.startServer();
      const { client } = await h.connect(server);
      for (const size of [0, 1, 125]) {
        send(client, patterned(size), OpCode.Ping);
        const { opCode, payload } = await h.readFrame(client);
        equal(opCode, OpCode.Pong, `the opcode of the answer to a Ping of ${size} bytes`);
        equalBytes(payload, patterned(size), "the payload of the Pong");
      }
      equal(server.messages.length, 0, "messages that the listener was given");
    },
  },
  "heartbeat/ping-to-client": {
    rule: "a Ping of the server reaches the client's Conn; the client's Pong is consumed",
    needs: "ping",
    async run(h) {
      const server = await h.startServer();
      const { client, channel } = await h.connect(server);
      channel.writeFrame(OpCode.Ping, bytesOf("alive?"));
      const { opCode, payload } = await h.readFrame(client);
      equal(opCode, OpCode.Ping, "the opcode at the client");
      equal(textOf(payload), "alive?", "the payload at the client");
      send(client, payload, OpCode.Pong);
      send(client, bytesOf("a message"));
      equal(
        textOf((await server.messages.atLeast(1))[0]!.payload),
        "a message",
        "the first that the listener is given",
      );
    },
  },
  "heartbeat/between-data": {
    rule: "Pongs between large pushes disturb neither",
    needs: "ping",
    async run(h) {
      const server = await h.startServer();
      const { client, channel } = await h.connect(server);
      const frames = h.collect(client);
      const sizeOf = (number: number) => 1_000 + number * 700;
      for (const number of upTo(100)) {
        send(client, numbered(number), OpCode.Ping);
        channel.push(numbered(number, sizeOf(number)));
        if (number % 5 === 0) await turns(1);
      }
      const all = await frames.atLeast(200);
      const of = (wanted: OpCode) =>
        all.filter(({ opCode }) => opCode === wanted).map(({ payload }) => numberOf(payload));
      equalLists(of(OpCode.Pong), upTo(100), "the Pongs");
      equalLists(of(OpCode.Binary), upTo(100), "the pushes");
      for (const { opCode, payload } of all) {
        const size = opCode === OpCode.Pong ? 4 : sizeOf(numberOf(payload));
        equal(payload.length, size, `the length of frame ${numberOf(payload)} with opcode ${opCode}`);
      }
    },
  },
  "heartbeat/silence": {
    rule: "a peer that is silent for the read wait is closed with IM_ERR_READ_TIMEOUT, and not earlier",
    async run(h) {
      const server = await h.startServer({ readWaitMs: READ_WAIT_MS });
      const beganMs = performance.now();
      const { id, client } = await h.connect(server);
      const { info } = await server.disconnectOf(id);
      check(isOver(beganMs, READ_WAIT_MS), "it is not closed before the read wait is over");
      ofCode(info.error, "IM_ERR_READ_TIMEOUT", "the error that the StateListener gets");
      const closeInfo = await h.within(client.closed, "the client to be closed");
      equal(closeInfo.code, CloseCode.Timeout, "the close code that the client reads");
      check(closeInfo.reason !== "", "the client gets a reason");
    },
  },
  "heartbeat/any-frame-renews": {
    rule: "a frame of any kind renews the read deadline",
    async run(h) {
      const server = await h.startServer({ readWaitMs: 1_000 });
      const kinds: ((client: Conn) => void)[] = [
        (client) => send(client, bytesOf("data")),
        (client) => send(client, bytesOf("text"), OpCode.Text),
        (client) => send(client, new Uint8Array(0)),
        (client) => send(client, new Uint8Array(0), client.canPing ? OpCode.Ping : OpCode.Binary),
        (client) => send(client, new Uint8Array(0), client.canPing ? OpCode.Pong : OpCode.Binary),
      ];
      const connections = await Promise.all(kinds.map(() => h.connect(server)));
      for (const beganMs = performance.now(); performance.now() - beganMs < 1_600; await elapse(50)) {
        for (const [index, { client }] of connections.entries()) kinds[index]!(client);
      }
      const gone = server.disconnects.items.map(({ id }) => `kind ${connections.findIndex((one) => one.id === id)}`);
      equalLists(gone, [], "channels that were closed in spite of the frames");
      await server.disconnects.atLeast(kinds.length);
    },
  },
  "heartbeat/set-read-wait": {
    rule: "setReadWait of a server applies to later connections, setReadWait of a channel from its next frame",
    async run(h) {
      const server = await h.startServer();
      const early = await h.connect(server);
      server.server.setReadWait(READ_WAIT_MS);
      const late = await h.connect(server);
      await server.disconnectOf(late.id);
      equal(server.disconnects.length, 1, "disconnects: only the later connection's");
      early.channel.setReadWait(READ_WAIT_MS);
      send(early.client, bytesOf("from now on"));
      const { info } = await server.disconnectOf(early.id);
      ofCode(info.error, "IM_ERR_READ_TIMEOUT", "the error of the earlier connection");
    },
  },
} satisfies ComplianceCases;
