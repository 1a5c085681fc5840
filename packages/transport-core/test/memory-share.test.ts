import { afterEach, describe, expect, it, vi } from "vitest";
import { memoryShareBytes } from "../src/limits/memory-share.js";

const GiB = 1024 * 1024 * 1024;

afterEach(() => void vi.unstubAllGlobals());

function host(constrainedBytes: number | undefined, machineBytes: number): void {
  const os = { totalmem: () => machineBytes };
  vi.stubGlobal("process", { constrainedMemory: () => constrainedBytes, getBuiltinModule: () => os });
}

describe("a quarter of the memory that the process may use", () => {
  it("is that of the machine where nothing else is said", () => {
    for (const none of [undefined, 0, 2 ** 64]) {
      host(none, 16 * GiB);
      expect(memoryShareBytes()).toBe(4 * GiB);
    }
  });

  it("is that of the container if it allows less", () => {
    host(2 * GiB, 16 * GiB);
    expect(memoryShareBytes()).toBe(GiB / 2);
  });

  it("is that of 1 GiB where the memory is unknown", () => {
    vi.stubGlobal("process", undefined);
    expect(memoryShareBytes()).toBe(GiB / 4);
  });

  it("is known here", () => {
    expect(memoryShareBytes()).toBeGreaterThan(0);
    expect(Number.isSafeInteger(memoryShareBytes())).toBe(true);
  });
});
