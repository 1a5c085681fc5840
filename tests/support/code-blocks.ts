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

export const documents = execFileSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" }).trim().split("\n");

/** Why a block in one of these languages is not a program. */
export const pictures = ["mermaid", "hex", "sh"];

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

/** Whether a program uses the compliance suite, which is not published: it runs on the sources, in the workspace. */
export function isForWorkspace({ code }: DocumentedProgram): boolean {
  return code.includes('"@im/transport-compliance');
}

/** What a program says that it prints: the comments beside `console.log`. `…` stands for anything. */
export function promisedOutput({ code }: DocumentedProgram): RegExp[] {
  const comments = [...code.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, comment]) => comment!);
  return comments.flatMap((comment) => comment.split(", ")).map((text) => new RegExp(patternOf(text)));
}

function patternOf(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("…", ".*");
}

function linesIn(text: string): number {
  return text.split("\n").length - 1;
}
