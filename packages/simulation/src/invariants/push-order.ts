import type { Invariant } from "./invariant.js";

/** Pushes of one source reach a handler in order, and each at most once. */
export const pushOrder: Invariant = (world) => {
  const last = new Map<string, number>();
  world.observers.push({
    pushReceived({ subscription, source, number }) {
      const way = `${subscription} ${source}`;
      const before = last.get(way) ?? 0;
      if (number === before) world.violate("no push comes twice", `${way} got note ${number} again`);
      else if (number < before) world.violate("pushes come in order", `${way} got note ${number} after ${before}`);
      last.set(way, number);
    },
  });
  return {};
};
