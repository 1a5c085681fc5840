// Writes the tables of docs/limits.md: each option that is a number, its default, and its tag `@beyond`: what happens beyond
// it. With --check it writes nothing and fails if the document says anything else than the code.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const CORE = "packages/transport-core/src";
const WS = "packages/transport-ws/src";
const DOCUMENT = "docs/limits.md";
const BEGIN = "<!-- Written by scripts/limits-doc.mjs from the options in the code: begin -->";
const END = "<!-- end -->";

const core = { file: `${CORE}/options.ts`, defaults: `${CORE}/defaults.ts` };
const sources = [
  { ...core, title: "A server", file: `${CORE}/server/server-options.ts`, type: "ServerOptions" },
  {
    title: "A WebSocket server",
    file: `${WS}/ws-options.ts`,
    defaults: `${WS}/ws-defaults.ts`,
    type: "WsServerOptions",
  },
  { ...core, title: "A connection, on both sides", type: "ConnOptions" },
  { ...core, title: "A channel", type: "ChannelOptions" },
  { ...core, title: "A TCP server", file: "packages/transport-tcp/src/tcp-options.ts", type: "TcpServerOptions" },
];

/** Numbers that are no limits: where to listen, and when the system probes a silent socket. */
const exempt = ["port", "keepAliveMs"];

/** The options of an interface that are numbers: name, description, and the text of their tags. */
function limitsOf(file, type) {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const declaration = source.statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === type);
  const isNumber = (node) => node?.kind === ts.SyntaxKind.NumberKeyword;
  // `number`, or `number | undefined`.
  const numbers = declaration.members.filter(({ type }) => [type, ...(type?.types ?? [])].some(isNumber));
  return numbers
    .filter(({ name }) => !exempt.includes(name.text))
    .map((member) => {
      const [doc] = member.jsDoc ?? [];
      const tag = (name) => textOf(doc?.tags?.find((each) => each.tagName.text === name)?.comment);
      return {
        name: member.name.text,
        description: textOf(doc?.comment),
        default: tag("default"),
        beyond: tag("beyond"),
      };
    });
}

/** The whole document, with its tables as the code has them now. */
async function render() {
  const tables = [];
  const listed = new Set();
  for (const { title, file, type, defaults } of sources) {
    const unlisted = limitsOf(file, type).filter(({ name }) => !listed.has(name));
    if (unlisted.length === 0) continue;
    tables.push(`\n## ${title}\n`, "| option | bounds | default | beyond it |", "| --- | --- | --- | --- |");
    for (const option of unlisted) {
      const { name, description, beyond } = option;
      if (!description || !beyond) throw new Error(`${name} of ${type} has no description, or no tag @beyond`);
      const value = await defaultOf(option, defaults);
      listed.add(name);
      tables.push(`| \`${name}\` | ${description} | ${value} | ${beyond} |`);
    }
  }
  const [before, rest] = readFileSync(DOCUMENT, "utf8").split(BEGIN);
  const document = `${before}${BEGIN}\n${tables.join("\n")}\n\n${END}${rest.split(END)[1]}`;
  const format = ["node_modules/@biomejs/biome/bin/biome", "format", `--stdin-file-path=${DOCUMENT}`];
  return execFileSync(process.execPath, format, { input: document, encoding: "utf8" });
}

async function defaultOf({ name, default: text }, defaultsFile) {
  // Depends on the machine, and so is said in words.
  if (text && !/[\d{]/.test(text)) return text;
  const member = /^\{@link \w+\.(\w+)\}$/.exec(text ?? "")?.[1];
  if (!member) throw new Error(`${name} has no @default with a link to a member of the defaults`);
  const { outputText } = ts.transpileModule(readFileSync(defaultsFile, "utf8"), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const defaults = Object.values(await import(`data:text/javascript,${encodeURIComponent(outputText)}`)).at(-1);
  return readable(name, defaults[member]);
}

function readable(name, value) {
  if (name.endsWith("Ms")) return value % 60_000 === 0 ? `${value / 60_000} min` : `${value / 1_000} s`;
  if (name.endsWith("Bytes")) return value % 1_048_576 === 0 ? `${value / 1_048_576} MiB` : `${value / 1_024} KiB`;
  return value.toLocaleString("en");
}

function textOf(comment) {
  return ts.getTextOfJSDocComment(comment)?.replace(/\s+/g, " ").trim();
}

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const document = await render();
if (!process.argv.includes("--check")) writeFileSync(DOCUMENT, document);
else if (document !== readFileSync(DOCUMENT, "utf8")) {
  throw new Error(`${DOCUMENT} does not say what the code does: run node scripts/limits-doc.mjs`);
}
