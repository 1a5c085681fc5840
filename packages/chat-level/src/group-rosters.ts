import type { Level } from "./database.js";
import { group, members } from "./keys.js";
import { entriesWith } from "./ranges.js";

/** Members of all groups together that are kept, give or take a half: they are counted now and then. */
const MAX_KEPT_MEMBERS = 1_000_000;
const CHUNK = 2_048;

/** The members of one group. */
export class Roster {
  readonly #members: Set<string>;
  #list: readonly string[] | undefined;

  constructor(accounts: Iterable<string>) {
    this.#members = new Set(accounts);
  }

  get size(): number {
    return this.#members.size;
  }

  has(account: string): boolean {
    return this.#members.has(account);
  }

  add(account: string): void {
    this.#members.add(account);
    this.#list = undefined;
  }

  delete(account: string): boolean {
    this.#list = undefined;
    return this.#members.delete(account);
  }

  /** The members now, in a list that never changes. */
  get list(): readonly string[] {
    this.#list ??= [...this.#members];
    return this.#list;
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
  add(groupId: string, accounts: Iterable<string>): void {
    const roster = new Roster(accounts);
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
    const accounts: string[] = [];
    for await (const [key] of entriesWith(this.#db, prefix, "", CHUNK)) accounts.push(key.slice(prefix.length));
    return new Roster(accounts);
  }
}
