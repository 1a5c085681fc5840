import { ChatError } from "@im/chat";
import { type RetentionOptions, resolveRetention, retentionDefaults } from "@im/chat/authoring";
import {
  checkHasMethods,
  checkLimit,
  checkOptionsAs,
  guardReporter,
  invalidOption,
  MAX_TIMER_MS,
  rejectUnknownOptions,
} from "@im/transport-core/internal";
import type { PostgresPool } from "./postgres-pool.js";

/** Where in a database a chat is kept. */
export interface SchemaOptions {
  /** The schema of its tables. Chats with schemas of their own can share a database. @default "im_chat" */
  readonly schema?: string | undefined;
  /** How long a connection, and then each statement, may take, in milliseconds. @default 5000 */
  readonly timeoutMs?: number | undefined;
}

export interface PostgresChatStoreOptions extends SchemaOptions, RetentionOptions {
  /** A `Pool` of `pg` 8. The application makes it and ends it, after it has closed the store. */
  readonly pool: PostgresPool;
  /** The clock, in milliseconds since 1970. @default that of the database, which all processes share */
  readonly nowMs?: (() => number) | undefined;
  /** Receives errors that no caller can catch, those of idle connections among them. @default the console */
  readonly onError?: ((error: unknown) => unknown) | undefined;
}

/** The defaults of the options. */
export const postgresStoreDefaults = Object.freeze({ schema: "im_chat", timeoutMs: 5_000, ...retentionDefaults });

export type PostgresStoreSettings = ReturnType<typeof resolvePostgresOptions>;

/** A checked copy with defaults. @throws `IM_ERR_INVALID_OPTION` */
export function resolvePostgresOptions(options: PostgresChatStoreOptions) {
  return checking(() => {
    rejectUnknownOptions(options, ["pool", "nowMs", "onError", ...Object.keys(postgresStoreDefaults)]);
    const { nowMs, onError = reportToConsole } = options;
    for (const [name, given] of Object.entries({ nowMs, onError })) {
      if (given !== undefined && typeof given !== "function") throw invalidOption(name, "a function", given);
    }
    return {
      pool: checkedPool(options.pool),
      nowMs,
      onError: guardReporter(onError),
      ...checkedSchema(options),
      ...resolveRetention(options),
    };
  });
}

/** @throws `IM_ERR_INVALID_OPTION` */
export function resolveMigration(pool: PostgresPool, options: SchemaOptions) {
  return checking(() => {
    rejectUnknownOptions(options, ["schema", "timeoutMs"]);
    return { pool: checkedPool(pool), ...checkedSchema(options) };
  });
}

function checking<T>(check: () => T): T {
  return checkOptionsAs((message) => new ChatError("IM_ERR_INVALID_OPTION", message), check);
}

function checkedPool(pool: PostgresPool): PostgresPool {
  if (pool === undefined) throw invalidOption("pool", "a Pool of pg", pool);
  checkHasMethods("pool", pool, ["connect", "on", "off"]);
  return pool;
}

function checkedSchema({
  schema = postgresStoreDefaults.schema,
  timeoutMs = postgresStoreDefaults.timeoutMs,
}: SchemaOptions) {
  const isName = typeof schema === "string" && /^[a-z_][a-z0-9_]{0,62}$/.test(schema);
  if (!isName) throw invalidOption("schema", "a name of lower-case letters, digits and _", schema);
  return { schema, timeoutMs: Math.min(checkLimit("timeoutMs", timeoutMs), MAX_TIMER_MS) };
}

function reportToConsole(error: unknown): void {
  console.error("@im/chat-postgres:", error);
}
