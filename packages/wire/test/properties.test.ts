import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { createLogicPkt, marshal, type Packet, PacketReader, peekCommand, read } from "@im/wire";
import { HeaderSchema } from "@im/wire/messages";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutAt, fractions, header, logicPkt, packet, text } from "./arbitraries.js";
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
      fc.property(fc.array(record, { maxLength: 12 }), (records) => {
        const writer = new BinaryWriter();
        for (const write of records) write(writer);
        const bytes = writer.finish();
        const theirs = fromBinary(HeaderSchema, bytes);
        const packet = new BinaryWriter()
          .raw(Uint8Array.of(0xc3, 0x11, 0xa3, 0x65, 0, 0, bytes.length >> 8, bytes.length))
          .raw(bytes)
          .raw(new Uint8Array(4))
          .finish();
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

type Write = (writer: BinaryWriter) => unknown;

/** Fields that Header and Meta do not know. */
const unknown: fc.Arbitrary<Write> = fc
  .tuple(fc.integer({ min: 8, max: 2 ** 29 - 1 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.uint8Array())
  .chain(([number, value, bytes]) =>
    fc.constantFrom<Write>(
      (writer) => writer.tag(number, WireType.Varint).uint64(value),
      (writer) => writer.tag(number, WireType.Bit64).fixed64(value),
      (writer) => writer.tag(number, WireType.Bit32).fixed32(Number(value & 0xffffffffn)),
      (writer) => writer.tag(number, WireType.LengthDelimited).bytes(bytes),
      (writer) =>
        writer
          .tag(number, WireType.StartGroup)
          .tag(1, WireType.StartGroup)
          .tag(1, WireType.EndGroup)
          .tag(2, WireType.LengthDelimited)
          .bytes(bytes)
          .tag(number, WireType.EndGroup),
    ),
  );

const string = (numbers: readonly number[]): fc.Arbitrary<Write> =>
  fc.tuple(fc.constantFrom(...numbers), text).map(
    ([number, value]) =>
      (writer) =>
        writer.tag(number, WireType.LengthDelimited).string(value),
  );

/** Varints up to 64 bits, which are cut to 32. */
const varint = (numbers: readonly number[]): fc.Arbitrary<Write> =>
  fc.tuple(fc.constantFrom(...numbers), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map(
    ([number, value]) =>
      (writer) =>
        writer.tag(number, WireType.Varint).uint64(value),
  );

const meta: fc.Arbitrary<Write> = fc
  .array(fc.oneof(string([1, 2]), varint([3]), unknown), { maxLength: 5 })
  .map((fields) => (writer) => {
    writer.tag(7, WireType.LengthDelimited).fork();
    for (const write of fields) write(writer);
    writer.join();
  });

const record = fc.oneof(string([1, 2, 6]), varint([3, 4, 5]), meta, unknown);
