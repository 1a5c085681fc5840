import { describe, expect, it } from "vitest";
import { findCollapses, type Measurement } from "./support/collapses.js";

describe("findCollapses", () => {
  it("finds what takes more than twice its usual time", async () => {
    const figures = [
      { name: "twice", ratio: 0.6, usualRatio: 0.3 },
      { name: "more", ratio: 0.61, usualRatio: 0.3 },
    ];
    expect(await findCollapses(inTurn({ figures, runningShare: 1 }))).toEqual(["more"]);
  });

  it("believes the first measurement of a process that ran all the time", async () => {
    expect(await findCollapses(inTurn(collapsed(1)))).toEqual(["encode"]);
  });

  it("measures again if the machine stood still", async () => {
    expect(await findCollapses(inTurn(collapsed(0.3), usual(0.3)))).toEqual([]);
  });

  it("believes the second measurement in any case", async () => {
    expect(await findCollapses(inTurn(collapsed(0.3), collapsed(0.3)))).toEqual(["encode"]);
  });

  it("does not measure again what took its usual time", async () => {
    expect(await findCollapses(inTurn(usual(0.3)))).toEqual([]);
  });
});

const collapsed = (runningShare: number) => encoding(3, runningShare);
const usual = (runningShare: number) => encoding(1, runningShare);

function encoding(ratio: number, runningShare: number): Measurement {
  return { figures: [{ name: "encode", ratio, usualRatio: 1 }], runningShare };
}

/** Returns one measurement after the other, and fails beyond the last. */
function inTurn(...measurements: Measurement[]): () => Promise<Measurement> {
  const rest = measurements.values();
  return async () => {
    const { done, value } = rest.next();
    if (done) throw new Error("measured too often");
    return value;
  };
}
