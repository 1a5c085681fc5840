import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./program.js";

/** A fenced block of a document. */
export interface CodeBlock {
  readonly document: string;
  /** The line of its first line of code. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** The text of the comment directly above the block: `continues`, or `not run: <why>`. */
  readonly mark: string | undefined;
}

/** A block that is a program, with the blocks below it that continue it. */
export interface DocumentedProgram {
  readonly document: string;
  readonly line: number;
  /** `README-7.mts`, for example. */
  readonly file: string;
  /** Each line stands where it stands in the document, so that errors name the document's lines. */
  readonly code: string;
}

/** The documents that people write: reports of api-extractor are not among them. */
export const documents = execFileSync("git", ["ls-files", "*.md", ":!*.api.md"], { cwd: root, encoding: "utf8" })
  .trim()
  .split("\n");

/** Why a block in one of these languages is not a program. */
export const pictures = ["mermaid", "hex", "sh", "html", "ini", "nginx", "haproxy", "caddyfile"];

const extensions: Readonly<Record<string, string>> = { js: "mjs", ts: "mts" };

export function codeBlocksOf(document: string): CodeBlock[] {
  const text = readFileSync(join(root, document), "utf8");
  const fence = /(?:^<!-- ([^\n]*) -->\n\n?)?^( *)```(\S*)\n(.*?)^\2```$/gms;
  return [...text.matchAll(fence)].map(({ 0: whole, 1: mark, 3: language, 4: code, index }) => ({
    document,
    line: text.slice(0, index + whole.indexOf("```")).split("\n").length + 1,
    language: language!,
    code: code!,
    mark,
  }));
}

/** The programs of a document, as a reader would copy them. */
export function programsOf(document: string): DocumentedProgram[] {
  const programs: { line: number; language: string; code: string }[] = [];
  for (const { line, language, code, mark } of codeBlocksOf(document)) {
    if (!(language in extensions) || mark?.startsWith("not run: ")) continue;
    const last = programs.at(-1);
    if (mark === "continues" && last) last.code += "\n".repeat(line - last.line - linesIn(last.code)) + code;
    else programs.push({ line, language, code });
  }
  return programs.map(({ line, language, code }) => ({
    document,
    line,
    file: `${document.replaceAll("/", "-").replace(/\.md$/, "")}-${line}.${extensions[language]}`,
    code: "\n".repeat(line - 1) + code,
  }));
}

/** Whether a program connects to the Redis of the environment variable `REDIS_URL`. */
export function needsRedis({ code }: DocumentedProgram): boolean {
  return code.includes("process.env.REDIS_URL");
}

/** Whether a program runs tests, which print a report. */
export function isForTestRunner({ code }: DocumentedProgram): boolean {
  return code.includes('"node:test"');
}

/** The comments beside each `console.log` of a program; undefined where one is missing. */
export function logComments({ code }: DocumentedProgram): (string | undefined)[] {
  return [...code.matchAll(/console\.log\(.*$/gm)].map(([line]) => line.match(/ \/\/ (.+)$/)?.[1]);
}

/**
 * What a program says that it prints: for each `console.log` the lines, in order. `, then ` separates them, and `…` stands for
 * anything. A comment `not printed: <why>` stands for no line.
 */
export function promisedOutput(program: DocumentedProgram): RegExp[][] {
  const comments = logComments(program).filter((comment) => comment && !comment.startsWith("not printed: "));
  return comments.map((comment) => comment!.split(", then ").map((text) => new RegExp(`^${patternOf(text)}$`)));
}

/** The promises that lines of output do not keep. Lines of other promises may stand between those of one. */
export function brokenPromises(promises: readonly RegExp[][], lines: readonly string[]): RegExp[] {
  return promises.flatMap((promise) => {
    let from = 0;
    return promise.filter((pattern) => {
      const at = lines.findIndex((line, index) => index >= from && pattern.test(line));
      if (at >= 0) from = at + 1;
      return at < 0;
    });
  });
}

function patternOf(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("…", ".*");
}

function linesIn(text: string): number {
  return text.split("\n").length - 1;
}
