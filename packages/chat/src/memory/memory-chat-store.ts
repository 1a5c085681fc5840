import { checkLimit, checkWait, randomId } from "@im/transport-core/internal";
import { checkingOptions } from "../chat-error.js";
import { indexEntryOf } from "../index-entry.js";
import { ID_END, partsWithin } from "../membership-periods.js";
import { nanoseconds, nextMessageId } from "../message-ids.js";
import type { ChatStore } from "../ports/chat-store.js";
import type { GroupInfo, TextPage } from "../ports/groups.js";
import type {
  AddedMessage,
  Conversation,
  GroupRefusal,
  IndexEntry,
  NewMessage,
  StoredMessage,
} from "../ports/message-log.js";
import type { Moved } from "../ports/positions.js";
import { IdLog } from "./id-log.js";
import { MemoryGroups, type Moment } from "./memory-groups.js";
import { MemoryKeys } from "./memory-keys.js";
import { MemoryPositions } from "./memory-positions.js";

export interface MemoryChatStoreOptions {
  /** Messages that are kept; the oldest go first. @default 1000000 */
  readonly maxMessages?: number | undefined;
  /** How long an idempotency key is kept, in milliseconds. @default seven days */
  readonly keyLifetimeMs?: number | undefined;
  /** The clock, in milliseconds since 1970. @default Date.now */
  readonly nowMs?: (() => number) | undefined;
}

const DAY_MS = 86_400_000;

/** Keeps everything in this process, for tests and development: it is gone when the process ends. */
export class MemoryChatStore implements ChatStore {
  readonly #maxMessages: number;
  readonly #nowMs: () => number;
  #lastId = 0n;
  /** In the order of their ids. */
  readonly #messages = new Map<bigint, StoredMessage>();
  /** What an account sent to others and received from them. */
  readonly #inboxes = new Map<string, IdLog<StoredMessage>>();
  /** What two accounts said to each other. */
  readonly #talks = new Map<string, IdLog<StoredMessage>>();
  readonly #groups = new MemoryGroups();
  readonly #positions = new MemoryPositions();
  readonly #readMarks = new MemoryPositions();
  readonly #keys: MemoryKeys;

  /** @throws `IM_ERR_INVALID_OPTION` */
  constructor({ maxMessages = 1_000_000, keyLifetimeMs = 7 * DAY_MS, nowMs = Date.now }: MemoryChatStoreOptions = {}) {
    this.#maxMessages = checkingOptions(() => checkLimit("maxMessages", maxMessages));
    this.#keys = new MemoryKeys(checkingOptions(() => checkWait("keyLifetimeMs", keyLifetimeMs)));
    this.#nowMs = nowMs;
  }

