import type { ExportedRecord } from "@im/chat";
import { type Database, type Row, storeError } from "./database.js";
import { readNames } from "./names.js";
import { messageColumns, readMessages } from "./stored-messages.js";
import { restored } from "./texts.js";

const CHUNK = 1_000;

type Connection = Pick<Database, "query" | "schema">;

/** Reads rows in the order of a statement, and makes records of them. */
interface Part {
  readonly select: (schema: string) => string;
  readonly recordsOf: (connection: Connection, rows: readonly Row[]) => Promise<readonly ExportedRecord[]>;
}

const messages: Part = {
  select: (schema) => `SELECT ${messageColumns} FROM ${schema}.messages m ORDER BY m.id`,
  async recordsOf(connection, rows) {
    return (await readMessages(connection, rows)).map(({ messageId, sendTime, ...message }) => {
      return { kind: "message", messageId: String(messageId), sendTime: String(sendTime), ...message };
    });
  },
};

const groups: Part = {
  select: (schema) => `SELECT id, name, avatar, introduction, owner FROM ${schema}.groups ORDER BY id`,
  async recordsOf(_, rows) {
    return rows.map((row) => {
      const [groupId = "", name = "", avatar = "", introduction = "", owner = ""] = row.map((text) => restored(text!));
      return { kind: "group", groupId, name, avatar, introduction, owner };
    });
  },
};

const memberships: Part = {
  select: (
    schema,
  ) => `SELECT account, group_id, json_agg(json_build_array(join_id::text, quit_id::text) ORDER BY join_id)
    FROM ${schema}.memberships GROUP BY account, group_id ORDER BY account, group_id`,
  async recordsOf(connection, rows) {
    const nameOf = await namesIn(connection, rows, 0);
    return rows.map(([account, groupId, periods]) => ({
      kind: "membership",
      account: nameOf(account!),
      groupId: groupId!,
      periods: (JSON.parse(periods!) as [string, string | null][]).map(([joinId, quitId]) => {
        return { joinId, quitId: quitId ?? undefined };
      }),
    }));
  },
};

const marks: Part = {
  select: (schema) => `SELECT account, name, kind, message_id FROM ${schema}.marks ORDER BY account, kind, name`,
  async recordsOf(connection, rows) {
    const nameOf = await namesIn(connection, rows, 1);
    return rows.map(([accountKey, nameOfMark, kind, messageId]) => {
      const mark = { account: nameOf(accountKey!), messageId: messageId! };
      const name = nameOf(nameOfMark!);
      return kind === "0"
        ? { kind: "position", ...mark, device: name }
        : { kind: "read mark", ...mark, conversation: name };
    });
  },
};

/** Everything that is committed when the first record is asked for, whatever is written meanwhile. @throws `IM_ERR_STORE_IO` */
export async function* exported(database: Database): AsyncGenerator<ExportedRecord> {
  const { query, giveBack } = await database.lend();
  let isDone = false;
  try {
    await query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    for (const { select, recordsOf } of [messages, groups, memberships, marks]) {
      await query(`DECLARE part NO SCROLL CURSOR FOR ${select(database.schema)}`);
      for (;;) {
        const rows = await query(`FETCH ${CHUNK} FROM part`);
        yield* await recordsOf({ query, schema: database.schema }, rows);
        if (rows.length < CHUNK) break;
      }
      await query("CLOSE part");
    }
    await query("COMMIT");
    isDone = true;
  } catch (error) {
    throw storeError(error);
  } finally {
    giveBack(!isDone);
  }
}

function namesIn(connection: Connection, rows: readonly Row[], upToColumn: number): Promise<(key: string) => string> {
  return readNames(
    connection,
    rows.flatMap((row) => row.slice(0, upToColumn + 1).map((name) => name!)),
  );
}
