import type { Echo } from "./echoes.js";

const END = "<!-- end -->";

interface TitledCases<Case> {
  readonly title: string;
  readonly rules: string;
  readonly cases: readonly Case[];
}

/** Which cases have passed, by echo, for a table of docs/conformance.md. */
export class Results<Case extends { readonly id: string }> {
  readonly #echoes: readonly Echo[];
  readonly #sections: readonly TitledCases<Case>[];
  /** Whether a pass says that the answer may have been too late to be sent. */
  readonly #isLate: (echo: Echo, each: Case) => boolean;
  readonly #passed = new Map<Echo, Set<Case>>();

  constructor(
    echoes: readonly Echo[],
    sections: readonly TitledCases<Case>[],
    isLate: (echo: Echo, each: Case) => boolean = () => false,
  ) {
    this.#echoes = echoes;
    this.#sections = sections;
    this.#isLate = isLate;
  }

  add(echo: Echo, each: Case): void {
    const cases = this.#passed.get(echo) ?? new Set();
    this.#passed.set(echo, cases.add(each));
  }

  /** The document with these results in place of those that it has from this test. */
  renderIn(document: string, test: string): string {
    const begin = `<!-- Written by ${test}: begin -->`;
    const [before, rest] = document.split(begin);
    const end = rest!.indexOf(END);
    return [`${before}${begin}`, this.#table(), ...this.#lateCases(), rest!.slice(end)].join("\n\n");
  }

  #table(): string {
    const total = { title: "all", rules: "", cases: this.#sections.flatMap(({ cases }) => cases) };
    const rows = [...this.#sections, total].map((section) => [
      section.title,
      section.rules,
      String(section.cases.length),
      ...this.#echoes.map((echo) => this.#cell(section.cases, echo)),
    ]);
    return tableOf(["section", "rules", "cases", ...this.#echoes.map(({ name }) => name)], rows);
  }

  #cell(cases: readonly Case[], echo: Echo): string {
    const passed = cases.filter((each) => this.#passed.get(echo)?.has(each));
    const late = passed.filter((each) => this.#isLate(echo, each)).length;
    return late > 0 ? `${passed.length - late} + ${late} late` : String(passed.length);
  }

  #lateCases(): string[] {
    const cases = this.#sections.flatMap((section) => section.cases);
    const late = cases.filter((each) => this.#echoes.some((echo) => this.#isLate(echo, each)));
    if (late.length === 0) return [];
    return [wrapped(`Late answers, by case: ${late.map(({ id }) => `\`${id}\``).join(", ")}.`)];
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
