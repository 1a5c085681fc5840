import {
  createLogicPkt,
  getMetaFloat,
  getMetaInt,
  getMetaString,
  type Meta,
  MetaType,
  marshal,
  read,
  withMeta,
  withoutMeta,
} from "@im/wire";
import { metaKeys } from "@im/wire/codec";
import { describe, expect, it } from "vitest";

const string = (key: string, value: string): Meta => ({ key, value, type: MetaType.String });
const int = (key: string, value: string): Meta => ({ key, value, type: MetaType.Int });
const float = (key: string, value: string): Meta => ({ key, value, type: MetaType.Float });
const packet = (...meta: Meta[]) => createLogicPkt({ command: "a.b", meta });
const noFit = expect.objectContaining({ code: "IM_ERR_META_INVALID", message: expect.stringContaining('"k"') });

describe("reading a meta", () => {
  it("is undefined when there is none", () => {
    const empty = packet(string("other", "x"));
    expect([getMetaString(empty, "k"), getMetaInt(empty, "k"), getMetaFloat(empty, "k")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("gives the first entry of a key, as in kim", () => {
    expect(getMetaString(packet(string("k", "first"), string("k", "second")), "k")).toBe("first");
  });

  it("gives text of an unknown type as a string, as kim does", () => {
    expect(getMetaString(packet({ key: "k", value: "v", type: 9 }), "k")).toBe("v");
  });

  it.each([
    ["0", 0],
    ["-42", -42],
    ["+7", 7],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ])("int %s", (text, value) => expect(getMetaInt(packet(int("k", text)), "k")).toBe(value));

  it.each([
    ["2.71", 2.71],
    ["-.5", -0.5],
    ["1e-3", 0.001],
    ["2.", 2],
  ])("float %s", (text, value) => expect(getMetaFloat(packet(float("k", text)), "k")).toBe(value));

  it("reads an int where a float will do", () => expect(getMetaFloat(packet(int("k", "3")), "k")).toBe(3));

  it.each(["", "abc", "1.5", "0x10", " 1", "1_000", "9007199254740992"])(
    "fault 14: an int meta with the text %j is an error, not 0",
    (text) => expect(() => getMetaInt(packet(int("k", text)), "k")).toThrow(noFit),
  );

  it.each(["", "abc", ".", "1,5", "0x1p-2", "NaN", "Infinity", "1e999"])(
    "fault 14: a float meta with the text %j is an error, not 0",
    (text) => expect(() => getMetaFloat(packet(float("k", text)), "k")).toThrow(noFit),
  );

  it("refuses an entry of another type", () => {
    expect(() => getMetaString(packet(int("k", "1")), "k")).toThrow(noFit);
    expect(() => getMetaString(packet(float("k", "1")), "k")).toThrow(noFit);
    expect(() => getMetaInt(packet(string("k", "1")), "k")).toThrow(noFit);
    expect(() => getMetaInt(packet(float("k", "1")), "k")).toThrow(noFit);
    expect(() => getMetaFloat(packet(string("k", "1")), "k")).toThrow(noFit);
  });
});

describe("withMeta", () => {
  it("types the value: string, safe integer, other number", () => {
    let made = withMeta(packet(), metaKeys.destServer, "gateway-1");
    made = withMeta(withMeta(withMeta(made, "n", -3), "f", 0.5), "big", 1e21);
    expect(made.meta).toEqual([
      string("dest.server", "gateway-1"),
      int("n", "-3"),
      float("f", "0.5"),
      float("big", "1e+21"),
    ]);
    const back = read(marshal(made));
    expect(back).toEqual(made);
  });

  it("replaces every entry of the key and leaves the given packet as it was", () => {
    const before = packet(string("k", "1"), string("b", "2"), string("k", "3"));
    expect(withMeta(before, "k", "new").meta).toEqual([string("b", "2"), string("k", "new")]);
    expect(before.meta).toHaveLength(3);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses %d", (value) => {
    expect(() => withMeta(packet(), "k", value)).toThrow(noFit);
  });
});

describe("withoutMeta", () => {
  it("fault 14: taking a from a, b, a leaves b", () => {
    const before = packet(string("a", "1"), string("b", "2"), string("a", "3"));
    expect(withoutMeta(before, "a").meta).toEqual([string("b", "2")]);
    expect(before.meta).toHaveLength(3);
  });

  it("keeps the rest of the packet", () => {
    const before = { ...packet(string("a", "1")), body: Uint8Array.of(1), sequence: 5 };
    expect(withoutMeta(before, "a")).toEqual({ ...before, meta: [] });
  });
});
