import { stripVTControlCharacters, styleText } from "node:util";
import { rangeText, ratioText, roundsText, spreadText, targetText, voidText } from "./number-text.mjs";

const coloured = process.stdout.isTTY && !process.env.NO_COLOR;
const style = (format, text) => (coloured ? styleText(format, text) : text);
const BAR_WIDTH = 24;

/** One table: a row for each contestant, then how ours compare. */
export function terminalTable({ title, rounds, columns, rows, comparisons }) {
  const longest = Math.max(...rows.map(({ figures: [cost] }) => cost?.median ?? 0));
  const head = ["", ...columns.flatMap(({ label }) => [label, ""]), ""];
  const body = rows.map(({ label, ours, figures }) => {
    const name = ours ? style("bold", label) : label;
    const cells = figures.flatMap((figure, i) => {
      const { median, range } = spreadText(figure, columns[i].unit);
      return [median, style("gray", range)];
    });
    const bar = "█".repeat(Math.round((BAR_WIDTH * (figures[0]?.median ?? 0)) / longest));
    return [name, ...cells, style(ours ? "cyan" : "gray", bar)];
  });
  return [
    "",
    `${style("bold", title)}  ${style("gray", rounds === 1 ? "one round" : `${rounds} rounds: median, min–max`)}`,
    ...aligned([head.map((cell) => style("gray", cell)), ...body]),
    ...rows.filter(({ voids }) => voids.length > 0).map((row) => style("yellow", `  void: ${voidText(row, rounds)}`)),
    ...aligned(comparisons.map((comparison) => comparisonCells(comparison, rounds))),
  ].join("\n");
}

function comparisonCells(comparison, rounds) {
  const { label, as, reached, met } = comparison;
  if (!reached) return [label, style("yellow", "void"), "", targetText(comparison), ""];
  const word = as === "faster" ? "the speed" : "the cost";
  const target = targetText(comparison);
  const verdict = target === "" ? "" : met ? style("green", "reached") : style("red", "missed");
  const range = style("gray", rangeText(reached, ratioText) + roundsText(reached, rounds));
  return [label, style("bold", `${ratioText(reached.median)} ${word}`), range, target && `target ${target}`, verdict];
}

/** Rows of cells as lines: the first column to the left, bars as well, figures to the right. */
function aligned(rows) {
  if (rows.length === 0) return [];
  const lengthOf = (text) => stripVTControlCharacters(text).length;
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => lengthOf(row[column]))));
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const padding = " ".repeat(widths[column] - lengthOf(cell));
      return column === 0 || column === row.length - 1 ? cell + padding : padding + cell;
    });
    return `  ${cells.join("  ")}`.trimEnd();
  });
}
