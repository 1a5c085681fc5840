/**
 * The accounts are in so many partitions. Those of a partition have the hash tag, and so the slot of a Redis Cluster, of a copy
 * of all leases: so one script sees both. All gateways of a cluster have the same number.
 */
const PARTITIONS = 64;

/** The keys of a partition. */
export class Partition {
  readonly leasesKey: string;
  readonly #tag: string;

  constructor(keyPrefix: string, index: number) {
    this.#tag = `${keyPrefix}{${index}}`;
    this.leasesKey = `${this.#tag}leases`;
  }

  accountKey(account: string): string {
    return `${this.#tag}account:${JSON.stringify(account)}`;
  }
}

export class Partitions {
  readonly all: readonly Partition[];

  constructor(keyPrefix: string) {
    this.all = Array.from({ length: PARTITIONS }, (_, index) => new Partition(keyPrefix, index));
  }

  of(account: string): Partition {
    return this.all[fnv1a(account) % PARTITIONS]!;
  }

  /** Groups what belongs to accounts, by partition. */
  group<T>(all: readonly T[], accountOf: (one: T) => string): ReadonlyMap<Partition, readonly T[]> {
    const groups = new Map<Partition, T[]>();
    for (const one of all) {
      const partition = this.of(accountOf(one));
      const group = groups.get(partition);
      if (group) group.push(one);
      else groups.set(partition, [one]);
    }
    return groups;
  }
}

/** The hash of Fowler, Noll and Vo, of UTF-16 units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}
