import { CloseCode, type ConnOptions, OpCode, type ServerOptions } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { check, equal, ofCode, throws } from "../expectations.js";
import { send } from "../harness.js";
import { patterned } from "../payloads.js";

const LIMIT = { maxPayloadBytes: 1_000 };
const FITS = patterned(1_000);
const TOO_LARGE = patterned(1_001);

export const limitCases = {
  "limits/oversize-write": {
    rule: "a payload over the limit is refused with IM_ERR_PAYLOAD_TOO_LARGE, and the connection goes on",
    async run(h) {
      const server = await h.startServer(LIMIT);
      const connected = await h.connect(server, { conn: LIMIT });
      const { client, channel } = connected;
      throws(() => client.writeFrame(OpCode.Binary, TOO_LARGE), "IM_ERR_PAYLOAD_TOO_LARGE", "writing 1001 bytes");
      throws(() => channel.push(TOO_LARGE), "IM_ERR_PAYLOAD_TOO_LARGE", "pushing 1001 bytes");
      await h.roundTrip(server, connected);
    },
  },
  "limits/exactly-fits": {
    rule: "a payload exactly at the limit passes in both directions",
    async run(h) {
      const server = await h.startServer(LIMIT);
      const { client, channel } = await h.connect(server, { conn: LIMIT });
      send(client, FITS);
      equal((await server.messages.atLeast(1))[0]!.payload.length, 1_000, "bytes that arrive at the server");
      channel.push(FITS);
      equal((await h.readFrame(client)).payload.length, 1_000, "bytes that arrive at the client");
    },
  },
  "limits/oversize-to-server": {
    rule: "a frame over the server's limit closes the connection with 1009; frames before it are delivered",
    async run(h) {
      const server = await h.startServer(LIMIT);
      const { id, client } = await h.connect(server);
      send(client, FITS);
      send(client, TOO_LARGE);
      const info = await h.within(client.closed, "the client to be closed");
      equal(info.code, CloseCode.PayloadTooLarge, "the close code that the client reads");
      const disconnect = await server.disconnectOf(id);
      equal(disconnect.info.code, CloseCode.PayloadTooLarge, "the close code that the server reports");
      ofCode(disconnect.info.error, "IM_ERR_PAYLOAD_TOO_LARGE", "the error that the server reports");
      equal(server.messages.length, 1, "messages that the listener was given");
    },
  },
  "limits/oversize-to-client": {
    rule: "a frame over the client's limit closes the connection with 1009",
    async run(h) {
      const server = await h.startServer();
      const { id, client, channel } = await h.connect(server, { conn: LIMIT });
      channel.push(TOO_LARGE);
      const info = await h.within(client.closed, "the client to close");
      ofCode(info.error, "IM_ERR_PAYLOAD_TOO_LARGE", "the error of the client");
      const disconnect = await server.disconnectOf(id);
      equal(disconnect.info.code, CloseCode.PayloadTooLarge, "the close code that the server reports");
    },
  },
  "limits/invalid-options": {
    rule: "an option that is invalid or unknown is refused by name with IM_ERR_INVALID_OPTION",
    async run({ subject }) {
      const connOptions = [
        { maxPayloadBytes: 0 },
        { maxQueuedBytes: 1.5 },
        { writeWaitMs: Number.NaN },
        { highWaterMarkBytes: 2_000, maxQueuedBytes: 1_000 },
        { maxInboxMessages: -1 },
        { maxInboxBytes: "1" as unknown as number },
        { maxPayloadByte: 1_000 } as ConnOptions,
      ] satisfies ConnOptions[];
      const serverOptions = [
        ...connOptions,
        { readWaitMs: -1 },
        { loginWaitMs: 0 },
        { receiveConcurrency: 0 },
        { acceptor: {} as unknown as NonNullable<ServerOptions["acceptor"]> },
      ] satisfies ServerOptions[];
      const refuses = (create: () => unknown, option: string) => {
        const { message } = throws(create, "IM_ERR_INVALID_OPTION", `${option} with a wrong value`);
        check(message.includes(option), `the message names ${option}: ${message}`);
      };
      for (const options of connOptions) refuses(() => subject.createDialer(options), Object.keys(options)[0]!);
      for (const options of serverOptions) refuses(() => subject.createServer(options), Object.keys(options)[0]!);
    },
  },
  "limits/options-are-copied": {
    rule: "the options object is not modified, and changing it later has no effect",
    async run(h) {
      const dialerOptions = { maxPayloadBytes: 1_000 };
      const serverOptions = { maxPayloadBytes: 1_000, messageListener: { receive() {} } };
      const dialer = h.subject.createDialer(dialerOptions);
      const server = h.subject.createServer(serverOptions);
      for (const options of [dialerOptions, serverOptions]) options.maxPayloadBytes = 10;
      await h.within(server.start(), "the server to start");
      try {
        const client = await h.dialWith(dialer, server.dialUrl);
        client.writeFrame(OpCode.Binary, FITS);
        await h.within(client.close(), "the client to close");
        equal((await client.closed).code, CloseCode.Normal, "the close code after a payload within the first limit");
      } finally {
        await h.within(server.shutdown(), "the server to shut down");
      }
      h.subject.createDialer(Object.freeze({ writeWaitMs: 1_000 }));
      h.subject.createServer(Object.freeze({ readWaitMs: 1_000 }));
    },
  },
} satisfies ComplianceCases;
