import { createHash } from "node:crypto";
import { create, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { createLogicPkt, marshal, type Packet, read } from "@im/wire";
import { createBasicPkt } from "@im/wire/codec";
import * as messages from "@im/wire/messages";
import { describe, expect, it } from "vitest";
import { basicVectors, bodyOf, fromHex, logicVectors, toHex } from "./vectors.js";

describe("LogicPkt: the 72 golden packets of kim", () => {
  it("are all here", () => expect(logicVectors).toHaveLength(72));

  it.each(logicVectors)("$name", (vector) => {
    const packet = createLogicPkt({ ...vector.header, body: bodyOf(vector) });
    const bytes = marshal(packet);
    expectBytes(bytes, vector);
    expect(toHex(bytes.subarray(8, 8 + vector.header_hex.length / 2))).toBe(vector.header_hex);
    expectSame(read(bytes), packet);
  });
});

describe("BasicPkt: the 21 golden packets of kim", () => {
  it("are all here", () => expect(basicVectors).toHaveLength(21));

  it.each(basicVectors)("$name", (vector) => {
    const packet = createBasicPkt(vector.code, bodyOf(vector));
    const bytes = marshal(packet);
    expect(packet.body).toHaveLength(vector.length);
    expectBytes(bytes, vector);
    expectSame(read(bytes), packet);
  });
});

describe("body messages of kim's golden packets", () => {
  const withMessage = logicVectors.flatMap(({ name, body_hex = "", body_message }) =>
    body_message === undefined ? [] : [{ name, body_hex, ...body_message }],
  );

  it("are all here", () => expect(withMessage).toHaveLength(11));

  it.each(withMessage)("$name", ({ body_hex, type, value }) => {
    const schema = (messages as unknown as Record<string, DescMessage>)[`${type}Schema`]!;
    const init = Object.fromEntries(
      schema.fields.map((field) => {
        // kim's names differ from ours in case only (remoteIP, remoteIp).
        const name = Object.keys(value).find((key) => key.toLowerCase() === field.localName.toLowerCase())!;
        const given = value[name];
        return [field.localName, field.scalar === ScalarType.INT64 ? BigInt(given as string) : given];
      }),
    );
    expect(toHex(messages.encodeBody(schema, init))).toBe(body_hex);
    expect(messages.decodeBody(schema, fromHex(body_hex))).toEqual(create(schema, init));
  });
});

function expectBytes(bytes: Uint8Array, vector: (typeof logicVectors)[number] | (typeof basicVectors)[number]) {
  expect(bytes).toHaveLength(vector.packet_len);
  expect(sha256(bytes)).toBe(vector.packet_sha256);
  if (vector.packet_hex !== undefined) expect(toHex(bytes)).toBe(vector.packet_hex);
}

/** Bodies by hash: `toEqual` would walk a mebibyte byte by byte. */
function expectSame(actual: Packet, expected: Packet) {
  expect({ ...actual, body: sha256(actual.body) }).toEqual({ ...expected, body: sha256(expected.body) });
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
