import { covers, endedAt, isCurrent, type MembershipPeriod } from "../membership-periods.js";
import type { Group, GroupInfo, GroupMember, Membership, TextPage } from "../ports/groups.js";
import type { StoredMessage } from "../ports/message-log.js";
import { IdLog } from "./id-log.js";

/** When something happened: its id, and its time in Unix nanoseconds. */
export interface Moment {
  readonly id: bigint;
  readonly time: bigint;
}

interface KeptGroup {
  readonly info: GroupInfo;
  readonly createdAt: bigint;
  readonly members: Map<string, MembershipPeriod>;
  readonly log: IdLog<StoredMessage>;
  /** The accounts of the members, until that changes. */
  accounts: readonly string[] | undefined;
}

/** Groups, their members and what was said in them. */
export class MemoryGroups {
  readonly #groups = new Map<string, KeptGroup>();
  /** By account and group: all its memberships, past ones too. */
  readonly #periods = new Map<string, Map<string, readonly MembershipPeriod[]>>();

  create(groupId: string, info: GroupInfo, members: Iterable<string>, now: Moment): void {
    this.#groups.set(groupId, {
      info: { ...info },
      createdAt: now.time,
      members: new Map(),
      log: new IdLog(),
      accounts: undefined,
    });
    for (const account of members) this.#begin(groupId, account, now);
  }

  group(groupId: string): Group | undefined {
    const kept = this.#groups.get(groupId);
    return kept && { groupId, ...kept.info, createdAt: kept.createdAt, memberCount: kept.members.size };
  }

  log(groupId: string): IdLog<StoredMessage> | undefined {
    return this.#groups.get(groupId)?.log;
  }

  isMember(groupId: string, account: string): boolean {
    return this.#groups.get(groupId)?.members.has(account) ?? false;
  }

  /** A list that never changes: messages to a large group share it. */
  accountsIn(groupId: string): readonly string[] {
    const kept = this.#groups.get(groupId);
    if (!kept) return [];
    kept.accounts ??= [...kept.members.keys()];
    return kept.accounts;
  }

  /** The members now who were members already when a message got its id. */
  accountsSince(groupId: string, messageId: bigint): readonly string[] {
    const members = this.#groups.get(groupId)?.members;
    return this.accountsIn(groupId).filter((account) => members!.get(account)!.joinId < messageId);
  }

  join(groupId: string, account: string, maxMembers: number, now: () => Moment): "joined" | "no such group" | "full" {
    const kept = this.#groups.get(groupId);
    if (!kept) return "no such group";
    if (kept.members.has(account)) return "joined";
    if (kept.members.size >= maxMembers) return "full";
    this.#begin(groupId, account, now());
    return "joined";
  }

  quit(groupId: string, account: string, now: () => Moment): "left" | "no such group" {
    const kept = this.#groups.get(groupId);
    if (!kept) return "no such group";
    if (this.#leave(kept, account)) {
      const own = this.#periods.get(account)!;
      own.set(groupId, endedAt(own.get(groupId)!, now().id));
    }
    return "left";
  }

  members(groupId: string, page: TextPage): GroupMember[] {
    const members = this.#groups.get(groupId)?.members ?? new Map<string, MembershipPeriod>();
    return pageOf(members, page).map(([account, { joinTime }]) => ({ account, joinTime }));
  }

  groupsOf(account: string, page: TextPage): Membership[] {
    const current = [...this.periodsOf(account)].filter(([, periods]) => isCurrent(periods));
    return pageOf(new Map(current), page).map(([groupId, periods]) => {
      const { name, avatar, owner } = this.#groups.get(groupId)!.info;
      return { groupId, name, avatar, owner, joinTime: periods.at(-1)!.joinTime };
    });
  }

  /** The memberships of an account, by group. */
  periodsOf(account: string): ReadonlyMap<string, readonly MembershipPeriod[]> {
    return this.#periods.get(account) ?? new Map();
  }

  maySee(account: string, groupId: string, messageId: bigint): boolean {
    return covers(this.periodsOf(account).get(groupId), messageId);
  }

  deleteAccount(account: string): void {
    for (const [groupId] of this.periodsOf(account)) this.#leave(this.#groups.get(groupId)!, account);
    this.#periods.delete(account);
  }

  *logs(): Iterable<IdLog<StoredMessage>> {
    for (const { log } of this.#groups.values()) yield log;
  }

  #leave(kept: KeptGroup, account: string): boolean {
    kept.accounts = undefined;
    return kept.members.delete(account);
  }

  #begin(groupId: string, account: string, { id, time }: Moment): void {
    const period = { joinId: id, joinTime: time };
    const kept = this.#groups.get(groupId)!;
    kept.members.set(account, period);
    kept.accounts = undefined;
    const own = this.#periods.get(account) ?? new Map<string, readonly MembershipPeriod[]>();
    this.#periods.set(account, own.set(groupId, [...(own.get(groupId) ?? []), period]));
  }
}

/** A page of a map, in the order of its keys. */
function pageOf<T>(entries: ReadonlyMap<string, T>, { after, limit }: TextPage): [string, T][] {
  return [...entries]
    .filter(([key]) => key > after)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, limit);
}
