/** Members of all groups together that are kept, give or take a half: they are counted now and then. */
const MAX_KEPT_MEMBERS = 1_000_000;

/** The members of one group. */
export class Roster {
  /** By account, the id of its join. */
  readonly #joinIds: Map<string, bigint>;
  #list: readonly string[] | undefined;

  constructor(joinIds: Iterable<readonly [account: string, joinId: bigint]> = []) {
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

/** The rosters of the groups that were used last: a message to a group of 10,000 then reads no member. */
export class KeptRosters<R extends { readonly size: number }> {
  /** The ones that were used last stand last. */
  readonly #rosters = new Map<string, R>();
  /** Members that were kept since the last count. */
  #uncounted = 0;

  get(groupId: string): R | undefined {
    return this.#rosters.get(groupId);
  }

  /** Keeps a roster as the one that was used last. */
  use(groupId: string, roster: R): void {
    if (!this.#rosters.delete(groupId)) this.#uncounted += roster.size;
    this.#rosters.set(groupId, roster);
  }

  clear(): void {
    this.#rosters.clear();
  }

  /** Forgets those that were not used for the longest time, if too many are kept. */
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
}
