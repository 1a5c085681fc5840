import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { createLogicPkt, marshal, type Packet, PacketReader, read } from "@im/wire";
import { peekCommand } from "@im/wire/codec";
import { HeaderSchema } from "@im/wire/messages";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutAt, fractions, header, logicPkt, packet } from "./arbitraries.js";
import { around, headerRecords } from "./header-records.js";
import { toHex } from "./vectors.js";

const headerBytes = (bytes: Uint8Array, bodyLength: number) => bytes.subarray(8, bytes.length - 4 - bodyLength);

describe("for any packet", () => {
  it("reading what was written gives it back", () => {
    fc.assert(
      fc.property(packet, (sent) => {
        expect(read(marshal(sent))).toEqual(sent);
      }),
    );
  });

  it("any chunking of a stream gives the same packets", () => {
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 6 }), fractions, (sent, cuts) => {
        const received: Packet[] = [];
        const reader = new PacketReader();
        const stream = Uint8Array.from(sent.flatMap((one) => [...marshal(one)]));
        for (const chunk of cutAt(stream, cuts)) reader.feed(chunk, (one) => received.push(one));
        reader.end();
        expect(received).toEqual(sent);
      }),
    );
  });

  it("peekCommand is the command that read gives", () => {
    fc.assert(
      fc.property(logicPkt, (sent) => {
        expect(peekCommand(marshal(sent))).toBe(sent.command);
      }),
    );
  });
});

describe("the hand-written header codec agrees with the generated code", () => {
  it("writes the same bytes", () => {
    fc.assert(
      fc.property(header, (fields) => {
        const ours = headerBytes(marshal(createLogicPkt(fields)), 0);
        const message = create(HeaderSchema, fields as MessageInitShape<typeof HeaderSchema>);
        expect(toHex(ours)).toBe(toHex(toBinary(HeaderSchema, message)));
      }),
    );
  });

  it("reads the same from fields in any order, repeated, unknown and nested, and writes them back the same", () => {
    fc.assert(
      fc.property(headerRecords, (bytes) => {
        const theirs = fromBinary(HeaderSchema, bytes);
        const packet = around(bytes);
        const ours = read(packet);
        expect(ours).toMatchObject({
          command: theirs.command,
          channelId: theirs.channelId,
          sequence: theirs.sequence,
          flag: theirs.flag,
          status: theirs.status,
          dest: theirs.dest,
          meta: theirs.meta.map(({ key, value, type }) => ({ key, value, type })),
        });
        expect(toHex(headerBytes(marshal(ours), 0))).toBe(toHex(toBinary(HeaderSchema, theirs)));
        expect(peekCommand(packet)).toBe(theirs.command);
      }),
    );
  });
});
