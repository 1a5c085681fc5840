import type { StoredMessage } from "@im/chat";
import { nanoseconds } from "@im/chat/authoring";
import type { Database, Row } from "./database.js";
import { readNames } from "./names.js";
import { restored } from "./texts.js";

/** The columns of a message, of a table that a statement calls `m`. */
export const messageColumns = "m.id, m.time_ms, m.sender, m.kind, m.dest, m.type, m.body, m.extra";

export async function readMessages(
  database: Pick<Database, "query" | "schema">,
  rows: readonly Row[],
): Promise<StoredMessage[]> {
  const nameOf = await readNames(
    database,
    rows.flatMap(([, , sender, , dest]) => [sender!, dest!]),
  );
  return rows.map(([id, timeMs, sender, kind, dest, type, body, extra]) => ({
    messageId: BigInt(id!),
    sendTime: nanoseconds(Number(timeMs)),
    sender: nameOf(sender!),
    to: kind === "1" ? { group: nameOf(dest!) } : { account: nameOf(dest!) },
    type: Number(type),
    body: restored(body!),
    extra: restored(extra!),
  }));
}
