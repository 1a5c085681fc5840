import type { ConformanceCase, Section } from "./conformance-case.js";
import { type Echo, echoes } from "./echoes.js";
import { mayLoseAnswers } from "./run-case.js";

const BEGIN = "<!-- Written by packages/transport-ws/test/conformance/conformance.slow.test.ts: begin -->";
const END = "<!-- end -->";

/** Which cases have passed, by echo. */
export class Results {
  readonly #passed = new Map<Echo, Set<string>>();

  add(echo: Echo, { id }: ConformanceCase): void {
    const ids = this.#passed.get(echo) ?? new Set();
    this.#passed.set(echo, ids.add(id));
  }

  /** The document with these results in place of those that it has. */
  renderIn(document: string, sections: readonly Section[]): string {
    const [before, rest] = document.split(BEGIN);
    const late = sections.flatMap(({ cases }) => cases.filter(mayLoseAnswers)).map(({ id }) => `\`${id}\``);
    const listed = `Late answers, by case: ${late.join(", ")}.`;
    return `${before}${BEGIN}\n\n${this.#table(sections)}\n\n${wrapped(listed)}\n\n${END}${rest!.split(END)[1]}`;
  }

  #table(sections: readonly Section[]): string {
    const total = { title: "all", rules: "", cases: sections.flatMap(({ cases }) => cases) };
    const rows = [...sections, total].map((section) => [
      section.title,
      section.rules,
      String(section.cases.length),
      ...echoes.map((echo) => this.#cell(section, echo)),
    ]);
    return tableOf(["section", "rules", "cases", ...echoes.map(({ name }) => name)], rows);
  }

  #cell({ cases }: Section, echo: Echo): string {
    const passed = cases.filter(({ id }) => this.#passed.get(echo)?.has(id));
    const late = echo.answersLate ? passed.filter(mayLoseAnswers).length : 0;
    return late > 0 ? `${passed.length - late} + ${late} late` : String(passed.length);
  }
}

/** Two columns of words, then columns of numbers. */
function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(" | ")} |`;
  const rule = widths.map((width, i) => (i < 2 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** In lines of at most 130 characters. */
function wrapped(words: string): string {
  return words.replace(/(.{1,130})(?: |$)/g, "$1\n").trimEnd();
}
