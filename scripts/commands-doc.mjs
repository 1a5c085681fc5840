// Writes docs/commands.md from the command map in the code and the comments in proto/. With --check it writes nothing and
// fails if the page says anything else.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const PAGE = "docs/commands.md";
const PROTO = "proto/im/wire/v1";

/** The messages as they are in the source now, built or not. */
async function loadMessages() {
  const { outputFiles } = await build({
    entryPoints: ["packages/wire/src/messages.ts"],
    bundle: true,
    format: "esm",
    conditions: ["@im/source"],
    write: false,
    logLevel: "silent",
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
}

/** What proto/ says of each message and field, by their full names. */
function commentsOfProto() {
  const comments = new Map();
  for (const file of readdirSync(PROTO)) {
    let message = "";
    let above = [];
    for (const line of readFileSync(`${PROTO}/${file}`, "utf8").split("\n")) {
      const opening = /^message (\w+)/.exec(line);
      const field = /^\s+(?:repeated )?[\w.]+ (\w+) = \d+;(?:\s*\/\/ (.*))?/.exec(line);
      if (opening) {
        message = opening[1];
        comments.set(message, above.join(" "));
      } else if (field?.[2]) comments.set(`${message}.${field[1]}`, field[2]);
      const own = /^\/\/ (.*)/.exec(line);
      above = own ? [...above, own[1]] : [];
    }
  }
  return comments;
}

/** The scalars of our messages, by their numbers in descriptor.proto. */
const scalars = { 3: "int64", 5: "int32", 9: "string", 13: "uint32" };

function typeOf({ message, scalar, fieldKind }) {
  const type = message ? `[${message.name}](#${message.name.toLowerCase()})` : scalars[scalar];
  if (!type) throw new Error(`scalar ${scalar} has no name here`);
  return fieldKind === "list" ? `repeated ${type}` : type;
}

/** A table as the formatter writes it. */
function table(head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

const link = (schema, otherwise) => (schema ? `[${schema.name}](#${schema.name.toLowerCase()})` : otherwise);

async function render() {
  const { commandBodies, ErrorRespSchema } = await loadMessages();
  const comments = commentsOfProto();
  const commands = Object.entries(commandBodies).map(([command, { request, response, push, needsDest }]) => [
    `\`${command}\``,
    needsDest ? "yes" : "",
    link(request, "empty"),
    link(response, "empty"),
    link(push, "–"),
  ]);
  const schemas = new Map([[ErrorRespSchema.name, ErrorRespSchema]]);
  const add = (schema) => {
    if (!schema || schemas.has(schema.name)) return;
    schemas.set(schema.name, schema);
    for (const field of schema.fields) add(field.message);
  };
  for (const { request, response, push } of Object.values(commandBodies))
    for (const one of [request, response, push]) add(one);
  const messages = [...schemas.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((schema) => {
      const rows = schema.fields.map((field) => [
        String(field.number),
        `\`${field.localName}\``,
        typeOf(field),
        comments.get(`${schema.name}.${field.name}`) ?? "",
      ]);
      const what = comments.get(schema.name);
      return [`### ${schema.name}`, ...(what ? [what] : []), table(["no.", "field", "type", ""], rows)].join("\n\n");
    });
  return `<!-- Written by scripts/commands-doc.mjs from the command map and proto/. -->

# Commands and their bodies

What kim's clients and services say to each other: \`commandMap\` of \`@im/wire/messages\`. A request and its response have the
same command and sequence. A response of any status but Success has an [ErrorResp](#errorresp). [The chat](chat.md) serves them, and
[has more](chat.md#what-clients-may-ask-besides). How to add commands of your own: [docs/gateway.md](gateway.md#the-command-map).

${table(["command", "needs `dest`", "request", "response", "push"], commands)}

## Messages

proto3, package \`im.wire.v1\`, in [proto/](../proto/im/wire/v1). An int64 is a bigint in TypeScript.

${messages.join("\n\n")}
`;
}

const page = await render();
if (!process.argv.includes("--check")) writeFileSync(PAGE, page);
else if (readFileSync(PAGE, "utf8") !== page) {
  console.error(`${PAGE} is not what the code says: run node scripts/commands-doc.mjs`);
  process.exitCode = 1;
}
