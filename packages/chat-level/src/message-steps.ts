import type { AddedMessage, GroupRefusal, NewMessage } from "@im/chat";
import { nanoseconds } from "@im/chat/authoring";
import type { GroupRosters } from "./group-rosters.js";
import * as keys from "./keys.js";
import { type KeptMessage, readMark, writeLine, writeMark, writeMessage } from "./records.js";
import type { WriteBatch } from "./write-batch.js";
import type { WriteStep } from "./writer.js";

interface Surroundings {
  readonly rosters: GroupRosters;
  readonly keyLifetimeMs: number;
  nowMs(): number;
}

/** Stores a message, unless its key was used before. */
export function addStep(
  { rosters, keyLifetimeMs, nowMs }: Surroundings,
  message: NewMessage,
  key: string | undefined,
): WriteStep<AddedMessage | GroupRefusal> {
  const { sender, to } = message;
  const keyName = key === undefined ? undefined : keys.idempotency(sender) + key;
  const accounts = "group" in to ? [] : sender === to.account ? [sender] : [sender, to.account];
  return {
    reads: keyName === undefined ? undefined : [keyName],
    prepare: "group" in to ? () => rosters.load(to.group) : undefined,
    apply(batch) {
      const timeMs = nowMs();
      const first = keyName === undefined ? undefined : batch.get(keyName);
      if (first !== undefined) {
        const mark = readMark(first);
        if (timeMs - mark.timeMs < keyLifetimeMs) {
          const sendTime = nanoseconds(mark.timeMs);
          return {
            messageId: mark.id,
            sendTime,
            isRepetition: true,
            readers: "group" in to ? (rosters.get(to.group)?.since(mark.id) ?? []) : accounts,
          };
        }
      }
      const roster = "group" in to ? rosters.get(to.group) : undefined;
      if ("group" in to && !roster) return "no such group";
      if (roster && !roster.has(sender)) return "not a member";
      const messageId = batch.nextId();
      const id = keys.idText(messageId);
      const sendTime = nanoseconds(timeMs);
      batch.put(keys.message(messageId), writeMessage({ ...message, messageId, sendTime }, timeMs, key));
      if ("group" in to) batch.put(keys.groupLog(to.group) + id, writeLine(timeMs, false, sender));
      else {
        batch.put(keys.inbox(to.account) + id, writeLine(timeMs, false, sender));
        // To oneself it is sent.
        batch.put(keys.inbox(sender) + id, writeLine(timeMs, true, to.account));
        batch.put(keys.talk(sender, to.account) + id, "");
      }
      if (keyName !== undefined) batch.put(keyName, writeMark(messageId, timeMs));
      batch.messages++;
      return { messageId, sendTime, isRepetition: false, readers: roster?.list ?? accounts };
    },
  };
}

/** Deletes messages that are there, with all that points at them. */
export function deleteStep(messages: readonly KeptMessage[]): WriteStep<number> {
  return {
    // A deletion that runs at the same time may have been first.
    reads: messages.map(({ messageId }) => keys.message(messageId)),
    apply(batch) {
      let deleted = 0;
      for (const message of messages) if (deleteMessage(batch, message)) deleted++;
      return deleted;
    },
  };
}

function deleteMessage(batch: WriteBatch, { messageId, sender, to, key }: KeptMessage): boolean {
  const name = keys.message(messageId);
  if (batch.get(name) === undefined) return false;
  const id = keys.idText(messageId);
  batch.delete(name);
  if ("group" in to) batch.delete(keys.groupLog(to.group) + id);
  else {
    batch.delete(keys.inbox(to.account) + id);
    batch.delete(keys.inbox(sender) + id);
    batch.delete(keys.talk(sender, to.account) + id);
  }
  if (key !== undefined) batch.delete(keys.idempotency(sender) + key);
  batch.messages--;
  return true;
}

/** Deletes keys as they are. */
export function deleteKeysStep(names: readonly string[]): WriteStep<void> {
  return {
    apply(batch) {
      for (const name of names) batch.delete(name);
    },
  };
}
