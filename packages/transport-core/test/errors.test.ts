import { TransportError, transportErrorCodes } from "@im/transport-core";
import { describe, expect, it, vi } from "vitest";

describe("TransportError", () => {
  it("has a code, a message, and what else is known", () => {
    const cause = new Error("ECONNRESET");
    const closeInfo = { code: 1006, reason: "", clean: false };
    const error = new TransportError("IM_ERR_CLOSED", "gone", { cause, closeInfo, closeCode: 4000 });
    expect(error).toMatchObject({ code: "IM_ERR_CLOSED", message: "gone", cause, closeInfo, closeCode: 4000 });
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe("TransportError: gone");
    expect(error.stack).toMatch(/^TransportError: gone/);
  });

  it("has no property that was not given", () => {
    expect(Object.keys(new TransportError("IM_ERR_CLOSED", "gone"))).toEqual(["code"]);
    expect("cause" in new TransportError("IM_ERR_CLOSED", "gone")).toBe(false);
    expect("cause" in new TransportError("IM_ERR_CLOSED", "gone", { cause: undefined })).toBe(true);
  });

  it("is recognised across two copies of the module, both ways", async () => {
    vi.resetModules();
    const other = (await import("../src/errors.js")).TransportError;
    expect(other).not.toBe(TransportError);
    expect(new other("IM_ERR_CLOSED", "theirs") instanceof TransportError).toBe(true);
    expect(new TransportError("IM_ERR_CLOSED", "ours") instanceof other).toBe(true);
  });

  it.each([
    ["another error", new Error("no")],
    ["what only looks like one", { code: "IM_ERR_CLOSED", message: "no", name: "TransportError" }],
    ["null", null],
    ["undefined", undefined],
    ["text", "IM_ERR_CLOSED"],
  ])("is not %s", (_, value) => {
    expect((value as unknown) instanceof TransportError).toBe(false);
  });

  it("a subclass is an ordinary class: its instances are both, others are not of it", () => {
    class LoginError extends TransportError {
      readonly account = "alice";
      constructor() {
        super("IM_ERR_LOGIN_REFUSED", "no");
      }
    }
    expect(new LoginError() instanceof LoginError).toBe(true);
    expect(new LoginError() instanceof TransportError).toBe(true);
    expect(new TransportError("IM_ERR_CLOSED", "no") instanceof LoginError).toBe(false);
    expect({} instanceof LoginError).toBe(false);
  });

  it("has a closed set of codes, sorted and without repetition", () => {
    expect([...transportErrorCodes].sort()).toEqual([...transportErrorCodes]);
    expect(new Set(transportErrorCodes).size).toBe(transportErrorCodes.length);
    expect(transportErrorCodes.every((code) => /^IM_ERR_[A-Z_]+$/.test(code))).toBe(true);
  });
});
