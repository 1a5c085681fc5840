import fc from "fast-check";
import { expect, it } from "vitest";
import { FullestFirst, NO_PLACE } from "../src/limits/fullest-first.js";

const steps = fc.array(
  fc.record({
    what: fc.constantFrom("add", "remove", "change", "ask"),
    which: fc.nat({ max: 30 }),
    bytes: fc.nat({ max: 20 }),
  }),
  { maxLength: 200 },
);

it("the fullest of all holders is found, whatever was added, removed and changed before", () => {
  const runs = fc.property(steps, (all) => {
    const holders = Array.from({ length: 31 }, () => ({ heldBytes: 0, place: NO_PLACE }));
    const order = new FullestFirst<(typeof holders)[number]>();
    const most = () => Math.max(...holders.filter(({ place }) => place !== NO_PLACE).map(({ heldBytes }) => heldBytes));
    for (const { what, which, bytes } of all) {
      const holder = holders[which]!;
      const isIn = holder.place !== NO_PLACE;
      if (what === "ask") {
        if (holders.some(({ place }) => place !== NO_PLACE)) expect(order.fullest()!.heldBytes).toBe(most());
        else expect(order.fullest()).toBeUndefined();
      } else if (what === "remove") {
        if (isIn) order.remove(holder);
      } else {
        holder.heldBytes = bytes;
        if (isIn) order.changed(holder);
        else if (what === "add") order.add(holder);
      }
    }
  });
  fc.assert(runs, { numRuns: 500 });
});
