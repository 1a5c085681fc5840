import { createLogicPkt, type Header, marshal, read } from "@im/wire";
import { createBasicPkt, peekCommand } from "@im/wire/codec";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "./vectors.js";

const code = (name: string) => expect.objectContaining({ name: "WireError", code: name });

/** A packet around header bytes, without a body. */
function around(headerHex: string): Uint8Array {
  const length = (headerHex.length / 2).toString(16).padStart(8, "0");
  return fromHex(`c311a365${length}${headerHex}00000000`);
}

const headerOf = (packet: Uint8Array) => toHex(packet.subarray(8, packet.length - 4));

describe("what protobuf-go takes and the vectors do not show", () => {
  it.each([
    ["a tag of ten bytes that is not minimal", "8a80808080808080800003612e62", "0a03612e62"],
    ["the highest field number, 2^29 - 1", "f8ffffff0f01", "f8ffffff0f01"],
    ["an unknown field whose tag is not minimal is kept with a minimal one", "c0800005", "4005"],
    ["nested groups", "4b530a01ff5408024c", "4b530a01ff5408024c"],
    ["a field number above 2^29 - 1 inside a group", "4b80808080202a4c", "4b80808080202a4c"],
    ["two metas with the same key", "3a030a016b3a030a016b", "3a030a016b3a030a016b"],
  ])("%s", (_, header, written) => {
    expect(headerOf(marshal(read(around(header))))).toBe(written);
  });

  it("10000 open groups, and no more", () => {
    const nested = (depth: number) => around("4b".repeat(depth) + "4c".repeat(depth));
    expect(headerOf(marshal(read(nested(10_000))))).toHaveLength(40_000);
    expect(() => read(nested(10_001))).toThrow(code("IM_ERR_HEADER_INVALID"));
  });
});

describe("what protobuf-go refuses and the vectors do not show", () => {
  it.each([
    ["a group that ends as another", "4b54"],
    ["an end of group inside the right one", "4b0a00544c"],
    ["a field number of 2^31 inside a group", "4b80808080404c"],
    ["a tag of eleven bytes", "8a8080808080808080800003612e62"],
    ["a meta that is longer than the header", "3a7f"],
    ["a field of a meta that is longer than the meta", "3a030a0561620a03612e62"],
    ["an invalid command before a valid one", "0a01ff0a0161"],
    ["an overlong string within 32 bytes and beyond", `0a22${"61".repeat(32)}c080`],
  ])("%s", (_, header) => {
    expect(() => read(around(header))).toThrow(code("IM_ERR_HEADER_INVALID"));
  });
});

it("the error of a damaged header has its cause", () => {
  expect(() => read(around("0a05"))).toThrow(expect.objectContaining({ cause: expect.any(Error) }));
});

describe("text", () => {
  it.each([0, 1, 31, 32, 33, 47, 48, 64, 127, 128, 129, 1000])("of %d characters survives, ASCII or not", (length) => {
    for (const character of ["a", "\u0080", "é", "世", "👋"]) {
      const packet = createLogicPkt({ command: character.repeat(length), dest: `${"x".repeat(length)}${character}` });
      expect(read(marshal(packet))).toEqual(packet);
    }
  });

  it.each(["\ud800", "\udbff", "\udc00", "\udfff", "\ud800\udbff", "\ud800\ue000", "\udfff\ud800"])(
    "with the lone surrogates of %j has no UTF-8",
    (lone) => {
      for (const text of [lone, `${"a".repeat(60)}${lone}`, `${lone}é`]) {
        expect(() => marshal(createLogicPkt({ command: text }))).toThrow(code("IM_ERR_PACKET_INVALID"));
      }
    },
  );

  it("keeps a leading byte-order mark and NULs", () => {
    const packet = createLogicPkt({ command: "\ufeffa", channelId: `\ufeff${"b".repeat(40)}`, dest: "\0" });
    expect(read(marshal(packet))).toEqual(packet);
  });
});

