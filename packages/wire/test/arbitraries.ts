import { createLogicPkt, type Packet } from "@im/wire";
import { createBasicPkt } from "@im/wire/codec";
import fc from "fast-check";

/** Short ASCII most of the time, as real headers are; any text now and then. */
export const text = fc.oneof(fc.string({ maxLength: 20 }), fc.string({ unit: "binary", maxLength: 70 }));

const int32 = fc.oneof(fc.constantFrom(0, 1, 2, 404, -1, 2 ** 31 - 1, -(2 ** 31)), fc.integer());
const uint32 = fc.oneof(fc.constantFrom(0, 1, 127, 128, 2 ** 32 - 1), fc.integer({ min: 0, max: 2 ** 32 - 1 }));

export const header = fc.record({
  command: text,
  channelId: text,
  sequence: uint32,
  flag: int32,
  status: int32,
  dest: text,
  meta: fc.array(fc.record({ key: text, value: text, type: int32 }), { maxLength: 5 }),
});

const body = fc.uint8Array({ maxLength: 300 });

export const logicPkt = fc.tuple(header, body).map(([fields, body]) => createLogicPkt({ ...fields, body }));

export const packet: fc.Arbitrary<Packet> = fc.oneof(
  logicPkt,
  fc.tuple(fc.integer({ min: 0, max: 0xffff }), body).map(([code, body]) => createBasicPkt(code, body)),
);

/** Cuts bytes into chunks at the given fractions of their length. */
export function cutAt(bytes: Uint8Array, fractions: readonly number[]): Uint8Array[] {
  const cuts = [0, ...fractions.map((part) => Math.floor(part * bytes.length)).sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, i) => bytes.slice(cuts[i], end));
}

export const fractions = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });
