import type { Level } from "./database.js";
import type { GroupRosters } from "./group-rosters.js";
import { quitStep } from "./group-steps.js";
import * as keys from "./keys.js";
import { deleteKeysStep, deleteStep } from "./message-steps.js";
import { boundsOf, entriesWith } from "./ranges.js";
import type { Reader } from "./reader.js";
import { type KeptMessage, readLine, readMessage } from "./records.js";
import type { Writer } from "./writer.js";

/** Of one commit: others write in between. */
const PAGE = 500;

interface Parts {
  readonly db: Level;
  readonly reader: Reader;
  readonly rosters: GroupRosters;
  readonly writer: Writer;
}

/** Deletes all messages with a smaller id, oldest first, up to `atMost`. @returns how many */
export async function deleteBefore(
  { db, writer }: Parts,
  messageId: bigint,
  atMost = Number.POSITIVE_INFINITY,
): Promise<number> {
  let deleted = 0;
  for (let fromId = 0n; deleted < atMost; ) {
    const range = boundsOf({ prefix: keys.MESSAGES, fromId, upToId: messageId - 1n });
    const page = await db.iterator({ ...range, limit: Math.min(PAGE, atMost - deleted) }).all();
    if (page.length === 0) break;
    const messages = page.map(([key, text]) => readMessage(keys.idAtEnd(key), text));
    deleted += await writer.run(deleteStep(messages));
    fromId = messages.at(-1)!.messageId;
  }
  return deleted;
}

/** Deletes what an account has written, and what is kept of it. @returns how many messages */
export async function deleteAccount(parts: Parts, account: string): Promise<number> {
  const { reader, rosters, writer } = parts;
  const groups = await reader.groupIdsOf(account);
  for (const groupId of groups) await writer.run(quitStep(rosters, groupId, account));
  let deleted = await deleteSent(parts, keys.inbox(account), ({ isSent }) => isSent);
  for (const groupId of groups) {
    deleted += await deleteSent(parts, keys.groupLog(groupId), ({ peer }) => peer === account);
  }
  for (const prefix of [keys.inbox, keys.memberships, keys.positions, keys.readMarks, keys.idempotency]) {
    await deleteEntries(parts, prefix(account));
  }
  return deleted;
}

/** Deletes the messages of a log whose lines say that they are to go. */
async function deleteSent(
  { db, reader, writer }: Parts,
  prefix: string,
  isToGo: (line: ReturnType<typeof readLine>) => boolean,
): Promise<number> {
  let deleted = 0;
  let ids: bigint[] = [];
  const flush = async () => {
    const messages = await reader.messages(ids);
    ids = [];
    if (messages.length > 0) deleted += await writer.run(deleteStep(messages));
  };
  for await (const [key, text] of entriesWith(db, prefix)) {
    if (isToGo(readLine(text))) ids.push(keys.idAtEnd(key));
    if (ids.length >= PAGE) await flush();
  }
  await flush();
  return deleted;
}

async function deleteEntries({ db, writer }: Parts, prefix: string): Promise<void> {
  const names: string[] = [];
  for await (const [key] of entriesWith(db, prefix)) {
    names.push(key);
    if (names.length >= PAGE) await writer.run(deleteKeysStep(names.splice(0)));
  }
  if (names.length > 0) await writer.run(deleteKeysStep(names));
}

/** Forgets the idempotency keys of messages before an id. Each message is looked at once, ever. */
export async function forgetKeys({ db, writer }: Parts, beforeId: bigint): Promise<void> {
  const forgotten = await db.get(keys.forgottenKey);
  for (let fromId = BigInt(forgotten ?? 0); ; ) {
    const range = boundsOf({ prefix: keys.MESSAGES, fromId, upToId: beforeId - 1n });
    const page = await db.iterator({ ...range, limit: PAGE }).all();
    if (page.length === 0) return;
    const messages = page.map(([key, text]) => readMessage(keys.idAtEnd(key), text));
    const owners = messages.filter(({ key }) => key !== undefined);
    const nameOf = ({ sender, key }: KeptMessage) => keys.idempotency(sender) + key;
    fromId = messages.at(-1)!.messageId;
    await writer.run({
      reads: owners.map(nameOf),
      apply(batch) {
        for (const owner of owners) {
          // A later message may have the key by now.
          if (batch.get(nameOf(owner))?.startsWith(keys.idText(owner.messageId))) batch.delete(nameOf(owner));
        }
        batch.put(keys.forgottenKey, String(fromId));
      },
    });
  }
}
