import { OpCode } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { check, equal, equalBytes } from "../expectations.js";
import { send } from "../harness.js";
import { patterned, upTo } from "../payloads.js";

/** Some that are copied on their way, and some that are not. */
const SIZES = [10, 5_000, 200_000];

export const ownershipCases = {
  "ownership/sub-array-views": {
    rule: "if a payload is a view of a larger array, only the view is sent",
    async run(h) {
      const server = await h.startServer();
      const { client, channel } = await h.connect(server);
      for (const size of SIZES) {
        const view = patterned(size + 20).subarray(7, 7 + size);
        send(client, view);
        channel.push(view);
        equalBytes((await h.readFrame(client)).payload, view, `the view of ${size} bytes at the client`);
      }
      const messages = await server.messages.atLeast(SIZES.length);
      for (const [index, size] of SIZES.entries()) {
        const view = patterned(size, 7);
        equalBytes(messages[index]!.payload, view, `the view of ${size} bytes at the server`);
      }
    },
  },
  "ownership/sent-payload": {
    rule: "a payload that was sent is left as it was, and can be sent to many",
    async run(h) {
      const server = await h.startServer();
      const [ann, bob] = [await h.connect(server), await h.connect(server)];
      for (const size of SIZES) {
        const payload = patterned(size);
        send(ann.client, payload);
        for (const { client, channel } of [ann, bob]) {
          channel.push(payload);
          channel.push(payload);
          await h.readFrame(client);
          equalBytes((await h.readFrame(client)).payload, patterned(size), `the ${size} bytes that are sent once more`);
        }
        equalBytes(payload, patterned(size), `the sender's own array of ${size} bytes`);
      }
    },
  },
  "ownership/received-payload": {
    rule: "the memory of a payload that was received is not used again",
    async run(h) {
      const server = await h.startServer();
      const { client, channel } = await h.connect(server);
      const count = 300;
      const sizeOf = (index: number) => SIZES[index % 2]!;
      for (const index of upTo(count)) {
        send(client, patterned(sizeOf(index), index));
        channel.push(patterned(sizeOf(index), index));
      }
      const atServer = await server.messages.atLeast(count);
      const atClient = await h.collect(client).atLeast(count);
      for (const index of upTo(count)) {
        const expected = patterned(sizeOf(index), index);
        equalBytes(atServer[index]!.payload, expected, `payload ${index}, kept at the server`);
        equalBytes(atClient[index]!.payload, expected, `payload ${index}, kept at the client`);
      }
    },
  },
  "ownership/plain-array": {
    rule: "a payload that is received is a plain Uint8Array, no subclass with a different slice",
    async run(h) {
      const server = await h.startServer();
      const { client, channel } = await h.connect(server);
      for (const size of SIZES) {
        send(client, patterned(size));
        channel.push(patterned(size));
        const { payload } = await h.readFrame(client);
        equal(payload.constructor.name, "Uint8Array", `the class of ${size} bytes at the client`);
      }
      for (const { payload } of await server.messages.atLeast(SIZES.length)) {
        equal(payload.constructor.name, "Uint8Array", `the class of ${payload.length} bytes at the server`);
      }
    },
  },
  "ownership/subclass-sent": {
    rule: "a payload of a subclass of Uint8Array is sent as the bytes that it is",
    async run(h) {
      class Chunk extends Uint8Array {
        override slice(): Chunk {
          throw new Error("a subclass may do something else here, as Buffer does");
        }
      }
      const server = await h.startServer();
      const { client } = await h.connect(server);
      for (const size of SIZES) send(client, new Chunk(patterned(size)), OpCode.Binary);
      const messages = await server.messages.atLeast(SIZES.length);
      for (const { payload } of messages) equalBytes(payload, patterned(payload.length), "the subclass's bytes");
      check(
        messages.every(({ payload }, index) => payload.length === SIZES[index]),
        "every length is as sent",
      );
    },
  },
} satisfies ComplianceCases;
