import type {
  Conversation,
  Group,
  GroupMember,
  IndexEntry,
  Membership,
  Position,
  StoredMessage,
  TextPage,
} from "@im/chat";
import { covers, isCurrent, type MembershipPeriod, nanoseconds, partsWithin } from "@im/chat/authoring";
import type { Level } from "./database.js";
import * as keys from "./keys.js";
import { firstOfRanges } from "./merged-ranges.js";
import { boundsOf, entriesWith, type IdRange } from "./ranges.js";
import { type KeptMessage, readGroup, readLine, readMark, readMessage, readPeriods } from "./records.js";

/** Reads what is durable. What becomes visible while a call reads is left for the next one. */
export class Reader {
  readonly #db: Level;
  readonly #newestId: () => bigint;

  constructor(db: Level, newestId: () => bigint) {
    this.#db = db;
    this.#newestId = newestId;
  }

  async index(account: string, afterId: bigint, limit: number): Promise<IndexEntry[]> {
    // Each range is read at a moment of its own: this bounds them all to one.
    const upToId = this.#newestId();
    const ranges: (IdRange & { readonly group: string })[] = [
      { prefix: keys.inbox(account), fromId: afterId, upToId, group: "" },
    ];
    for (const [group, periods] of await this.#memberships(account)) {
      const prefix = keys.groupLog(group);
      for (const { fromId, toId } of partsWithin(periods, afterId, upToId + 1n)) {
        ranges.push({ prefix, fromId, upToId: toId - 1n, group });
      }
    }
    const entries = await firstOfRanges(this.#db, ranges, limit);
    return entries.map(({ id, value, range: { group } }) => {
      const { sendTime, isSent, peer } = readLine(value);
      return { messageId: id, sendTime, isSent: group === "" ? isSent : peer === account, peer, group };
    });
  }

  async contents(account: string, messageIds: readonly bigint[]): Promise<StoredMessage[]> {
    const messages = await this.messages(messageIds);
    const groups = [...new Set(messages.flatMap(({ to }) => ("group" in to ? [to.group] : [])))];
    const found = await this.#db.getMany(groups.map((group) => keys.memberships(account) + group));
    const periods = new Map(groups.map((group, at) => [group, periodsOf(found[at])]));
    return messages
      .filter(({ messageId, sender, to }) =>
        "group" in to ? covers(periods.get(to.group), messageId) : account === sender || account === to.account,
      )
      .map(withoutKey);
  }

  async history(
    account: string,
    conversation: Conversation,
    beforeId: bigint,
    limit: number,
  ): Promise<StoredMessage[]> {
    const newestId = this.#newestId();
    const endId = beforeId <= newestId ? beforeId : newestId + 1n;
    if ("account" in conversation) {
      const range = { prefix: keys.talk(account, conversation.account), fromId: 0n, upToId: endId - 1n };
      return this.#newest(range, limit);
    }
    const { group } = conversation;
    const own = periodsOf(await this.#db.get(keys.memberships(account) + group));
    const found: StoredMessage[] = [];
    for (const { fromId, toId } of partsWithin(own, 0n, endId).toReversed()) {
      const range = { prefix: keys.groupLog(group), fromId, upToId: toId - 1n };
      if (found.length < limit) found.push(...(await this.#newest(range, limit - found.length)));
    }
    return found;
  }

  /** Those that are there, in the order asked. */
  async messages(messageIds: readonly bigint[]): Promise<KeptMessage[]> {
    const texts = await this.#db.getMany(messageIds.map(keys.message));
    return messageIds.flatMap((id, at) => {
      const text = texts[at];
      return text === undefined || id > this.#newestId() ? [] : [readMessage(id, text)];
    });
  }

  async mark(name: string): Promise<Position | undefined> {
    const text = await this.#db.get(name);
    if (text === undefined) return undefined;
    const { id, timeMs } = readMark(text);
    return { messageId: id, setAtMs: timeMs };
  }

  async received(account: string): Promise<bigint> {
    let furthest = 0n;
    for await (const [, text] of entriesWith(this.#db, keys.positions(account))) {
      const { id } = readMark(text);
      if (id > furthest) furthest = id;
    }
    return furthest;
  }

  async group(groupId: string): Promise<Group | undefined> {
    const text = await this.#db.get(keys.group(groupId));
    if (text === undefined) return undefined;
    const { createdMs, ...group } = readGroup(text);
    return { groupId, ...group, createdAt: nanoseconds(createdMs) };
  }

  async isMember(groupId: string, account: string): Promise<boolean> {
    return (await this.#db.get(keys.members(groupId) + account)) !== undefined;
  }

  async members(groupId: string, { after, limit }: TextPage): Promise<GroupMember[]> {
    const prefix = keys.members(groupId);
    const found: GroupMember[] = [];
    for await (const [key, text] of entriesWith(this.#db, prefix, after)) {
      if (found.length >= limit) break;
      found.push({ account: key.slice(prefix.length), joinTime: nanoseconds(readMark(text).timeMs) });
    }
    return found;
  }

  async groupsOf(account: string, { after, limit }: TextPage): Promise<Membership[]> {
    const current: [string, MembershipPeriod][] = [];
    for (const [groupId, periods] of await this.#memberships(account, after)) {
      if (current.length >= limit) break;
      if (isCurrent(periods)) current.push([groupId, periods.at(-1)!]);
    }
    const groups = await this.#db.getMany(current.map(([groupId]) => keys.group(groupId)));
    return current.map(([groupId, { joinTime }], at) => {
      const { name, avatar, owner } = readGroup(groups[at] ?? "");
      return { groupId, name, avatar, owner, joinTime };
    });
  }

  /** The groups that an account is or was in. */
  async groupIdsOf(account: string): Promise<string[]> {
    return (await this.#memberships(account)).map(([groupId]) => groupId);
  }

  async #memberships(account: string, after = ""): Promise<[string, readonly MembershipPeriod[]][]> {
    const prefix = keys.memberships(account);
    const found: [string, readonly MembershipPeriod[]][] = [];
    for await (const [key, text] of entriesWith(this.#db, prefix, after)) {
      found.push([key.slice(prefix.length), readPeriods(text)]);
    }
    return found;
  }

  async #newest(range: IdRange, limit: number): Promise<StoredMessage[]> {
    if (range.upToId <= range.fromId) return [];
    const names = await this.#db.keys({ ...boundsOf(range), reverse: true, limit }).all();
    return (await this.messages(names.map(keys.idAtEnd))).map(withoutKey);
  }
}

function periodsOf(text: string | undefined): readonly MembershipPeriod[] {
  return text === undefined ? [] : readPeriods(text);
}

function withoutKey({ key: _, ...message }: KeptMessage): StoredMessage {
  return message;
}
