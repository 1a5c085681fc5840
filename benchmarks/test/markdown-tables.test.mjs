import assert from "node:assert/strict";
import { test } from "node:test";
import { comparisonsByNode, slowerLines } from "../src/report/markdown-tables.mjs";

/** What is kept of one comparison on one version of Node. */
function kept(node, median, count) {
  const reached = { median, min: median, max: median, count };
  const comparison = { label: "ours beside theirs", as: "faster", atLeast: 1, reached, met: median >= 1 };
  return { machine: { node }, benchmarks: [{ tables: [{ title: "Echo", rounds: 5, comparisons: [comparison] }] }] };
}

test("a ratio stands in the column of its version, in bold if it misses its target", () => {
  const row = comparisonsByNode([kept("20.1.0", 1.5, 5), kept("24.1.0", 0.5, 5)])
    .split("\n")
    .at(-1);
  assert.equal(row, "| Echo | ours beside theirs | 1.50 × speed | **0.50 × speed** | ≥ 1 × |");
});

test("a ratio of fewer rounds than were run says so", () => {
  const row = comparisonsByNode([kept("20.1.0", 1.5, 2)])
    .split("\n")
    .at(-1);
  assert.match(row, /1\.50 × speed \(2 of 5 rounds\)/);
});

test("where ours are slower is told for each version on which they are", () => {
  const lines = slowerLines([kept("20.1.0", 1.5, 5), kept("24.1.0", 0.5, 5), kept("26.1.0", 0.7, 5)]);
  assert.deepEqual(lines, ["- Echo, ours beside theirs: speed 0.50 × on Node 24, 0.70 × on Node 26."]);
});
