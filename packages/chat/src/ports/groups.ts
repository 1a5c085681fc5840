import type { MaybePromise } from "@im/gateway";

/** What a group says of itself. */
export interface GroupInfo {
  readonly name: string;
  readonly avatar: string;
  readonly introduction: string;
  readonly owner: string;
}

export interface Group extends GroupInfo {
  readonly groupId: string;
  /** In Unix nanoseconds. */
  readonly createdAt: bigint;
  readonly memberCount: number;
}

export interface GroupMember {
  readonly account: string;
  /** In Unix nanoseconds. */
  readonly joinTime: bigint;
}

/** A group of an account. */
export interface Membership {
  readonly groupId: string;
  readonly name: string;
  readonly avatar: string;
  readonly owner: string;
  readonly joinTime: bigint;
}

/** A page of a list that is sorted by text, in any order that stays the same. */
export interface TextPage {
  /** The last of the page before; empty for the first page. */
  readonly after: string;
  readonly limit: number;
}

/**
 * Groups and their members. A join and a quit get ids as messages do, in the step that commits: a member sees what was said
 * between them, also of an earlier membership. A message costs the same to store whatever the number of members.
 */
export interface Groups {
  /** @param members the owner is one of them in any case. @returns the id of the new group, which nobody can guess */
  createGroup(info: GroupInfo, members: readonly string[]): MaybePromise<string>;
  /** The group; undefined if there is none. */
  group(groupId: string): MaybePromise<Group | undefined>;
  /** A member again: nothing changes. @param maxMembers of the group */
  join(groupId: string, account: string, maxMembers: number): MaybePromise<"joined" | "no such group" | "full">;
  /** Who is no member: nothing changes. */
  quit(groupId: string, account: string): MaybePromise<"left" | "no such group">;
  isMember(groupId: string, account: string): MaybePromise<boolean>;
  members(groupId: string, page: TextPage): MaybePromise<readonly GroupMember[]>;
  groupsOf(account: string, page: TextPage): MaybePromise<readonly Membership[]>;
}
