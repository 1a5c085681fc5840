import { rangeText, ratioText, spreadText, targetText } from "./number-text.mjs";

/** The tables of one benchmark, which have the same columns, as two in Markdown: figures, and how ours compare. */
export function markdownTables(tables) {
  const { columns } = tables[0];
  const head = ["", "", ...columns.map(({ label, unit }) => (unit ? `${label}, ${unit}` : label))];
  const body = tables.flatMap(({ title, rows }) =>
    rows.map(({ label, ours, figures }, i) => [
      i === 0 ? title : "",
      ours ? `**${label}**` : label,
      ...figures.map((figure) => cell(figure)),
    ]),
  );
  const comparisons = tables.flatMap(({ title, comparisons }) =>
    comparisons.map((comparison, i) => [i === 0 ? title : "", ...comparisonCells(comparison)]),
  );
  const voids = tables.flatMap(({ title, rows }) =>
    rows.flatMap(({ label, voids }) => voids.map((reason) => `${title}, ${label}: ${reason}`)),
  );
  return [
    ...tableLines(head, body),
    "",
    ...(voids.length > 0 ? [`Runs that do not count: ${voids.join("; ")}.`, ""] : []),
    ...tableLines(["", "ours", "median", "min–max", "target", ""], comparisons),
  ].join("\n");
}

function cell(figure) {
  const { median, range } = spreadText(figure);
  return range ? `${median} (${range})` : median;
}

function comparisonCells(comparison) {
  const { label, as, reached, met } = comparison;
  const target = targetText(comparison);
  if (!reached) return [label, "void", "", target, ""];
  const verdict = target === "" ? "" : met ? "reached" : "**missed**";
  const word = as === "faster" ? "speed" : "cost";
  const range = rangeText(reached, ratioText);
  return [label, `${ratioText(reached.median)} the ${word}`, range, target, verdict];
}

/** How ours compare on each version of Node: a row for each comparison of the first results. */
export function comparisonsByNode(results) {
  const byName = results.map(({ benchmarks }) => new Map(comparisonsOf(benchmarks).map((each) => [each.name, each])));
  const rows = comparisonsOf(results[0].benchmarks).map(({ title, label, name, ...comparison }, i, all) => [
    title === all[i - 1]?.title ? "" : title,
    label,
    ...byName.map((comparisons) => ratioCell(comparisons.get(name))),
    targetText(comparison),
  ]);
  const versions = results.map(({ machine }) => `Node ${machine.node}`);
  return tableLines(["", "ours", ...versions, "target"], rows).join("\n");
}

function comparisonsOf(benchmarks) {
  return benchmarks.flatMap(({ tables }) =>
    tables.flatMap(({ title, comparisons }) =>
      comparisons.map((comparison) => ({ ...comparison, title, name: `${title}, ${comparison.label}` })),
    ),
  );
}

function ratioCell(comparison) {
  if (!comparison) return "";
  const { as, reached, met } = comparison;
  if (!reached) return "void";
  const text = `${ratioText(reached.median)} ${as === "faster" ? "speed" : "cost"}`;
  return met ? text : `**${text}**`;
}

function tableLines(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i < 2 ? "---" : "---:"))), ...rows.map(line)];
}

/** What ours do worse than a peer in every table, in words. */
export function slowerLines(benchmarks) {
  return comparisonsOf(benchmarks)
    .filter(({ reached, as }) => reached && (as === "faster" ? reached.median < 1 : reached.median > 1))
    .map(({ name, as, reached }) => {
      const word = as === "faster" ? "speed" : "cost";
      return `- ${name}: ${ratioText(reached.median)} the ${word}.`;
    });
}