  add(message: NewMessage, key?: string): AddedMessage | GroupRefusal {
    const { sender, to } = message;
    const first = key === undefined ? undefined : this.#keys.find(sender, key, this.#nowMs());
    if (first) {
      const { messageId, sendTime } = first;
      const readers = "group" in to ? this.#groups.accountsSince(to.group, messageId) : this.#readersOf(message);
      return { messageId, sendTime, isRepetition: true, readers };
    }
    const log = "group" in to ? this.#groups.log(to.group) : madeIn(this.#talks, talkName(sender, to.account));
    if (!log) return "no such group";
    if ("group" in to && !this.#groups.isMember(to.group, sender)) return "not a member";
    const { id, time } = this.#now();
    const stored = { ...message, to: { ...to }, messageId: id, sendTime: time };
    this.#messages.set(id, stored);
    log.add(stored);
    if ("account" in to)
      for (const account of new Set([sender, to.account])) madeIn(this.#inboxes, account).add(stored);
    if (key !== undefined) this.#keys.keep(sender, key, stored, this.#nowMs());
    if (this.#messages.size > this.#maxMessages) this.#deleteOldest();
    return { messageId: id, sendTime: time, isRepetition: false, readers: this.#readersOf(message) };
  }

  index(account: string, { afterId, limit }: { readonly afterId: bigint; readonly limit: number }): IndexEntry[] {
    const sources = [this.#inboxes.get(account)?.between(afterId, ID_END)];
    for (const [groupId, periods] of this.#groups.periodsOf(account)) {
      const log = this.#groups.log(groupId);
      for (const { fromId, toId } of partsWithin(periods, afterId, ID_END)) sources.push(log?.between(fromId, toId));
    }
    return merged(sources, limit).map((message) => indexEntryOf(account, message));
  }

  contents(account: string, messageIds: readonly bigint[]): StoredMessage[] {
    return messageIds.flatMap((id) => {
      const message = this.#messages.get(id);
      return message && this.#maySee(account, message) ? [message] : [];
    });
  }

  history(
    account: string,
    conversation: Conversation,
    { beforeId, limit }: { readonly beforeId: bigint; readonly limit: number },
  ): StoredMessage[] {
    if ("account" in conversation) {
      return firstOf(this.#talks.get(talkName(account, conversation.account))?.backwards(0n, beforeId) ?? [], limit);
    }
    const { group } = conversation;
    const found: StoredMessage[] = [];
    const parts = partsWithin(this.#groups.periodsOf(account).get(group) ?? [], 0n, beforeId);
    for (const { fromId, toId } of parts.toReversed()) {
      found.push(...firstOf(this.#groups.log(group)!.backwards(fromId, toId), limit - found.length));
    }
    return found;
  }

  deleteBefore(messageId: bigint): number {
    const before = this.#messages.size;
    for (const id of this.#messages.keys()) {
      if (id >= messageId) break;
      this.#messages.delete(id);
    }
    for (const log of this.#logs()) log.deleteBefore(messageId);
    return before - this.#messages.size;
  }

  deleteAccount(account: string): number {
    const before = this.#messages.size;
    for (const [id, { sender }] of this.#messages) if (sender === account) this.#messages.delete(id);
    for (const log of this.#logs()) log.delete(({ sender }) => sender === account);
    this.#inboxes.delete(account);
    this.#groups.deleteAccount(account);
    this.#positions.deleteAccount(account);
    this.#readMarks.deleteAccount(account);
    this.#keys.deleteAccount(account);
    return before - this.#messages.size;
  }

  position(account: string, device: string) {
    return this.#positions.get(account, device);
  }

  received(account: string): bigint {
    return this.#positions.furthest(account);
  }

  acknowledge(account: string, device: string, messageId: bigint): Moved {
    return this.#positions.advance(account, device, this.#capped(messageId), this.#nowMs());
  }

  readMark(account: string, conversation: Conversation): bigint {
    return this.#readMarks.get(account, nameOf(conversation))?.messageId ?? 0n;
  }

  markRead(account: string, conversation: Conversation, messageId: bigint): Moved {
    return this.#readMarks.advance(account, nameOf(conversation), this.#capped(messageId), this.#nowMs());
  }

  createGroup(info: GroupInfo, members: readonly string[]): string {
    const groupId = randomId();
    this.#groups.create(groupId, info, new Set([info.owner, ...members]), this.#now());
    return groupId;
  }

  group(groupId: string) {
    return this.#groups.group(groupId);
  }

  join(groupId: string, account: string, maxMembers: number) {
    return this.#groups.join(groupId, account, maxMembers, () => this.#now());
  }

  quit(groupId: string, account: string) {
    return this.#groups.quit(groupId, account, () => this.#now());
  }

  isMember(groupId: string, account: string): boolean {
    return this.#groups.isMember(groupId, account);
  }

  members(groupId: string, page: TextPage) {
    return this.#groups.members(groupId, page);
  }

  groupsOf(account: string, page: TextPage) {
    return this.#groups.groupsOf(account, page);
  }

  #now(): Moment {
    const nowMs = this.#nowMs();
    this.#lastId = nextMessageId(this.#lastId, nowMs);
    return { id: this.#lastId, time: nanoseconds(nowMs) };
  }

  #capped(messageId: bigint): bigint {
    return messageId < this.#lastId ? messageId : this.#lastId;
  }

  #readersOf({ sender, to }: NewMessage): readonly string[] {
    return "group" in to ? this.#groups.accountsIn(to.group) : [...new Set([sender, to.account])];
  }

  #maySee(account: string, { sender, to, messageId }: StoredMessage): boolean {
    if ("group" in to) return this.#groups.maySee(account, to.group, messageId);
    return account === sender || account === to.account;
  }

  *#logs(): Iterable<IdLog<StoredMessage>> {
    yield* this.#inboxes.values();
    yield* this.#talks.values();
    yield* this.#groups.logs();
  }

  /** A tenth at once, since it visits every conversation. */
  #deleteOldest(): void {
    let rest = Math.ceil(this.#maxMessages / 10);
    for (const id of this.#messages.keys()) if (rest-- === 0) return void this.deleteBefore(id);
  }
}

function madeIn(logs: Map<string, IdLog<StoredMessage>>, name: string): IdLog<StoredMessage> {
  const log = logs.get(name) ?? new IdLog<StoredMessage>();
  logs.set(name, log);
  return log;
}

/** The same for both sides. */
function talkName(one: string, other: string): string {
  const [first, second] = one < other ? [one, other] : [other, one];
  return `${first.length}:${first}${second}`;
}

function nameOf(conversation: Conversation): string {
  return "group" in conversation ? `g${conversation.group}` : `a${conversation.account}`;
}

/** The first entries of all sources together, in the order of their ids. */
function merged(sources: readonly (Iterator<StoredMessage> | undefined)[], limit: number): StoredMessage[] {
  const heads = sources.flatMap((source) => {
    const head = source?.next();
    return source && head && !head.done ? [{ source, message: head.value }] : [];
  });
  const found: StoredMessage[] = [];
  while (found.length < limit && heads.length > 0) {
    const oldest = heads.reduce((a, b) => (a.message.messageId < b.message.messageId ? a : b));
    found.push(oldest.message);
    const next = oldest.source.next();
    if (next.done) heads.splice(heads.indexOf(oldest), 1);
    else oldest.message = next.value;
  }
  return found;
}

function firstOf<T>(source: Iterable<T>, limit: number): T[] {
  const found: T[] = [];
  for (const one of source) {
    if (found.length >= limit) break;
    found.push(one);
  }
  return found;
}
