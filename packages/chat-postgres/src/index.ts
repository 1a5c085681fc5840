export type { ExportedRecord } from "@im/chat";
export { migrate } from "./migrate.js";
export { openPostgresChatStore, type PostgresChatStore } from "./postgres-chat-store.js";
export { type PostgresChatStoreOptions, postgresStoreDefaults, type SchemaOptions } from "./postgres-options.js";
export type { PostgresClient, PostgresPool, PostgresQuery } from "./postgres-pool.js";
