import { rangeText, ratioText, roundsText, spreadText, targetText, voidText } from "./number-text.mjs";

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
  const comparisons = tables.flatMap(({ title, rounds, comparisons }) =>
    comparisons.map((comparison, i) => [i === 0 ? title : "", ...comparisonCells(comparison, rounds)]),
  );
  const voids = tables.flatMap(({ title, rounds, rows }) =>
    rows.filter(({ voids }) => voids.length > 0).map((row) => `- ${title}, ${voidText(row, rounds)}`),
  );
  return [
    ...tableLines(head, body),
    "",
    ...(voids.length > 0 ? ["Runs that do not count:", "", ...voids, ""] : []),
    ...tableLines(["", "ours", "median", "min–max", "target", ""], comparisons),
  ].join("\n");
}

function cell(figure) {
  const { median, range } = spreadText(figure);
  return range ? `${median} (${range})` : median;
}

function comparisonCells(comparison, rounds) {
  const { label, reached, met } = comparison;
  const target = targetText(comparison);
  if (!reached) return [label, "void", "", target, ""];
  const verdict = target === "" ? "" : met ? "reached" : "**missed**";
  const word = wordOf(comparison);
  const range = rangeText(reached, ratioText) + roundsText(reached, rounds);
  return [label, `${ratioText(reached.median)} the ${word}`, range, target, verdict];
}

/** How ours compare on each version of Node: a row for each comparison of the first results. */
export function comparisonsByNode(results) {
  const byName = results.map(({ benchmarks }) => new Map(comparisonsOf(benchmarks).map(named)));
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
    tables.flatMap(({ title, rounds, comparisons }) =>
      comparisons.map((comparison) => ({ ...comparison, title, rounds, name: `${title}, ${comparison.label}` })),
    ),
  );
}

function ratioCell(comparison) {
  if (!comparison) return "";
  const { reached, met, rounds } = comparison;
  if (!reached) return "void";
  const text = `${ratioText(reached.median)} ${wordOf(comparison)}${roundsText(reached, rounds)}`;
  return met ? text : `**${text}**`;
}

function tableLines(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i < 2 ? "---" : "---:"))), ...rows.map(line)];
}

/** What ours do worse than a peer: a line for each comparison of the first results, with the versions of Node. */
export function slowerLines(results) {
  const slower = results.map(({ benchmarks }) => new Map(comparisonsOf(benchmarks).filter(isSlower).map(named)));
  return comparisonsOf(results[0].benchmarks).flatMap((comparison) => {
    const { name } = comparison;
    const cases = results.flatMap(({ machine }, i) => {
      const reached = slower[i].get(name)?.reached;
      return reached ? `${ratioText(reached.median)} on Node ${machine.node.split(".")[0]}` : [];
    });
    return cases.length > 0 ? `- ${name}: ${wordOf(comparison)} ${cases.join(", ")}.` : [];
  });
}

function isSlower({ reached, as }) {
  return reached && (as === "faster" ? reached.median < 1 : reached.median > 1);
}

function named(comparison) {
  return [comparison.name, comparison];
}

function wordOf({ as }) {
  return as === "faster" ? "speed" : "cost";
}
