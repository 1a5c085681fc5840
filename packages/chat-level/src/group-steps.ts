import type { GroupInfo } from "@im/chat";
import { endedAt, isCurrent, nanoseconds, Roster } from "@im/chat/authoring";
import type { GroupRosters } from "./group-rosters.js";
import * as keys from "./keys.js";
import { type KeptGroup, readGroup, readPeriods, writeGroup, writeMark, writePeriods } from "./records.js";
import type { WriteBatch } from "./write-batch.js";
import type { WriteStep } from "./writer.js";

interface Surroundings {
  readonly rosters: GroupRosters;
  nowMs(): number;
}

/** Makes a group, with all its members. */
export function createStep(
  { rosters, nowMs }: Surroundings,
  groupId: string,
  { name, avatar, introduction, owner }: GroupInfo,
  members: ReadonlySet<string>,
): WriteStep<void> {
  return {
    apply(batch) {
      const createdMs = nowMs();
      const joinId = batch.nextId();
      const info = { name, avatar, introduction, owner };
      batch.put(keys.group(groupId), writeGroup({ ...info, createdMs, memberCount: members.size }));
      const periods = writePeriods([{ joinId, joinTime: nanoseconds(createdMs) }]);
      for (const account of members) {
        batch.put(keys.members(groupId) + account, writeMark(joinId, createdMs));
        batch.put(keys.memberships(account) + groupId, periods);
      }
      rosters.add(groupId, new Roster([...members].map((account) => [account, joinId])));
    },
  };
}

export function joinStep(
  { rosters, nowMs }: Surroundings,
  groupId: string,
  account: string,
  maxMembers: number,
): WriteStep<"joined" | "no such group" | "full"> {
  return memberStep(rosters, groupId, account, (batch, roster, own) => {
    if (roster.has(account)) return "joined";
    if (roster.size >= maxMembers) return "full";
    const joinId = batch.nextId();
    const timeMs = nowMs();
    const before = batch.get(own);
    const period = { joinId, joinTime: nanoseconds(timeMs) };
    batch.put(own, writePeriods([...(before === undefined ? [] : readPeriods(before)), period]));
    batch.put(keys.members(groupId) + account, writeMark(joinId, timeMs));
    roster.add(account, joinId);
    count(batch, groupId, roster.size);
    return "joined";
  });
}

export function quitStep(rosters: GroupRosters, groupId: string, account: string): WriteStep<"left" | "no such group"> {
  return memberStep(rosters, groupId, account, (batch, roster, own) => {
    const periods = batch.get(own);
    if (!roster.has(account) || periods === undefined) return "left";
    const before = readPeriods(periods);
    if (isCurrent(before)) batch.put(own, writePeriods(endedAt(before, batch.nextId())));
    batch.delete(keys.members(groupId) + account);
    roster.delete(account);
    count(batch, groupId, roster.size);
    return "left";
  });
}

/** @param change gets the members of the group, and the key of the account's periods in it */
function memberStep<T>(
  rosters: GroupRosters,
  groupId: string,
  account: string,
  change: (batch: WriteBatch, roster: Roster, own: string) => T,
): WriteStep<T | "no such group"> {
  const own = keys.memberships(account) + groupId;
  return {
    reads: [own, keys.group(groupId)],
    prepare: () => rosters.load(groupId),
    apply(batch) {
      const roster = rosters.get(groupId);
      return roster ? change(batch, roster, own) : "no such group";
    },
  };
}

function count(batch: WriteBatch, groupId: string, memberCount: number): void {
  const group: KeptGroup = readGroup(batch.get(keys.group(groupId))!);
  batch.put(keys.group(groupId), writeGroup({ ...group, memberCount }));
}
