import { createResponse, type LogicPkt, marshal, read } from "@im/wire";
import { type LogicPktView, marshalResponse, scan } from "@im/wire/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logicPkt } from "./arbitraries.js";
import { around, headerRecords } from "./header-records.js";
import { fromHex, logicVectors, toHex } from "./vectors.js";

const outcome = fc.record(
  { status: fc.oneof(fc.constantFrom(0, 100, 300, -1), fc.integer()), body: fc.uint8Array({ maxLength: 300 }) },
  { requiredKeys: [] },
);
const view = (bytes: Uint8Array) => scan(bytes) as LogicPktView;

describe("marshalResponse", () => {
  it("gives the very bytes of creating and marshalling, of requests written in order", () => {
    fc.assert(
      fc.property(logicPkt, outcome, (request, init) => {
        const bytes = marshal(request);
        expect(toHex(marshalResponse(view(bytes), init))).toBe(toHex(marshal(createResponse(request, init))));
      }),
    );
  });

  it.each(logicVectors.filter(({ packet_hex }) => packet_hex !== undefined))("the same of kim's $name", (vector) => {
    const bytes = fromHex(vector.packet_hex!);
    const response = marshal(createResponse(read(bytes) as LogicPkt, { status: 404 }));
    expect(toHex(marshalResponse(view(bytes), { status: 404 }))).toBe(toHex(response));
  });

  it("reads as what was created, of requests written in any order", () => {
    fc.assert(
      fc.property(headerRecords, outcome, (records, init) => {
        const bytes = around(records);
        let request: LogicPkt;
        try {
          request = read(bytes) as LogicPkt;
        } catch {
          return;
        }
        expect(read(marshalResponse(view(bytes), init))).toEqual(read(marshal(createResponse(request, init))));
      }),
    );
  });

  it.each([
    ["a body that is no bytes", { body: "text" as never }, "IM_ERR_PACKET_INVALID"],
    ["a status that is no int32", { status: 1.5 }, "IM_ERR_PACKET_INVALID"],
    ["a body above the limit", { body: new Uint8Array(1_048_577) }, "IM_ERR_BODY_TOO_LARGE"],
  ])("refuses %s", (_, init, code) => {
    const request = view(marshal({ ...(read(fromHex("c311a3650000000000000000")) as LogicPkt), command: "a.b" }));
    expect(() => marshalResponse(request, init)).toThrow(expect.objectContaining({ code }));
  });
});
