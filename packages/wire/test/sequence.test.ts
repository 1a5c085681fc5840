import { Sequence } from "@im/wire";
import { describe, expect, it } from "vitest";
import { constants } from "./vectors.js";

describe("Sequence", () => {
  it("counts from 1", () => {
    const sequence = new Sequence();
    expect([sequence.next(), sequence.next(), sequence.next()]).toEqual([1, 2, 3]);
  });

  it("starts where its option says", () => {
    expect(new Sequence(41).next()).toBe(41);
  });

  it("begins again at 1 after 4294967294, as kim's does: 0 and 4294967295 never occur", () => {
    const { after, then } = constants.sequence;
    const sequence = new Sequence(after);
    expect([sequence.next(), sequence.next(), sequence.next()]).toEqual([after, then, then + 1]);
  });

  it("belongs to its creator: two do not share a counter", () => {
    const first = new Sequence();
    first.next();
    expect(new Sequence().next()).toBe(1);
  });

  it.each([0, -1, 1.5, 4294967295, Number.NaN])("refuses to start at %d, by name", (start) => {
    expect(() => new Sequence(start)).toThrow(
      expect.objectContaining({ code: "IM_ERR_WIRE_ARGUMENT", message: expect.stringContaining("start") }),
    );
  });
});
