import { idText } from "./columns.js";
import type { Database } from "./database.js";
import { nameKey } from "./names.js";

/** Of one commit: others write in between. */
const PAGE = 500;

/** Deletes all messages with a smaller id, oldest first, up to `atMost`. @returns how many */
export async function deleteBefore(
  database: Database,
  messageId: bigint,
  atMost = Number.POSITIVE_INFINITY,
): Promise<number> {
  let deleted = 0;
  for (let left = atMost; left > 0; left -= PAGE) {
    const page = await deletePage(database, "id < $1 ORDER BY id", idText(messageId), Math.min(PAGE, left));
    deleted += page.deleted;
    if (page.found < PAGE) break;
  }
  return deleted;
}

/** Deletes what an account has written, and what is kept of it. @returns how many messages */
export async function deleteAccount(database: Database, name: string, nowMs: number | undefined): Promise<number> {
  const { schema, timeoutMs } = database;
  const account = nameKey(name);
  await database.query(`SELECT ${schema}.end_memberships($1, $2, $3)`, [account, nowMs, timeoutMs]);
  let deleted = 0;
  for (let found = PAGE; found === PAGE; ) {
    const page = await deletePage(database, "sender = $1 ORDER BY id", account, PAGE);
    deleted += page.deleted;
    found = page.found;
  }
  const received = `${schema}.messages WHERE kind = 0 AND dest = $1`;
  await repeat(
    database,
    `UPDATE ${schema}.messages SET kind = 2 WHERE id IN (SELECT id FROM ${received} LIMIT ${PAGE}) RETURNING 1`,
    account,
  );
  for (const [table, owner] of [
    ["marks", "account"],
    ["keys", "sender"],
  ]) {
    const some = `SELECT ctid FROM ${schema}.${table} WHERE ${owner} = $1 LIMIT ${PAGE}`;
    await repeat(database, `DELETE FROM ${schema}.${table} WHERE ctid IN (${some}) RETURNING 1`, account);
  }
  return deleted;
}

/** Forgets idempotency keys that were kept before a time. */
export function forgetKeys(database: Database, beforeMs: number): Promise<void> {
  const { schema } = database;
  const some = `SELECT ctid FROM ${schema}.keys WHERE time_ms < $1 LIMIT ${PAGE}`;
  return repeat(database, `DELETE FROM ${schema}.keys WHERE ctid IN (${some}) RETURNING 1`, Math.floor(beforeMs));
}

async function deletePage(
  { query, schema, timeoutMs }: Database,
  where: string,
  value: string,
  limit: number,
): Promise<{ readonly found: number; readonly deleted: number }> {
  const ids = (await query(`SELECT id FROM ${schema}.messages WHERE ${where} LIMIT ${limit}`, [value])).map(
    ([id]) => id,
  );
  if (ids.length === 0) return { found: 0, deleted: 0 };
  // Another process may have been first.
  const [row] = await query(`SELECT ${schema}.delete_messages($1, $2)`, [ids, timeoutMs]);
  return { found: ids.length, deleted: Number(row![0]) };
}

async function repeat({ query }: Database, statement: string, value: unknown): Promise<void> {
  while ((await query(statement, [value])).length > 0);
}
