import { type BodyCodec, jsonCodec, WireError } from "@im/wire";
import { describe, expect, expectTypeOf, it } from "vitest";

interface Move {
  piece: string;
  path: { x: number; y: number }[];
}

const move = jsonCodec<Move>();
const anything = jsonCodec<unknown>();

function errorOf(run: () => unknown): WireError {
  try {
    run();
  } catch (error) {
    if (error instanceof WireError) return error;
  }
  throw new Error("no WireError was thrown");
}

describe("jsonCodec", () => {
  it("writes JSON in UTF-8 and reads it again, typed by its parameter", () => {
    const sent: Move = { piece: "♞ \ud83d\ude00", path: [{ x: 1, y: 2 }] };
    const body = move.encode(sent);
    expect(new TextDecoder().decode(body)).toBe(JSON.stringify(sent));
    expect(move.decode(body)).toEqual(sent);
    expectTypeOf(move).toEqualTypeOf<BodyCodec<Move>>();
  });

  it("reads the view that it is given, not the buffer around it", () => {
    const around = new TextEncoder().encode('xx{"a":1}xx');
    expect(anything.decode(around.subarray(2, -2))).toEqual({ a: 1 });
  });

  it.each([
    [1n, "it must be a string"],
    [{ id: 1n }, "id must be a string"],
    [{ from: { ids: ["1", 2n] } }, "from.ids.1 must be a string"],
    [[{ id: 1n }], "0.id must be a string"],
    [{ first: 1n, second: 2n }, "first must be a string"],
  ])("refuses a bigint by the name of its field: %#", (value, message) => {
    const error = errorOf(() => anything.encode(value));
    expect(error.code).toBe("IM_ERR_BODY_INVALID");
    expect(error.message).toContain(message);
  });

  it("carries a 64-bit id as a string", () => {
    const id = 2n ** 63n - 1n;
    const codec = jsonCodec<{ id: string }>();
    expect(BigInt(codec.decode(codec.encode({ id: String(id) })).id)).toBe(id);
  });

  it("refuses what has no JSON", () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    for (const value of [undefined, () => 0, Symbol("s"), cycle]) {
      expect(errorOf(() => anything.encode(value)).code).toBe("IM_ERR_BODY_INVALID");
    }
  });

  it.each([
    ["an empty body", []],
    ["cut JSON", [0x7b]],
    ["a string that is not UTF-8", [0x22, 0xff, 0x22]],
  ])("refuses to read %s", (_what, bytes) => {
    expect(errorOf(() => anything.decode(Uint8Array.from(bytes))).code).toBe("IM_ERR_BODY_INVALID");
  });

  it("reads a Uint8Array only", () => {
    expect(errorOf(() => anything.decode("{}" as never)).code).toBe("IM_ERR_WIRE_ARGUMENT");
  });
});