describe("fault 16: a header that cannot be written is an error, and nothing is written", () => {
  const base: Header = createLogicPkt({ command: "a.b" });
  const withMetaOf = (part: object) => ({ meta: [{ key: "k", value: "v", type: 1, ...part }] });

  it.each(["\ud800", "\udc00", "a\ud800b", "\udc00\ud800", "\udc00\udc00", `${"x".repeat(50)}\udbff`])(
    "fault 16: the lone surrogate in %j, in any string",
    (text) => {
      for (const part of [
        { command: text },
        { channelId: text },
        { dest: text },
        withMetaOf({ key: text }),
        withMetaOf({ value: text }),
      ]) {
        expect(() => marshal(createLogicPkt({ ...base, ...part }))).toThrow(code("IM_ERR_PACKET_INVALID"));
      }
    },
  );

  it.each<[string, object]>([
    ["sequence", { sequence: -1 }],
    ["sequence", { sequence: 2 ** 32 }],
    ["sequence", { sequence: 1.5 }],
    ["sequence", { sequence: Number.NaN }],
    ["flag", { flag: 2 ** 31 }],
    ["status", { status: -(2 ** 31) - 1 }],
    ["status", { status: "200" }],
    ["command", { command: 5 }],
    ["dest", { dest: null }],
    ["meta", { meta: { app: "kim" } }],
    ["meta", { meta: ["app"] }],
    ["meta key", { meta: [{ value: "v", type: 1 }] }],
    ["meta type", withMetaOf({ type: 0.5 })],
    ["meta must be an array of", { meta: [null] }],
    ["meta must be an array of", { meta: [5] }],
    ["unknownFields", { unknownFields: "4005" }],
    ["body", { body: "text" }],
  ])("fault 16: a wrong %s, named in the error: %j", (name, part) => {
    expect(() => marshal({ ...createLogicPkt(base), ...part })).toThrow(
      expect.objectContaining({ code: "IM_ERR_PACKET_INVALID", message: expect.stringContaining(`packet's ${name} `) }),
    );
  });

  it("fault 16: text is quoted in the error", () => {
    const packet = { ...createLogicPkt(base), dest: "\ud800" };
    expect(() => marshal(packet)).toThrow('not "\\ud800".');
  });

  it("fault 16: a bigint, which JSON has not, where a number belongs", () => {
    const packet = { ...createLogicPkt(base), status: 200n } as unknown as Parameters<typeof marshal>[0];
    expect(() => marshal(packet)).toThrow(code("IM_ERR_PACKET_INVALID"));
  });

  it("fault 16: a wrong code of a BasicPkt, or a packet of no kind", () => {
    for (const basicCode of [-1, 65_536, 0.5]) {
      expect(() => marshal(createBasicPkt(basicCode))).toThrow(code("IM_ERR_PACKET_INVALID"));
    }
    const noKind = { ...createBasicPkt(1), kind: "Basic" } as unknown as Parameters<typeof marshal>[0];
    expect(() => marshal(noKind)).toThrow(code("IM_ERR_PACKET_INVALID"));
  });
});

describe("peekCommand", () => {
  it("gives the command wherever it stands in the header, the last if there are several", () => {
    expect(peekCommand(around("3a030a016b18010a03612e62"))).toBe("a.b");
    expect(peekCommand(around("0a01610a0162"))).toBe("b");
    expect(peekCommand(around("0a01ff0a0162"))).toBe("b");
    expect(peekCommand(around("1801"))).toBe("");
  });

  it("is undefined for a BasicPkt", () => expect(peekCommand(marshal(createBasicPkt(1)))).toBeUndefined());

  it("does not need the body", () => {
    const bytes = marshal(createLogicPkt({ command: "a.b", body: new Uint8Array(100) }));
    expect(peekCommand(bytes.subarray(0, bytes.length - 104))).toBe("a.b");
  });

  it("throws where there is no whole header", () => {
    const bytes = marshal(createLogicPkt({ command: "a.b" }));
    for (const end of [0, 3, 4, 7, 8, bytes.length - 5]) {
      expect(() => peekCommand(bytes.subarray(0, end))).toThrow(code("IM_ERR_TRUNCATED"));
    }
    expect(() => peekCommand(fromHex("00000000"))).toThrow(code("IM_ERR_MAGIC"));
    expect(() => peekCommand(around("0a05"))).toThrow(code("IM_ERR_HEADER_INVALID"));
  });
});
