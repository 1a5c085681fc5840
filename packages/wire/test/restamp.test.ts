import { basicPing, createLogicPkt, type LogicPkt, marshal, read, withMeta } from "@im/wire";
import { restamp, type Stamp } from "@im/wire/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logicPkt, text } from "./arbitraries.js";
import { around, headerRecords } from "./header-records.js";
import { fromHex, logicVectors, toHex } from "./vectors.js";

const code = (name: string) => expect.objectContaining({ name: "WireError", code: name });
const metaValue = fc.oneof(text, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
/** Few keys, so that they often are there already. */
const key = fc.oneof(fc.constantFrom("", "a", "b", "__proto__", "1"), text);
const stamp: fc.Arbitrary<Stamp> = fc.record(
  { channelId: text, meta: fc.dictionary(key, metaValue, { maxKeys: 3 }) },
  { requiredKeys: [] },
);
const withKeys = fc
  .tuple(logicPkt, fc.array(fc.record({ key, value: text, type: fc.constantFrom(0, 1, 2) }), { maxLength: 4 }))
  .map(([packet, meta]) => ({ ...packet, meta }));

/** What restamp spares: read, change, to be marshalled again. */
function longWay(bytes: Uint8Array, { channelId, meta = {} }: Stamp): LogicPkt {
  let packet = read(bytes) as LogicPkt;
  if (channelId !== undefined) packet = { ...packet, channelId };
  for (const [key, value] of Object.entries(meta)) packet = withMeta(packet, key, value);
  return packet;
}

describe("restamp", () => {
  it("gives the very bytes of reading, changing and marshalling, of packets written in order", () => {
    fc.assert(
      fc.property(fc.oneof(logicPkt, withKeys), stamp, (sent, change) => {
        const bytes = marshal(sent);
        expect(toHex(restamp(bytes, change))).toBe(toHex(marshal(longWay(bytes, change))));
      }),
    );
  });

  it.each(logicVectors.filter(({ packet_hex }) => packet_hex !== undefined))("the same of kim's $name", (vector) => {
    const bytes = fromHex(vector.packet_hex!);
    for (const change of [{}, { channelId: "ch_2" }, { channelId: "" }, { meta: { app: "im", n: 1 } }]) {
      expect(toHex(restamp(bytes, change))).toBe(toHex(marshal(longWay(bytes, change))));
    }
  });

  it("reads as the long way does, of fields in any order, repeated, unknown and nested", () => {
    fc.assert(
      fc.property(headerRecords, stamp, (header, change) => {
        const bytes = around(header);
        expect(read(restamp(bytes, change))).toEqual(longWay(bytes, change));
      }),
    );
  });

  it("leaves no meta of the key, wherever it stands: a sender cannot forge one", () => {
    const forged = createLogicPkt({
      command: "a.b",
      meta: ["bob", "eve"].map((value) => ({ key: "account", value, type: 1 })),
    });
    expect((read(restamp(marshal(forged), { meta: { account: "ann" } })) as LogicPkt).meta).toEqual([
      { key: "account", value: "ann", type: 1 },
    ]);
  });

  it("does not grow when it is done again and again", () => {
    const once = restamp(marshal(createLogicPkt({ command: "a.b" })), { channelId: "c1", meta: { hop: 1 } });
    expect(restamp(restamp(once, { channelId: "c2" }), { channelId: "c1", meta: { hop: 1 } })).toEqual(once);
  });

  it("leaves its input alone, and what stands behind the packet behind", () => {
    const bytes = marshal(createLogicPkt({ command: "a.b", body: Uint8Array.of(1) }));
    const before = toHex(bytes);
    const stamped = restamp(Uint8Array.of(...bytes, 9), { channelId: "c" });
    restamp(bytes, { channelId: "c" });
    expect(toHex(bytes)).toBe(before);
    expect(stamped).toEqual(restamp(bytes, { channelId: "c" }));
  });

  it("does not look into strings that stay", () => {
    expect(toHex(restamp(around(fromHex("3201ff")), { channelId: "c" }).subarray(8, -4))).toBe("1201633201ff");
    const metaWithoutText = "3a060a016b1201ff";
    expect(toHex(restamp(around(fromHex(metaWithoutText)), { meta: { a: "" } }).subarray(8, -4))).toBe(
      `${metaWithoutText}3a050a01611801`,
    );
  });

  it("refuses what cannot be read or written", () => {
    const bytes = marshal(createLogicPkt({ command: "a.b" }));
    expect(() => restamp(marshal(basicPing), {})).toThrow(code("IM_ERR_WIRE_ARGUMENT"));
    expect(() => restamp(bytes.subarray(1), {})).toThrow(code("IM_ERR_MAGIC"));
    expect(() => restamp(bytes.subarray(0, -1), {})).toThrow(code("IM_ERR_TRUNCATED"));
    expect(() => restamp(around(fromHex("0a05")), {})).toThrow(code("IM_ERR_HEADER_INVALID"));
    expect(() => restamp(around(fromHex("3a030a01ff")), { meta: { a: 1 } })).toThrow(code("IM_ERR_HEADER_INVALID"));
    expect(() => restamp(bytes, { channelId: "\ud800" })).toThrow(code("IM_ERR_PACKET_INVALID"));
    expect(() => restamp(bytes, { channelId: 5 as never })).toThrow(code("IM_ERR_PACKET_INVALID"));
    expect(() => restamp(bytes, { meta: { a: Number.NaN } })).toThrow(code("IM_ERR_META_INVALID"));
    expect(() => restamp(bytes, { channelId: "long" }, { maxHeaderBytes: 8 })).toThrow(code("IM_ERR_HEADER_TOO_LARGE"));
    expect(toHex(restamp(bytes, {}))).toBe(toHex(bytes));
  });
});
