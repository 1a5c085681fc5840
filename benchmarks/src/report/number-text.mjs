/** Three significant digits but at most two decimals, thousands apart: 0.38, 9.10, 113,000. */
export function numberText(value) {
  if (value === 0) return "0";
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  if (magnitude >= 2) return value.toLocaleString("en", { maximumSignificantDigits: 3 });
  const decimals = Math.min(2, 2 - magnitude);
  return value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** A figure as `{ median, range }`; one run has no range. */
export function spreadText(figure, unit = "") {
  if (!figure) return { median: "void", range: "" };
  const median = `${numberText(figure.median)}${unit && ` ${unit}`}`;
  return { median, range: rangeText(figure, numberText) };
}

export function rangeText({ min, max }, text) {
  return min === max ? "" : `${text(min)}–${text(max)}`;
}

/** 1.25 as `1.25 ×`. */
export function ratioText(ratio) {
  return `${ratio < 9.95 ? ratio.toFixed(2) : ratio.toFixed(1)} ×`;
}

export function targetText({ atLeast, atMost }) {
  if (atLeast !== undefined) return `≥ ${atLeast} ×`;
  return atMost === undefined ? "" : `≤ ${atMost} ×`;
}

/** Of how many rounds a ratio is the median, if not of all. */
export function roundsText({ count }, rounds) {
  return count < rounds ? ` (${count} of ${rounds} rounds)` : "";
}

/** The runs of a contestant that do not count, and why. */
export function voidText({ label, voids }, rounds) {
  return `${label}, ${voids.length} of ${rounds}: ${[...new Set(voids)].join("; ")}`;
}
