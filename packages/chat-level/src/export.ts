import type { ExportedRecord } from "@im/chat";
import type { Level } from "./database.js";
import * as keys from "./keys.js";
import { readGroup, readMark, readMessage, readPeriods } from "./records.js";

/** Everything that was durable when the first is asked for, whatever is written meanwhile. */
export async function* exported(db: Level): AsyncGenerator<ExportedRecord> {
  for await (const [key, value] of db.iterator()) {
    const record = recordOf(key, value);
    if (record) yield record;
  }
}

/** Undefined for what follows from the others. */
function recordOf(key: string, value: string): ExportedRecord | undefined {
  const owner = () => keys.ownerOf(key);
  const rest = (prefix: string) => key.slice(prefix.length);
  switch (key[0]) {
    case "m": {
      const messageId = keys.idAtEnd(key);
      const { sendTime, sender, to, type, body, extra } = readMessage(messageId, value);
      const ids = { messageId: String(messageId), sendTime: String(sendTime) };
      return { kind: "message", ...ids, sender, to, type, body, extra };
    }
    case "G": {
      const { name, avatar, introduction, owner: account } = readGroup(value);
      return { kind: "group", groupId: key.slice(1), name, avatar, introduction, owner: account };
    }
    case "A": {
      const periods = readPeriods(value).map(({ joinId, quitId }) => ({
        joinId: String(joinId),
        quitId: quitId === undefined ? undefined : String(quitId),
      }));
      return { kind: "membership", account: owner(), groupId: rest(keys.memberships(owner())), periods };
    }
    case "P": {
      const messageId = String(readMark(value).id);
      return { kind: "position", account: owner(), device: rest(keys.positions(owner())), messageId };
    }
    case "R": {
      const messageId = String(readMark(value).id);
      return { kind: "read mark", account: owner(), conversation: rest(keys.readMarks(owner())).slice(1), messageId };
    }
    default:
      return undefined;
  }
}
