import { createLogicPkt, type LogicPkt, marshal, read } from "@im/wire";
import { restamp } from "@im/wire/codec";
import { describe, expect, it } from "vitest";
import { writeHeader } from "../src/header/write-header.js";
import { FieldWriter } from "../src/protobuf/field-writer.js";
import { toHex } from "./vectors.js";

const talk = (bodyBytes: number, fill = 1) =>
  createLogicPkt({ command: "chat.user.talk", dest: "bob", body: new Uint8Array(bodyBytes).fill(fill) });

describe("the arrays that marshal returns", () => {
  it("never share bytes, in one slab and over many", () => {
    const sent = Array.from({ length: 100 }, (_, i) => talk((i * 370) % 2600, i));
    const written = sent.map((packet) => marshal(packet));
    for (const [i, bytes] of written.entries()) {
      expect(read(bytes)).toEqual(sent[i]);
      bytes.fill(0xee);
    }
    // After all were overwritten, new ones are whole still.
    expect(read(marshal(talk(100)))).toEqual(talk(100));
  });

  it("lie in a slab of 16 KiB up to 2 KiB, and above have a buffer of their own and of their size", () => {
    const overhead = marshal(talk(0)).length;
    expect(marshal(talk(2048 - overhead)).buffer.byteLength).toBe(16_384);
    for (const size of [2049 - overhead, 100_000]) expect(marshal(talk(size)).buffer.byteLength).toBe(overhead + size);
    const longHeader = { ...talk(0), dest: "x".repeat(30_000) };
    expect(read(marshal(longHeader))).toEqual(longHeader);
    expect(marshal(longHeader).buffer.byteLength).toBe(marshal(longHeader).length);
  });

  it("stay whole when writing one packet writes another", () => {
    const inner: Uint8Array[] = [];
    const outer = {
      ...talk(10),
      get dest() {
        inner.push(marshal(talk(20)));
        return "carol";
      },
    } as LogicPkt;
    const bytes = marshal(outer);
    expect(read(bytes)).toMatchObject({ dest: "carol", body: new Uint8Array(10).fill(1) });
    for (const one of inner) expect(read(one)).toEqual(talk(20));
    expect(inner).not.toHaveLength(0);
  });

  it("are not touched by a packet that fails half-way", () => {
    const first = marshal(talk(10));
    expect(() => marshal({ ...talk(10), dest: "\ud800" })).toThrow();
    const second = marshal(talk(20));
    expect([read(first), read(second)]).toEqual([talk(10), talk(20)]);
  });

  it("can be given as a body, or restamped, while the slab fills", () => {
    let bytes = marshal(talk(5));
    for (let i = 0; i < 300; i++) bytes = restamp(bytes, { channelId: `ch_${i}` });
    expect(read(bytes)).toEqual({ ...talk(5), channelId: "ch_299" });
    const wrapped = marshal(createLogicPkt({ command: "a.b", body: bytes }));
    expect(toHex((read(wrapped) as LogicPkt).body)).toBe(toHex(bytes));
  });

  it("whose slab was transferred away do not harm the next", () => {
    structuredClone(null, { transfer: [marshal(talk(10)).buffer as ArrayBuffer] });
    expect(read(marshal(talk(10)))).toEqual(talk(10));
  });
});

describe("lengths that outgrow one byte", () => {
  it.each([126, 127, 128, 129, 16_383, 16_384, 20_000])("a meta around %d bytes", (length) => {
    for (const character of ["a", "é"]) {
      const meta = [
        { key: "k", value: character.repeat(length / character.length), type: 1 },
        { key: "after", value: "", type: 0 },
      ];
      const packet = createLogicPkt({ command: "a.b", meta });
      expect(read(marshal(packet))).toEqual(packet);
    }
  });

  it.each([39, 40, 41, 42, 43, 127, 128])("a string of %d units, of one to four bytes each", (length) => {
    for (const character of ["a", "é", "世", "👋"]) {
      const packet = createLogicPkt({ command: character.repeat(length / character.length), dest: "bob" });
      expect(read(marshal(packet))).toEqual(packet);
    }
  });
});

it.each([0, 1, 20, 50, 100, 150, 200, 250, 300, 350, 400, 450, 500, 550, 600])(
  "a header grows out of room for %i bytes without losing any",
  (room) => {
    const text = "世".repeat(30);
    const meta = [{ key: text, value: text, type: -1 }];
    const numbers = { sequence: 0xffff_ffff, flag: -1, status: -1 };
    const header = createLogicPkt({ command: text, channelId: text, dest: text, meta, ...numbers });
    const written = (capacity: number) => {
      const writer = new FieldWriter(capacity);
      writeHeader(header, writer);
      return toHex(writer.bytes.subarray(writer.start, writer.at));
    };
    for (let capacity = room; capacity < room + 50; capacity++) expect(written(capacity)).toBe(written(10_000));
  },
);
