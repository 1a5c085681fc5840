import { marshal, PacketReader, read, WireError, type WireErrorCode, wireErrorCodes } from "@im/wire";
import { describe, expect, expectTypeOf, it, vi } from "vitest";

describe("WireError", () => {
  it("has a code, a sentence and a cause", () => {
    const cause = new Error("why");
    const error = new WireError("IM_ERR_MAGIC", "Close it.", { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "WireError", code: "IM_ERR_MAGIC", message: "Close it.", cause });
  });

  it("narrows in TypeScript", () => {
    const error: unknown = new WireError("IM_ERR_MAGIC", "Close it.");
    if (!(error instanceof WireError)) throw new Error("unreachable");
    expectTypeOf(error.code).toEqualTypeOf<WireErrorCode>();
  });

  it("is recognised across two copies of the package, both ways", async () => {
    vi.resetModules();
    const copy = await import("../src/packet/wire-error.js");
    expect(copy.WireError).not.toBe(WireError);
    expect(new copy.WireError("IM_ERR_MAGIC", "")).toBeInstanceOf(WireError);
    expect(new WireError("IM_ERR_MAGIC", "")).toBeInstanceOf(copy.WireError);
  });

  it("is not what merely looks like one, and a subclass has only its own instances", () => {
    class Special extends WireError {}
    for (const other of [new Error("x"), { code: "IM_ERR_MAGIC" }, null, undefined, "IM_ERR_MAGIC"]) {
      expect(other instanceof WireError).toBe(false);
    }
    const plain = new WireError("IM_ERR_MAGIC", "");
    expect(plain instanceof Special).toBe(false);
    expect(new Special("IM_ERR_MAGIC", "") instanceof Special).toBe(true);
    expect(new Special("IM_ERR_MAGIC", "") instanceof WireError).toBe(true);
  });

  it("has a brand that neither logs nor enumerates", () => {
    const error = new WireError("IM_ERR_MAGIC", "");
    expect(Object.keys(error)).toEqual(["code"]);
    expect(Object.getOwnPropertySymbols({ ...error })).toEqual([]);
  });
});

describe("codes", () => {
  it("form a closed set of IM_ERR_ names without repeats", () => {
    expect(new Set(wireErrorCodes).size).toBe(wireErrorCodes.length);
    for (const code of wireErrorCodes) expect(code).toMatch(/^IM_ERR_[A-Z_]+$/);
  });
});

describe("a bad option or argument is an error at once, by name", () => {
  const named = (name: string) =>
    expect.objectContaining({ code: "IM_ERR_WIRE_ARGUMENT", message: expect.stringContaining(name) });

  it.each(["maxHeaderBytes", "maxBodyBytes"])("%s", (name) => {
    for (const value of [-1, 1.5, Number.NaN, 2 ** 32, "64" as unknown as number]) {
      expect(() => new PacketReader({ [name]: value })).toThrow(named(name));
      expect(() => read(new Uint8Array(8), { [name]: value })).toThrow(named(name));
      expect(() => marshal({ kind: "basic", code: 1, body: new Uint8Array(0) }, { [name]: value })).toThrow(
        named(name),
      );
    }
  });

  it("input that is no Uint8Array", () => {
    const text = "c315a76500010000" as unknown as Uint8Array;
    expect(() => read(text)).toThrow(named("string"));
    expect(() => new PacketReader().feed(text, () => {})).toThrow(named("string"));
  });
});
