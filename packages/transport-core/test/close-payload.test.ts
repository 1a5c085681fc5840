import { CloseCode } from "@im/transport-core";
import { decodeClosePayload, encodeClosePayload } from "@im/transport-core/authoring";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkCloseCode, cutReason, isSendableCloseCode } from "../src/close-payload.js";
import { bytes, text } from "./support/fake-driver.js";
import { codeOf } from "./support/waiting.js";

describe("close payload", () => {
  it("fault 11: is the two-byte code, then the reason", () => {
    expect([...encodeClosePayload(1001, "bye")]).toEqual([0x03, 0xe9, 0x62, 0x79, 0x65]);
    expect(decodeClosePayload(encodeClosePayload(4321, "größer 漢字"))).toEqual({ code: 4321, reason: "größer 漢字" });
  });

  it("keeps a byte order mark, which is part of the reason (RFC 6455 §5.5.1)", () => {
    const payload = Uint8Array.of(0x0f, 0xa0, 0xef, 0xbb, 0xbf, 0x62);
    expect(decodeClosePayload(payload)).toEqual({ code: 4000, reason: "\uFEFFb" });
    expect(encodeClosePayload(4000, "\uFEFFb")).toEqual(payload);
  });

  it("without bytes means 1005", () => {
    expect(decodeClosePayload(new Uint8Array(0))).toEqual({ code: CloseCode.NoStatus, reason: "" });
  });

  it.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999])(
    "code %d may be sent",
    (code) => {
      expect(isSendableCloseCode(code)).toBe(true);
      expect(decodeClosePayload(encodeClosePayload(code, ""))).toEqual({ code, reason: "" });
    },
  );

  it.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535])(
    "code %d may be neither sent nor received",
    async (code) => {
      expect(isSendableCloseCode(code)).toBe(false);
      expect(await codeOf(() => checkCloseCode(code))).toBe("IM_ERR_INVALID_FRAME");
      expect(decodeClosePayload(Uint8Array.of(code >> 8, code & 255))).toBeUndefined();
    },
  );

  it.each([1000.5, Number.NaN, -1000, "1000" as unknown as number])("code %s is none", (code) => {
    expect(isSendableCloseCode(code)).toBe(false);
  });

  it("may have the 125 bytes of a control frame", () => {
    const reason = "a".repeat(123);
    expect(decodeClosePayload(encodeClosePayload(1000, reason))).toEqual({ code: 1000, reason });
  });

  it.each([
    ["one byte", Uint8Array.of(3)],
    ["one byte, with which codes that may be sent begin", Uint8Array.of(0x0c)],
    ["a reason that is no UTF-8", Uint8Array.of(3, 0xe8, 0xff)],
    ["a reason that is cut inside a character", Uint8Array.of(3, 0xe8, 0xe6, 0xbc)],
    ["more than the 125 bytes of a control frame", new Uint8Array(126).fill(0x61).fill(3, 0, 1).fill(0xe8, 1, 2)],
  ])("is invalid with %s", (_, payload) => {
    expect(decodeClosePayload(payload)).toBeUndefined();
  });

  it.each([
    ["a", 123],
    ["é", 61],
    ["漢", 41],
    ["😀", 30],
  ])("a reason of %s is cut to 123 bytes, never inside a character", (character, fits) => {
    expect(cutReason(character.repeat(200))).toBe(character.repeat(fits));
    expect(cutReason(`x${character.repeat(200)}`).endsWith(character)).toBe(true);
  });

  it("a reason that fits is not cut", () => {
    expect(cutReason("a".repeat(123))).toHaveLength(123);
    expect(cutReason("漢".repeat(41))).toHaveLength(41);
  });

  it("property: any reason, cut, is a prefix that fits and survives the wire", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 300 }),
        fc.constantFrom(1000, 1008, 4000),
        (reason, code) => {
          const cut = cutReason(reason);
          expect(reason.startsWith(cut)).toBe(true);
          expect(bytes(cut).length).toBeLessThanOrEqual(123);
          const wellFormed = text(bytes(cut));
          expect(decodeClosePayload(encodeClosePayload(code, reason))).toEqual({ code, reason: wellFormed });
        },
      ),
    );
  });

  it("property: any bytes are understood or refused, and nothing is thrown", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 140 }), (payload) => {
        const said = decodeClosePayload(payload);
        if (said && payload.length > 0) expect(isSendableCloseCode(said.code)).toBe(true);
      }),
    );
  });
});
