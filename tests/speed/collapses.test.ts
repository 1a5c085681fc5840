import { describe, expect, it } from "vitest";
import { findCollapses, type Measurement } from "./support/collapses.js";

describe("findCollapses", () => {
  it("finds what takes more than twice its usual time", async () => {
    const figures = [
      { name: "twice", ratio: 0.6, usualRatio: 0.3 },
      { name: "more", ratio: 0.61, usualRatio: 0.3 },
      { name: "once", ratio: 0.3, usualRatio: 0.3 },
    ];
    expect(await findCollapses(inTurn({ figures, runningShare: 1 }))).toEqual(["more"]);
  });

  it("finds what differs from all others, whatever the processor makes of the plain loop", async () => {
    const figures = [1.4, 1.4, 4, 1.3, 1.5].map((ratio, i) => ({ name: `${i}`, ratio, usualRatio: 1 }));
    expect(await findCollapses(inTurn({ figures, runningShare: 1 }))).toEqual(["2"]);
    const onAnother = figures.map(({ ratio, ...figure }) => ({ ...figure, ratio: ratio / 2 }));
    expect(await findCollapses(inTurn({ figures: onAnother, runningShare: 1 }))).toEqual(["2"]);
  });

  it("finds all when all take far more than any processor makes of them", async () => {
    const figures = [3.1, 3.2, 3.3].map((ratio, i) => ({ name: `${i}`, ratio, usualRatio: 1 }));
    expect(await findCollapses(inTurn({ figures, runningShare: 1 }))).toEqual(["0", "1", "2"]);
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
