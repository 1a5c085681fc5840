import { createLogicPkt, type LogicPkt, type Meta, MetaType, marshal, read } from "@im/wire";
import { restamp, scan } from "@im/wire/codec";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "./vectors.js";

const MAX = 256;
const tooLarge = expect.objectContaining({
  code: "IM_ERR_HEADER_TOO_LARGE",
  message: expect.stringContaining("256 metas"),
});

function packetOf(header: Uint8Array): Uint8Array {
  const head = fromHex("c311a36500000000");
  new DataView(head.buffer, head.byteOffset).setUint32(4, header.length);
  return Uint8Array.from([...head, ...header, 0, 0, 0, 0]);
}

/** A command, and so many metas of these bytes. */
const headerOf = (count: number, meta: string) => fromHex(`0a0165${meta.repeat(count)}`);

describe.each([
  ["empty", "3a00"],
  ["of a key", "3a030a0161"],
  ["of an unknown field", "3a024000"],
  ["with an odd tag", "ba800000"],
])("metas %s", (_, meta) => {
  it(`are read up to ${MAX}`, () => {
    const packet = packetOf(headerOf(MAX, meta));
    for (const readers of [read, scan]) expect(readers(packet)).toMatchObject({ kind: "logic" });
    expect((read(packet) as LogicPkt).meta).toHaveLength(MAX);
  });

  it("beyond them are refused, by a scan as well, before one is read", () => {
    const packet = packetOf(headerOf(MAX + 1, meta));
    expect(() => read(packet)).toThrow(tooLarge);
    expect(() => scan(packet)).toThrow(tooLarge);
  });
});

it("more metas than are read are not written either", () => {
  const meta: Meta = { key: "k", value: "v", type: MetaType.String };
  const withMetas = (count: number) => createLogicPkt({ command: "e", meta: Array(count).fill(meta) });
  expect(read(marshal(withMetas(MAX)))).toMatchObject({ command: "e" });
  expect(() => marshal(withMetas(MAX + 1))).toThrow(tooLarge);
});

it("unknown fields come back as they were, short and long, many and few", () => {
  for (const unknown of ["4000".repeat(3), `4a64${"61".repeat(100)}4000`, "c0800000"]) {
    const packet = read(
      packetOf(fromHex(`0a01653a${(unknown.length / 2).toString(16).padStart(2, "0")}${unknown}${unknown}`)),
    );
    const minimal = unknown.replace("c08000", "40");
    if (packet.kind !== "logic") throw new Error("no LogicPkt");
    expect(toHex(packet.unknownFields!)).toBe(minimal);
    expect(toHex(packet.meta[0]!.unknownFields!)).toBe(minimal);
    expect(read(restamp(marshal(packet), { channelId: "c" }))).toEqual({ ...packet, channelId: "c" });
  }
});
