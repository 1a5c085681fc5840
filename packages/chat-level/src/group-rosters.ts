import type { Level } from "./database.js";
import { group, members } from "./keys.js";
import { entriesWith } from "./ranges.js";
import { readMark } from "./records.js";

/** Members of all groups together that are kept, give or take a half: they are counted now and then. */
const MAX_KEPT_MEMBERS = 1_000_000;
const CHUNK = 2_048;

/** The members of one group. */
export class Roster {
  /** By account, the id of its join. */
  readonly #joinIds: Map<string, bigint>;
  #list: readonly string[] | undefined;

  constructor(joinIds: Iterable<readonly [account: string, joinId: bigint]>) {
    this.#joinIds = new Map(joinIds);
  }

  get size(): number {
    return this.#joinIds.size;
  }

  has(account: string): boolean {
    return this.#joinIds.has(account);
  }

  add(account: string, joinId: bigint): void {
    this.#joinIds.set(account, joinId);
    this.#list = undefined;
  }

  delete(account: string): boolean {
    this.#list = undefined;
    return this.#joinIds.delete(account);
  }

  /** The members now, in a list that never changes. */
  get list(): readonly string[] {
    this.#list ??= [...this.#joinIds.keys()];
    return this.#list;
  }

  /** Those of them who were members already when a message got its id. */
  since(messageId: bigint): readonly string[] {
    return this.list.filter((account) => this.#joinIds.get(account)! < messageId);
  }
}

/**
 * The members of groups as the steps of the writer see them: those that are not durable yet included. A message to a group of
 * 10,000 then reads no member from the database.
 */
export class GroupRosters {
  readonly #db: Level;
  /** The ones that were used last stand last. */
  readonly #rosters = new Map<string, Roster>();
  /** Members that were kept since the last count. */
  #uncounted = 0;

  constructor(db: Level) {
    this.#db = db;
  }

  /** Within a step that has loaded it; undefined for a group that does not exist. */
  get(groupId: string): Roster | undefined {
    return this.#rosters.get(groupId);
  }

  /** In the preparation of a step. */
  async load(groupId: string): Promise<void> {
    const roster = this.#rosters.get(groupId) ?? (await this.#read(groupId));
    if (!roster) return;
    if (!this.#rosters.delete(groupId)) this.#uncounted += roster.size;
    this.#rosters.set(groupId, roster);
  }

  /** The group that a step makes. */
  add(groupId: string, roster: Roster): void {
    this.#uncounted += roster.size;
    this.#rosters.set(groupId, roster);
  }

  /** What was not written is forgotten. */
  clear(): void {
    this.#rosters.clear();
  }

  /** After a commit, whose steps may have needed more than are kept: forgets those that were not used for the longest time. */
  trim(): void {
    if (this.#uncounted <= MAX_KEPT_MEMBERS / 2) return;
    this.#uncounted = 0;
    let kept = 0;
    for (const { size } of this.#rosters.values()) kept += size;
    for (const [groupId, { size }] of this.#rosters) {
      if (kept <= MAX_KEPT_MEMBERS) return;
      this.#rosters.delete(groupId);
      kept -= size;
    }
  }

  async #read(groupId: string): Promise<Roster | undefined> {
    if ((await this.#db.get(group(groupId))) === undefined) return undefined;
    const prefix = members(groupId);
    const joinIds: [string, bigint][] = [];
    for await (const [key, text] of entriesWith(this.#db, prefix, "", CHUNK)) {
      joinIds.push([key.slice(prefix.length), readMark(text).id]);
    }
    return new Roster(joinIds);
  }
}
