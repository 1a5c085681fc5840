import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { text } from "./arbitraries.js";

/** A packet around header bytes, without a body. */
export function around(header: Uint8Array): Uint8Array {
  return new BinaryWriter()
    .raw(Uint8Array.of(0xc3, 0x11, 0xa3, 0x65, 0, 0, header.length >> 8, header.length))
    .raw(header)
    .raw(new Uint8Array(4))
    .finish();
}

export type Write = (writer: BinaryWriter) => unknown;

/** Fields that nobody here knows. */
export const unknown: fc.Arbitrary<Write> = fc
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

export const string = (numbers: readonly number[]): fc.Arbitrary<Write> =>
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

const record: fc.Arbitrary<Write> = fc.oneof(string([1, 2, 6]), varint([3, 4, 5]), meta, unknown);

/** Header bytes that no writer of ours would make: fields in any order, repeated, unknown. */
export const headerRecords: fc.Arbitrary<Uint8Array> = fc.array(record, { maxLength: 12 }).map((records) => {
  const writer = new BinaryWriter();
  for (const write of records) write(writer);
  return writer.finish();
});
