import { KeptRosters, Roster } from "@im/chat/authoring";
import type { Level } from "./database.js";
import { group, members } from "./keys.js";
import { entriesWith } from "./ranges.js";
import { readMark } from "./records.js";

const CHUNK = 2_048;

/**
 * The members of groups as the steps of the writer see them: those that are not durable yet included. A message to a group of
 * 10,000 then reads no member from the database.
 */
export class GroupRosters {
  readonly #db: Level;
  readonly #kept = new KeptRosters<Roster>();

  constructor(db: Level) {
    this.#db = db;
  }

  /** Within a step that has loaded it; undefined for a group that does not exist. */
  get(groupId: string): Roster | undefined {
    return this.#kept.get(groupId);
  }

  /** In the preparation of a step. */
  async load(groupId: string): Promise<void> {
    const roster = this.#kept.get(groupId) ?? (await this.#read(groupId));
    if (roster) this.#kept.use(groupId, roster);
  }

  /** The group that a step makes. */
  add(groupId: string, roster: Roster): void {
    this.#kept.use(groupId, roster);
  }

  /** What was not written is forgotten. */
  clear(): void {
    this.#kept.clear();
  }

  /** After a commit, whose steps may have needed more than are kept. */
  trim(): void {
    this.#kept.trim();
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
