import { vi } from "vitest";

/** Runs `action` and returns the longest byte array that was allocated by length meanwhile. */
export function longestAllocation(action: () => void): number {
  let longest = 0;
  const Real = Uint8Array;
  class Watched extends Real {
    constructor(...args: unknown[]) {
      if (typeof args[0] === "number") longest = Math.max(longest, args[0]);
      super(...(args as [number]));
    }
    static get [Symbol.species]() {
      return Real;
    }
  }
  vi.stubGlobal("Uint8Array", Watched);
  try {
    action();
  } finally {
    vi.unstubAllGlobals();
  }
  return longest;
}
