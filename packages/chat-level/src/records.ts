import { ChatError, type GroupInfo, type StoredMessage } from "@im/chat";
import { type MembershipPeriod, nanoseconds } from "@im/chat/authoring";
import { idText } from "./keys.js";

/** A message with the idempotency key that it was sent with. */
export interface KeptMessage extends StoredMessage {
  readonly key: string | undefined;
}

export interface KeptGroup extends GroupInfo {
  readonly createdMs: number;
  readonly memberCount: number;
}

/** Reads what a record says. @throws `IM_ERR_STORE_DAMAGED` */
function reading<T>(what: string, text: string, read: (text: string) => T): T {
  try {
    return read(text);
  } catch (cause) {
    throw damaged(what, cause);
  }
}

export function damaged(what: string, cause?: unknown): ChatError {
  return new ChatError("IM_ERR_STORE_DAMAGED", `${what} cannot be read: restore a backup`, { cause });
}

export function writeMessage(message: StoredMessage, timeMs: number, key: string | undefined): string {
  const { sender, to, type, body, extra } = message;
  const fields = [sender, "group" in to ? 1 : 0, "group" in to ? to.group : to.account, timeMs, type, body, extra];
  return JSON.stringify(key === undefined ? fields : [...fields, key]);
}

export function readMessage(messageId: bigint, text: string): KeptMessage {
  return reading(`message ${messageId}`, text, () => {
    const [sender, isGroup, dest, timeMs, type, body, extra, key] = JSON.parse(text);
    const to = isGroup === 1 ? { group: dest } : { account: dest };
    return { messageId, sendTime: nanoseconds(timeMs), sender, to, type, body, extra, key };
  });
}

/** A line of an inbox or of a group's log: the time, whether the owner sent it, and the other side or the sender. */
export function writeLine(timeMs: number, isSent: boolean, peer: string): string {
  return `${isSent ? 1 : 0}${timeMs.toString(36)} ${peer}`;
}

export function readLine(text: string): { readonly sendTime: bigint; readonly isSent: boolean; readonly peer: string } {
  const space = text.indexOf(" ");
  const timeMs = Number.parseInt(text.slice(1, space), 36);
  if (space < 0 || !Number.isSafeInteger(timeMs)) throw damaged("a line of an index");
  return { sendTime: nanoseconds(timeMs), isSent: text[0] === "1", peer: text.slice(space + 1) };
}

/** An id and a time: a position, a read mark, the first message of an idempotency key, a join. */
export function writeMark(id: bigint, timeMs: number): string {
  return `${idText(id)}${timeMs.toString(36)}`;
}

export function readMark(text: string): { readonly id: bigint; readonly timeMs: number } {
  return reading("a mark", text, () => ({
    id: BigInt(`0x${text.slice(0, 16)}`),
    timeMs: Number.parseInt(text.slice(16), 36),
  }));
}

export const writeGroup = (group: KeptGroup): string => JSON.stringify(group);

export function readGroup(text: string): KeptGroup {
  return reading("a group", text, JSON.parse);
}

export function writePeriods(periods: readonly MembershipPeriod[]): string {
  return JSON.stringify(periods.map(({ joinId, joinTime, quitId }) => [joinId, joinTime, quitId ?? 0n].map(String)));
}

export function readPeriods(text: string): readonly MembershipPeriod[] {
  return reading("a membership", text, () =>
    (JSON.parse(text) as [string, string, string][]).map(([joinId, joinTime, quitId]) => ({
      joinId: BigInt(joinId),
      joinTime: BigInt(joinTime),
      quitId: quitId === "0" ? undefined : BigInt(quitId),
    })),
  );
}
