import { KeptRosters, Roster } from "@im/chat/authoring";
import type { Database } from "./database.js";
import { nameKey, readNames } from "./names.js";

/** What the function `roster_changes` gives for a group. */
export interface RosterChanges {
  readonly group: string;
  readonly isWhole: boolean;
  /** With the id of the join, or null for one who has quit. */
  readonly members: readonly (readonly [account: string, joinId: string | null])[];
}

/** The members of a group, as of an id. */
class KnownRoster extends Roster {
  knownId = 0n;
}

/**
 * The members of groups as this process knows them. Each commit says what has changed since, whichever process changed it: so a
 * message to a group of 10,000 reads no member that is known.
 */
export class GroupRosters {
  readonly #database: Database;
  /** By the key of the group. */
  readonly #kept = new KeptRosters<KnownRoster>();

  constructor(database: Database) {
    this.#database = database;
  }

  get(groupId: string): Roster | undefined {
    return this.#kept.get(nameKey(groupId));
  }

  /** Reads those that are not known, outside of the lock that a commit holds. */
  async load(groups: readonly string[]): Promise<void> {
    const unknown = groups.filter((group) => !this.#kept.get(group));
    if (unknown.length === 0) return;
    const { schema } = this.#database;
    const statement = `SELECT last_id, ${schema}.roster_changes($1, $2) FROM ${schema}.state`;
    const [row] = await this.#database.query(statement, [unknown, unknown.map(() => 0)]);
    await this.apply(JSON.parse(row![1]!), BigInt(row![0]!));
  }

  /** Up to which id each group is known; 0 for not at all. */
  knownIds(groups: readonly string[]): string[] {
    return groups.map((group) => String(this.#kept.get(group)?.knownId ?? 0n));
  }

  /** @param knownId as of which they are */
  async apply(all: readonly RosterChanges[], knownId: bigint): Promise<void> {
    const accounts = all.flatMap(({ members }) => members.map(([account]) => account));
    const nameOf = await readNames(this.#database, accounts);
    for (const { group, isWhole, members } of all) {
      const known = isWhole ? undefined : this.#kept.get(group);
      const roster = known ?? new KnownRoster();
      for (const [account, joinId] of members) {
        if (joinId === null) roster.delete(nameOf(account));
        else roster.add(nameOf(account), BigInt(joinId));
      }
      roster.knownId = knownId;
      this.#kept.use(group, roster);
    }
  }

  /** After a commit. */
  trim(): void {
    this.#kept.trim();
  }
}
