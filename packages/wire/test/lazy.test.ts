import { create } from "@bufbuild/protobuf";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import {
  basicPing,
  createLogicPkt,
  createPush,
  createRequest,
  createResponse,
  type LogicPkt,
  marshal,
  read,
  Sequence,
} from "@im/wire";
import { type LogicPktView, scan } from "@im/wire/codec";
import { HeaderSchema } from "@im/wire/messages";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logicPkt } from "./arbitraries.js";
import { around, headerRecords } from "./header-records.js";
import { fromHex, oddVectors, toHex } from "./vectors.js";

const code = (name: string) => expect.objectContaining({ name: "WireError", code: name });
const members = [
  "command",
  "channelId",
  "sequence",
  "flag",
  "status",
  "dest",
  "meta",
  "body",
  "unknownFields",
] as const;

function view(bytes: Uint8Array): LogicPktView {
  const packet = scan(bytes);
  if (packet.kind !== "logic") throw new Error("no LogicPkt");
  return packet;
}

describe("scan", () => {
  it("gives member by member what read gives, in any order and again", () => {
    fc.assert(
      fc.property(logicPkt, fc.shuffledSubarray([...members]), (sent, order) => {
        const lazy = view(marshal(sent));
        for (const member of [...order, ...order]) expect(lazy[member]).toEqual(sent[member]);
        expect(createLogicPkt(lazy)).toEqual(sent);
        expect(toHex(marshal(lazy))).toBe(toHex(lazy.bytes));
      }),
    );
  });

  it("agrees with the generated code on fields in any order, repeated, unknown and nested", () => {
    fc.assert(
      fc.property(headerRecords, (bytes) => {
        const packet = around(bytes);
        expect(createLogicPkt(view(packet))).toEqual(read(packet));
      }),
    );
  });

  it("hands on the very bytes it was given, without what stands behind the packet", () => {
    const bytes = marshal(createLogicPkt({ command: "a.b" }));
    expect(view(bytes).bytes).toBe(bytes);
    expect(toHex(view(Uint8Array.of(...bytes, 1, 2, 3)).bytes)).toBe(toHex(bytes));
  });

  it("decodes once", () => {
    const lazy = view(marshal(createLogicPkt({ command: "a.b", meta: [{ key: "k", value: "v", type: 1 }] })));
    expect(lazy.meta).toBe(lazy.meta);
    expect(lazy.body).toBe(lazy.body);
  });

  it("reads a BasicPkt as read does", () => {
    expect(scan(marshal(basicPing))).toEqual(basicPing);
    expect(scan(fromHex("c315a7650001000100ff"))).toEqual(read(fromHex("c315a7650001000100ff")));
  });

  it.each(oddVectors.filter(({ target, result }) => target === "pkt.Read" && result === "reject"))(
    "refuses what kim refuses, at once or when asked: $name",
    ({ input_hex }) => {
      expect(() => {
        const packet = scan(fromHex(input_hex));
        for (const member of members) void (packet as LogicPktView)[member];
      }).toThrow(expect.objectContaining({ name: "WireError" }));
    },
  );

  it("checks lengths and limits at once", () => {
    const bytes = marshal(createLogicPkt({ command: "a.b", body: new Uint8Array(9) }));
    expect(() => scan(bytes, { maxHeaderBytes: 4 })).toThrow(code("IM_ERR_HEADER_TOO_LARGE"));
    expect(() => scan(bytes, { maxBodyBytes: 8 })).toThrow(code("IM_ERR_BODY_TOO_LARGE"));
    expect(() => scan(bytes.subarray(0, -1))).toThrow(code("IM_ERR_TRUNCATED"));
    expect(() => scan(fromHex("00000000"))).toThrow(code("IM_ERR_MAGIC"));
    expect(() => scan("c311" as unknown as Uint8Array)).toThrow(code("IM_ERR_WIRE_ARGUMENT"));
    expect(() => scan(around(fromHex("0a05")))).toThrow(code("IM_ERR_HEADER_INVALID"));
  });

  it("checks text and metas when they are asked for, each time", () => {
    const lazy = view(around(fromHex("0a01ff1801320161 3a020a05".replace(" ", ""))));
    expect([lazy.sequence, lazy.dest]).toEqual([1, "a"]);
    for (const member of ["command", "meta", "command", "meta"] as const) {
      expect(() => lazy[member]).toThrow(code("IM_ERR_HEADER_INVALID"));
    }
  });

  it("whose text is not valid says so when it is marshalled again, and other getters keep their errors", () => {
    expect(() => marshal(view(around(fromHex("0a01ff"))) as LogicPkt)).toThrow(code("IM_ERR_HEADER_INVALID"));
    const own = new RangeError("of the application");
    const packet = Object.defineProperty(createLogicPkt({ command: "a.b" }), "dest", {
      get: () => {
        throw own;
      },
    });
    expect(() => marshal(packet)).toThrow(own);
  });

  it("does not look at a string that a later one replaces, where read does", () => {
    const bytes = around(fromHex("0a01ff0a0161"));
    expect(view(bytes).command).toBe("a");
    expect(() => read(bytes)).toThrow(code("IM_ERR_HEADER_INVALID"));
  });

  it("can be answered, pushed and requested on like any packet", () => {
    const sent = createLogicPkt({ command: "a.b", channelId: "c", sequence: 7, dest: "d", body: Uint8Array.of(1) });
    const lazy = view(marshal(sent));
    expect(createResponse(lazy, { status: 301 })).toEqual(createResponse(sent, { status: 301 }));
    expect(createPush(lazy)).toEqual(createPush(sent));
    expect(createRequest(lazy, new Sequence())).toEqual(createRequest(sent, new Sequence()));
  });

  it("that is spread like a plain packet ends in a coded error, not in an empty packet", () => {
    const lazy = view(marshal(createLogicPkt({ command: "a.b" })));
    // @ts-expect-error: TypeScript knows that the getters are lost
    expect(() => marshal(createLogicPkt({ ...lazy }))).toThrow(code("IM_ERR_PACKET_INVALID"));
  });
});

it("the generated Header knows no field that a view lacks", () => {
  const known = Object.keys(create(HeaderSchema)).filter((name) => !name.startsWith("$"));
  const lazy = view(around(new BinaryWriter().finish()));
  for (const name of known) expect(lazy[name as (typeof members)[number]]).toBeDefined();
});
