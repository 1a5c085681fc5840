import { compare, figureOf } from "./paired-rounds.mjs";

/**
 * What a benchmark gives for one set of paired rounds: plain data, for the terminal, the page, the charts and JSON.
 *
 * @param columns `{ figure, label, unit, scale }`; the first is the cost that decides
 * @param comparisons of `compare`, with `label` and a target, `atLeast` or `atMost`
 */
export function tableOfRuns({ title, contestants, runs, columns, comparisons }) {
  const cost = columns[0].figure;
  return {
    title,
    rounds: Math.max(...Object.values(runs).map(({ length }) => length)),
    columns: columns.map(({ label, unit }) => ({ label, unit })),
    rows: Object.entries(contestants).map(([id, { label, ours = false }]) => ({
      label,
      ours,
      figures: columns.map(({ figure, scale = 1 }) => scaled(figureOf(runs[id], figure), scale)),
      voids: runs[id].flatMap((run) => (run.void ? [run.void] : [])),
    })),
    comparisons: comparisons.map(({ label, as = "faster", atLeast, atMost, ...between }) => {
      const reached = compare(runs, { cost, as, ...between });
      return { label, as, atLeast, atMost, reached, met: reached && meets(reached.median, { atLeast, atMost }) };
    }),
  };
}

function scaled(figure, scale) {
  return figure && { median: figure.median * scale, min: figure.min * scale, max: figure.max * scale };
}

function meets(ratio, { atLeast = 0, atMost = Number.POSITIVE_INFINITY }) {
  return ratio >= atLeast && ratio <= atMost;
}
