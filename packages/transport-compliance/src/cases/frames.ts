import { OpCode } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { equal, equalBytes, equalLists, throws } from "../expectations.js";
import { send } from "../harness.js";
import { bytesOf, patterned, textOf } from "../payloads.js";

/** Around the places where a length is written in another way, and the largest that is let through. */
const SIZES = [1, 2, 125, 126, 127, 65_535, 65_536, 1024 * 1024];

export const frameCases = {
  "frames/sizes-to-server": {
    rule: "payloads of all sizes arrive at the server unchanged",
    async run(h) {
      const server = await h.startServer();
      const { client } = await h.connect(server);
      for (const size of SIZES) send(client, patterned(size, size));
      const messages = await server.messages.atLeast(SIZES.length);
      for (const [index, size] of SIZES.entries()) {
        equalBytes(messages[index]!.payload, patterned(size, size), `the payload of ${size} bytes`);
      }
    },
  },
  "frames/sizes-to-client": {
    rule: "payloads of all sizes arrive at the client unchanged",
    async run(h) {
      const server = await h.startServer();
      const { client, channel } = await h.connect(server);
      for (const size of SIZES) channel.push(patterned(size, size));
      for (const size of SIZES) {
        const { opCode, payload } = await h.readFrame(client);
        equal(opCode, OpCode.Binary, "the opcode of what was pushed");
        equalBytes(payload, patterned(size, size), `the payload of ${size} bytes`);
      }
    },
  },
  "frames/no-bytes": {
    rule: "a payload that is not a Uint8Array throws IM_ERR_INVALID_FRAME, and later frames are sent",
    async run(h) {
      const server = await h.startServer();
      const { client, channel } = await h.connect(server);
      for (const wrong of ["text", new ArrayBuffer(5), new Uint16Array(5), 5, undefined, [1, 2]] as never[]) {
        throws(() => channel.push(wrong), "IM_ERR_INVALID_FRAME", `pushing ${String(wrong)}`);
        throws(() => client.writeFrame(OpCode.Binary, wrong), "IM_ERR_INVALID_FRAME", `writing ${String(wrong)}`);
        throws(() => server.server.broadcast(wrong), "IM_ERR_INVALID_FRAME", `broadcasting ${String(wrong)}`);
      }
      channel.push(bytesOf("right"));
      equal(textOf((await h.readFrame(client)).payload), "right", "the push after the wrong ones");
    },
  },
  "frames/empty": {
    rule: "empty payloads are read by a Conn, and skipped for the MessageListener",
    async run(h) {
      const server = await h.startServer();
      const { client, channel } = await h.connect(server);
      for (const text of ["", "after", ""]) send(client, bytesOf(text));
      send(client, new Uint8Array(0), OpCode.Text);
      send(client, bytesOf("last"));
      const messages = await server.messages.atLeast(2);
      equalLists(
        messages.map(({ payload }) => textOf(payload)),
        ["after", "last"],
        "the messages at the server",
      );
      channel.push(new Uint8Array(0));
      equal((await h.readFrame(client)).payload.length, 0, "the length of the empty frame at the client");
    },
  },
  "frames/empty-delivered": {
    rule: "with deliverEmptyMessages the MessageListener is given empty messages too, in order",
    async run(h) {
      const server = await h.startServer({ deliverEmptyMessages: true });
      const { client } = await h.connect(server);
      for (const text of ["", "after", ""]) send(client, bytesOf(text));
      const messages = await server.messages.atLeast(3);
      equalLists(
        messages.map(({ payload }) => textOf(payload)),
        ["", "after", ""],
        "the messages at the server",
      );
    },
  },
  "frames/text-pushed": {
    rule: "push, push by id and broadcast can send Text; an opcode that is not a message's throws IM_ERR_INVALID_FRAME",
    async run(h) {
      const server = await h.startServer();
      const { id, client, channel } = await h.connect(server);
      const text = bytesOf("grüß dich");
      channel.push(text, OpCode.Text);
      server.server.push(id, text, OpCode.Text);
      server.server.broadcast(text, OpCode.Text);
      channel.push(text);
      for (const opCode of [OpCode.Text, OpCode.Text, OpCode.Text, OpCode.Binary]) {
        const frame = await h.readFrame(client);
        equal(frame.opCode, opCode, "the opcode at the client");
        equal(textOf(frame.payload), "grüß dich", "the text at the client");
      }
      for (const opCode of [OpCode.Ping, OpCode.Pong, OpCode.Close, 3, "1", Number.NaN, null] as OpCode[]) {
        const what = `opcode ${String(opCode)}`;
        throws(() => channel.push(text, opCode), "IM_ERR_INVALID_FRAME", `a push of ${what}`);
        throws(() => server.server.push(id, text, opCode), "IM_ERR_INVALID_FRAME", `a push by id of ${what}`);
        throws(() => server.server.broadcast(text, opCode), "IM_ERR_INVALID_FRAME", `a broadcast of ${what}`);
      }
    },
  },
  "frames/text": {
    rule: "Text frames reach the listener, and the client, as Text",
    async run(h) {
      const server = await h.startServer();
      const { client, channel } = await h.connect(server);
      send(client, bytesOf("grüß dich"), OpCode.Text);
      const [message] = await server.messages.atLeast(1);
      equal(message!.opCode, OpCode.Text, "the opcode at the server");
      equal(textOf(message!.payload), "grüß dich", "the text at the server");
      channel.writeFrame(OpCode.Text, bytesOf("你好"));
      const frame = await h.readFrame(client);
      equal(frame.opCode, OpCode.Text, "the opcode at the client");
      equal(textOf(frame.payload), "你好", "the text at the client");
    },
  },
  "frames/continuation": {
    rule: "Continuation reaches the listener if the transport has it, and otherwise throws IM_ERR_INVALID_FRAME",
    async run(h) {
      const server = await h.startServer();
      const { client } = await h.connect(server);
      if (h.subject.capabilities?.continuation === false) {
        const write = () => client.writeFrame(OpCode.Continuation, bytesOf("more"));
        throws(write, "IM_ERR_INVALID_FRAME", "writing a Continuation");
        send(client, bytesOf("the connection goes on"));
        equal((await server.messages.atLeast(1))[0]!.opCode, OpCode.Binary, "the opcode of the next message");
        return;
      }
      send(client, bytesOf("more"), OpCode.Continuation);
      const [message] = await server.messages.atLeast(1);
      equal(message!.opCode, OpCode.Continuation, "the opcode at the server");
      equal(textOf(message!.payload), "more", "the text at the server");
    },
  },
  "frames/control-refused": {
    rule: "a control frame over 125 bytes and a written Close are refused, and the connection goes on",
    async run(h) {
      const server = await h.startServer();
      const connected = await h.connect(server);
      for (const end of [connected.client, connected.channel]) {
        for (const opCode of [OpCode.Ping, OpCode.Pong]) {
          throws(() => end.writeFrame(opCode, patterned(126)), "IM_ERR_INVALID_FRAME", "a control frame of 126 bytes");
        }
        throws(() => end.writeFrame(OpCode.Close, new Uint8Array(0)), "IM_ERR_INVALID_FRAME", "writing a Close frame");
      }
      await h.roundTrip(server, connected);
    },
  },
} satisfies ComplianceCases;
