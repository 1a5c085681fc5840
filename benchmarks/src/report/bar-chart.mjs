import { numberText } from "./number-text.mjs";

const WIDTH = 760;
const MARGIN = 20;
const LABEL_WIDTH = 230;
const VALUE_WIDTH = 90;
const BAR_HEIGHT = 16;
const ROW_HEIGHT = 26;
const PANEL_HEAD_HEIGHT = 40;
const TITLE_HEIGHT = 52;

/** Colours that hold on white and on black; text follows the reader's scheme. */
const style = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; }
  .panel { font-weight: 600; }
  .quiet { fill: #656d76; }
  .peer { fill: #a8b1bb; }
  .ours { fill: #2f81f7; }
  .spread { stroke: #57606a; stroke-width: 1.5; }
  .axis { stroke: #d0d7de; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .quiet { fill: #9198a1; }
    .peer { fill: #5d6670; }
    .spread { stroke: #c9d1d9; }
    .axis { stroke: #3d444d; }
  }`;

/**
 * Horizontal bars in panels, each with a scale of its own, as an SVG text. A thin line shows min to max.
 *
 * @param panels `{ title, unit, bars: [{ label, ours, median, min, max }] }`
 */
export function barChart(title, panels) {
  let y = TITLE_HEIGHT;
  const parts = panels.map((panel) => {
    const drawn = drawPanel(panel, y);
    y += PANEL_HEAD_HEIGHT + panel.bars.length * ROW_HEIGHT;
    return drawn;
  });
  const height = y + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style}\n</style>`,
    `<text class="title" x="${MARGIN}" y="30">${escaped(title)}</text>`,
    `<text class="quiet" x="${WIDTH - MARGIN}" y="30" text-anchor="end">shorter is better; line: min to max</text>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function drawPanel({ title, unit, bars }, top) {
  const left = MARGIN + LABEL_WIDTH;
  const room = WIDTH - left - VALUE_WIDTH - MARGIN;
  const longest = Math.max(...bars.map(({ max }) => max));
  const length = (value) => Math.max(1, (value / longest) * room).toFixed(1);
  const bottom = top + PANEL_HEAD_HEIGHT - 8 + bars.length * ROW_HEIGHT;
  const rows = bars.map(({ label, ours, median, min, max }, row) => {
    const y = top + PANEL_HEAD_HEIGHT - 6 + row * ROW_HEIGHT;
    const middle = y + BAR_HEIGHT / 2;
    const kind = ours ? "ours" : "peer";
    return [
      `<text x="${left - 10}" y="${y + 13}" text-anchor="end"${ours ? ' class="panel"' : ""}>${escaped(label)}</text>`,
      `<rect class="${kind}" x="${left}" y="${y}" width="${length(median)}" height="${BAR_HEIGHT}" rx="2"/>`,
      `<line class="spread" x1="${left + Number(length(min))}" x2="${left + Number(length(max))}" y1="${middle}" y2="${middle}"/>`,
      `<text x="${WIDTH - MARGIN}" y="${y + 13}" text-anchor="end">${numberText(median)} ${unit}</text>`,
    ].join("\n");
  });
  return [
    `<text class="panel" x="${MARGIN}" y="${top + 20}">${escaped(title)}</text>`,
    `<line class="axis" x1="${left}" x2="${left}" y1="${top + PANEL_HEAD_HEIGHT - 10}" y2="${bottom}"/>`,
    ...rows,
  ].join("\n");
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
