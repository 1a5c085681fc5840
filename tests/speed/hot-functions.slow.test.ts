import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCollapses } from "./support/collapses.js";
import { hotFunctions } from "./support/hot-functions.js";
import { MeasuringProcess } from "./support/measuring-process.js";

// A version of V8 may compile code badly that others compile well: unmasking took eleven times as long on one as on the rest.
describe("the functions that run for each message, beside a plain loop in the same process", () => {
  let measuring: MeasuringProcess;
  beforeAll(async () => {
    measuring = await MeasuringProcess.build();
  });
  afterAll(() => measuring.remove());

  it("take no more than twice their usual time on this version of Node", async () => {
    expect(await findCollapses(() => measuring.measure())).toEqual([]);
  });

  it("are found when unmasking takes three times as long, and nothing else is", async () => {
    const unmasking = namesOf(/^unmask/);
    expect(await findCollapses(() => measuring.measure(unmasking, 3))).toEqual(unmasking);
  });

  it("are found when each takes six times as long", async () => {
    expect(await findCollapses(() => measuring.measure(namesOf(/./), 6))).toEqual(namesOf(/./));
  });
});

function namesOf(pattern: RegExp): string[] {
  return hotFunctions.map(({ name }) => name).filter((name) => pattern.test(name));
}
