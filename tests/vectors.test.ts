import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { root } from "./support/program.js";

const fixtures = join(root, "fixtures");
const textOf = (path: string) => readFileSync(join(fixtures, path), "utf8");

interface Manifest {
  readonly version: string;
  readonly files: readonly { readonly path: string; readonly definition: string; readonly sha256: string }[];
}
const manifest: Manifest = JSON.parse(textOf("manifest.json"));

const ajv = new Ajv2020({ strict: true, strictRequired: false });
ajv.addSchema(JSON.parse(textOf("schema.json")));

/** What the schema finds wrong with a value. */
function errorsOf(definition: string, value: unknown): string[] {
  const validate = ajv.getSchema(`urn:im:vectors#/$defs/${definition}`)!;
  void validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The objects whose members the schema names. In the tables of constants, the names are data. */
function* objectsIn(value: unknown, definition: string, depth = 0): Generator<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return;
  const isTable = definition === "constants" && depth === 1 && !Array.isArray(value);
  if (!Array.isArray(value) && !isTable) yield value as Record<string, unknown>;
  for (const member of Object.values(value)) yield* objectsIn(member, definition, depth + 1);
}

it("the manifest is as the schema says, and lists every file of vectors", () => {
  expect(errorsOf("manifest", manifest)).toEqual([]);
  const files = ["kim", "im"].flatMap((folder) =>
    readdirSync(join(fixtures, folder)).map((name) => `${folder}/${name}`),
  );
  expect(manifest.files.map(({ path }) => path).sort()).toEqual(files.filter((path) => path.endsWith(".json")).sort());
});

describe.each(manifest.files)("$path", ({ path, definition, sha256 }) => {
  const text = textOf(path);

  it("has the bytes that the manifest says", () => {
    expect(createHash("sha256").update(text).digest("hex")).toBe(sha256);
  });

  it("is as the schema says", () => {
    expect(errorsOf(definition, JSON.parse(text))).toEqual([]);
  });

  it("has no place for an unknown field", () => {
    const value = JSON.parse(text);
    // An entry at a time: a large file is not validated again for each of its objects.
    const entries: unknown[] = Array.isArray(value) ? value : [value];
    for (const entry of entries) {
      for (const object of objectsIn(entry, definition)) {
        object.unknownField = 1;
        expect(errorsOf(definition, Array.isArray(value) ? [entry] : entry), JSON.stringify(object)).not.toEqual([]);
        delete object.unknownField;
      }
    }
  });
});
