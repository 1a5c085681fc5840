import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { WireError } from "@im/wire";
import * as codec from "@im/wire/codec";
import {
  decodeBody,
  ErrorRespSchema,
  encodeBody,
  KickoutNotifySchema,
  LoginReqSchema,
  LoginRespSchema,
} from "@im/wire/messages";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { text } from "./arbitraries.js";
import { string, unknown, type Write } from "./header-records.js";
import { fromHex, toHex } from "./vectors.js";

type Plain = Record<string, string | string[]>;
interface Pair {
  readonly schema: DescMessage;
  readonly encode: (init: Plain) => Uint8Array;
  readonly decode: (body: Uint8Array) => object;
}

const pairs: Pair[] = [
  { schema: LoginReqSchema, encode: codec.encodeLoginReq, decode: codec.decodeLoginReq },
  { schema: LoginRespSchema, encode: codec.encodeLoginResp, decode: codec.decodeLoginResp },
  { schema: KickoutNotifySchema, encode: codec.encodeKickoutNotify, decode: codec.decodeKickoutNotify },
  { schema: ErrorRespSchema, encode: codec.encodeErrorResp, decode: codec.decodeErrorResp },
];

/** A message of the generated code as ours: without `$typeName` and `$unknown`. */
function plain(message: object): object {
  return Object.fromEntries(Object.entries(message).filter(([name]) => !name.startsWith("$")));
}

/** The result, or the code and cause of the error; the causes of the two need not be worded alike. */
function outcome<T>(action: () => T): T | string {
  try {
    return action();
  } catch (error) {
    if (error instanceof WireError && error.cause instanceof Error) return error.code;
    throw error;
  }
}

const anyText = fc.oneof(text, fc.string({ unit: "binary", maxLength: 400 }), fc.constantFrom("\ud800", "a\udc00"));
const record: fc.Arbitrary<Write> = fc.oneof(string([1, 2, 3, 4]), string([1, 2, 3, 4]), unknown);

describe.each(pairs)("$schema.typeName without generated code", ({ schema, encode, decode }) => {
  const init = fc.record(
    Object.fromEntries(
      schema.fields.map((field) => [field.localName, field.fieldKind === "list" ? fc.array(anyText) : anyText]),
    ),
    { requiredKeys: [] },
  );

  it("writes the same bytes, or refuses with the same code", () => {
    fc.assert(
      fc.property(init as fc.Arbitrary<Plain>, (fields) => {
        const ours = outcome(() => toHex(encode(fields)));
        expect(ours).toBe(outcome(() => toHex(encodeBody(schema, fields as MessageInitShape<typeof schema>))));
        if (ours !== "IM_ERR_BODY_INVALID") expect(decode(fromHex(ours))).toMatchObject(fields);
      }),
    );
  });

  const compareDecoding = (bytes: Uint8Array) => {
    expect(outcome(() => decode(bytes))).toEqual(outcome(() => plain(decodeBody(schema, bytes))));
  };

  it("reads the same from fields in any order, repeated and unknown, whole or damaged", () => {
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 8 }),
        fc.nat(),
        fc.nat(255),
        fc.boolean(),
        (records, at, byte, harm) => {
          const writer = new BinaryWriter();
          for (const write of records) write(writer);
          const bytes = writer.finish();
          if (harm && bytes.length > 0) bytes[at % bytes.length] = byte;
          compareDecoding(bytes);
          compareDecoding(bytes.subarray(0, at % (bytes.length + 1)));
        },
      ),
    );
  });

  it("reads noise alike", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 30 }), compareDecoding));
  });

  it.each([
    ["a string sent as a number", "0800"],
    ["a tag of six bytes", "8a8080808000 0161"],
    ["a tag of five bytes", "8a80808000 0161"],
    ["99 open groups", "53".repeat(99) + "54".repeat(99)],
    ["100 open groups", "53".repeat(100) + "54".repeat(100)],
    ["a field number above 2^29 - 1 inside a group", "5380808080202a54"],
    ["an end of group alone", "54"],
    ["wire type 6", "0e"],
    ["field number 0", "0001"],
    ["a length that is not minimal", "0a8100 61"],
    ["a byte-order mark", "0a04efbbbf61"],
  ])("%s", (_, hex) => compareDecoding(fromHex(hex.replaceAll(" ", ""))));

  it("refuses what is no string, which the generated code turns into one, and what is no body", () => {
    const name = schema.fields[0]!.localName;
    for (const value of [5, {}, ["a"], true]) {
      const fields = { [name]: value } as unknown as Plain;
      expect(() => encode(fields)).toThrow(expect.objectContaining({ code: "IM_ERR_BODY_INVALID" }));
    }
    for (const absent of [undefined, null]) expect(encode({ [name]: absent } as unknown as Plain)).toHaveLength(0);
    expect(() => decode("0a" as never)).toThrow(expect.objectContaining({ code: "IM_ERR_WIRE_ARGUMENT" }));
  });
});

it("LoginReq.tags: empty ones count, and what is no array is refused", () => {
  const tags = ["", "im.ext:a", ""];
  expect(toHex(codec.encodeLoginReq({ tags }))).toBe(toHex(encodeBody(LoginReqSchema, { tags })));
  expect(() => codec.encodeLoginReq({ tags: "web" as never })).toThrow(
    expect.objectContaining({ code: "IM_ERR_BODY_INVALID" }),
  );
  expect(new BinaryWriter().tag(4, WireType.LengthDelimited).bytes(new Uint8Array(0)).finish()).toEqual(
    codec.encodeLoginReq({ tags: [""] }),
  );
});
