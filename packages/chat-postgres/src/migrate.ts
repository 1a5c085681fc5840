import { ChatError } from "@im/chat";
import { Database, type Query, storeError } from "./database.js";
import { functions } from "./migrations/functions.js";
import { tables } from "./migrations/tables.js";
import { resolveMigration, type SchemaOptions } from "./postgres-options.js";
import type { PostgresPool } from "./postgres-pool.js";

/** Each brings the schema from the format of its place to the next. */
const migrations: readonly ((schema: string) => string)[] = [(schema) => tables(schema) + functions(schema)];
/** The format of the tables that this version reads and writes. */
const FORMAT = migrations.length;

/**
 * Makes the schema of a chat, or brings it to the format of this version. Call it before you open a store, as often as you like:
 * of several processes one works and the others wait. Its role needs the right to create in the database.
 *
 * @throws `IM_ERR_STORE_FORMAT` for a newer format and for a schema of something else, `IM_ERR_STORE_IO`, `IM_ERR_INVALID_OPTION`
 */
export async function migrate(pool: PostgresPool, options: SchemaOptions = {}): Promise<void> {
  const { schema, timeoutMs } = resolveMigration(pool, options);
  const database = new Database(pool, schema, timeoutMs);
  await database.connected(async (query) => {
    await query("BEGIN");
    await query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`@im/chat-postgres ${schema}`]);
    await checkEncoding(query);
    const format = await formatOf(query, schema);
    if (format > FORMAT) throw newer(schema, format);
    if (format < FORMAT) await bringUp(query, schema, database.schema, format);
    await query("COMMIT");
  });
}

/** @throws `IM_ERR_STORE_FORMAT` unless the schema has the format of this version */
export async function checkFormat(query: Query, schema: string): Promise<void> {
  const format = await formatOf(query, schema);
  if (format > FORMAT) throw newer(schema, format);
  if (format < FORMAT) {
    throw new ChatError(
      "IM_ERR_STORE_FORMAT",
      `the schema ${schema} has no chat of format ${FORMAT}: call migrate first`,
    );
  }
}

async function bringUp(query: Query, schema: string, quoted: string, format: number): Promise<void> {
  await query(`CREATE SCHEMA IF NOT EXISTS ${quoted}`);
  for (const statements of migrations.slice(format)) {
    try {
      await query(statements(quoted));
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      // duplicate_table, duplicate_function
      if (code !== "42P07" && code !== "42723") throw storeError(error);
      const what = `the schema ${schema} has tables or functions of something else: choose another one`;
      throw new ChatError("IM_ERR_STORE_FORMAT", what, { cause: error });
    }
  }
  await query(`UPDATE ${quoted}.state SET format = ${FORMAT}`);
}

/** 0 if there is none. */
async function formatOf(query: Query, schema: string): Promise<number> {
  const [row] = await query(
    "SELECT 1 FROM information_schema.columns WHERE table_schema = $1 AND table_name = 'state' AND column_name = 'format'",
    [schema],
  );
  if (!row) return 0;
  const [state] = await query(`SELECT format FROM "${schema}".state`);
  return Number(state?.[0] ?? 0);
}

async function checkEncoding(query: Query): Promise<void> {
  const [[encoding] = []] = await query("SHOW server_encoding");
  if (encoding === "UTF8") return;
  const what = `the database has the encoding ${encoding}, which cannot hold every text: create one with UTF8`;
  throw new ChatError("IM_ERR_STORE_FORMAT", what);
}

function newer(schema: string, format: number): ChatError {
  const rule = `the schema ${schema} has format ${format}, and this version reads ${FORMAT}: use a newer version of @im/chat-postgres`;
  return new ChatError("IM_ERR_STORE_FORMAT", rule);
}
