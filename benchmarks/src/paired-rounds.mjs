import { spread } from "./statistics.mjs";

/**
 * Measures every contestant once in each round, in an order that turns from round to round, so that what the machine
 * does beside it strikes all alike. Ratios are taken within a round.
 *
 * @param contestants by id
 * @param measure gives the figures of one run; `void` in them says why they do not count
 * @returns the runs by contestant, one for each round
 */
export async function pairedRounds(contestants, rounds, measure, progress) {
  const ids = Object.keys(contestants);
  const runs = Object.fromEntries(ids.map((id) => [id, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? ids : [...ids].reverse();
    for (const id of order) {
      progress(`round ${round + 1} of ${rounds}: ${contestants[id].label}`);
      runs[id].push(await measure(contestants[id], round));
    }
  }
  return runs;
}

/** Median, min and max of a figure over the runs that count; undefined if none does. */
export function figureOf(runs, figure) {
  return spread(runs.filter((run) => !run.void).map((run) => run[figure]));
}

/**
 * How two contestants compare in a cost, round by round.
 *
 * @param comparison `ours` and `peer` are ids. `faster` says how many times our work is done for the peer's cost;
 * `larger` how many times our cost is the peer's.
 */
export function compare(runs, { ours, peer, cost, as }) {
  const ratios = runs[ours].flatMap((own, round) => {
    const other = runs[peer][round];
    if (own.void || other.void) return [];
    return as === "faster" ? other[cost] / own[cost] : own[cost] / other[cost];
  });
  return spread(ratios);
}
