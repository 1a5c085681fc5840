import { barChart } from "./bar-chart.mjs";

/** Which benchmarks are drawn, and how their charts are called. */
const drawn = {
  echo: "Echo: server CPU per message",
  broadcast: "Broadcast to 1,000: server CPU per delivered message",
  codec: "LogicPkt: time per packet",
  "idle-memory": "Memory per idle connection",
  "connect-storm": "Server CPU per connect",
};

/** Charts of a run: `{ benchmark, file, title, svg }`. All show a cost, the shorter the better. */
export function chartsOf({ benchmarks }) {
  return benchmarks
    .filter(({ name }) => drawn[name])
    .map(({ name, tables }) => {
      const title = drawn[name];
      return { benchmark: name, file: `${name}.svg`, title, svg: barChart(title, tables.map(panelOf)) };
    });
}

function panelOf({ title, columns, rows }) {
  const bars = rows.flatMap(({ label, ours, figures: [cost] }) => (cost ? [{ label, ours, ...cost }] : []));
  return { title, unit: columns[0].unit, bars };
}
