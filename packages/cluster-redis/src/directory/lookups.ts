import type { SessionRecord } from "@im/gateway";
import { atEndOfTurn } from "@im/transport-core/internal";
import type { Redis } from "../redis.js";
import { findScript } from "./directory-scripts.js";
import type { Partition, Partitions } from "./partitions.js";

/** Redis does nothing else while it looks so many accounts up. */
const MAX_ACCOUNTS = 500;

interface Lookup {
  readonly account: string;
  readonly sessions: Promise<readonly SessionRecord[]>;
  resolve(sessions: readonly SessionRecord[]): void;
  reject(error: unknown): void;
}

/**
 * Looks accounts up: those of one turn of the event loop together, each once. On one server that is one command, in a Redis Cluster
 * one for each partition.
 */
export class Lookups {
  readonly #redis: Redis;
  readonly #partitions: Partitions;
  #ofThisTurn = new Map<string, Lookup>();

  constructor(redis: Redis, partitions: Partitions) {
    this.#redis = redis;
    this.#partitions = partitions;
  }

  /** @throws what the client throws */
  sessionsOf(account: string): Promise<readonly SessionRecord[]> {
    const known = this.#ofThisTurn.get(account);
    if (known) return known.sessions;
    if (this.#ofThisTurn.size === 0) atEndOfTurn(() => this.#lookUpAll());
    const lookup = lookupOf(account);
    this.#ofThisTurn.set(account, lookup);
    return lookup.sessions;
  }

  #lookUpAll(): void {
    const all = [...this.#ofThisTurn.values()];
    this.#ofThisTurn = new Map();
    const groups = this.#redis.isCluster ? this.#partitions.group(all, ({ account }) => account).values() : [all];
    for (const group of groups) {
      for (let at = 0; at < group.length; at += MAX_ACCOUNTS) void this.#lookUp(group.slice(at, at + MAX_ACCOUNTS));
    }
  }

  async #lookUp(lookups: readonly Lookup[]): Promise<void> {
    try {
      const keys = lookups.flatMap(({ account }) => keysOf(this.#partitions.of(account), account));
      const found = (await findScript.run(this.#redis, keys as [string, ...string[]], [])) as readonly Buffer[][];
      for (const [index, { resolve }] of lookups.entries()) resolve(found[index]!.map(recordOf));
    } catch (error) {
      for (const { reject } of lookups) reject(error);
    }
  }
}

function keysOf(partition: Partition, account: string): readonly string[] {
  return [partition.leasesKey, partition.accountKey(account)];
}

function lookupOf(account: string): Lookup {
  let [resolve, reject]: [Lookup["resolve"], Lookup["reject"]] = [() => {}, () => {}];
  const sessions = new Promise<readonly SessionRecord[]>((given, refused) => {
    [resolve, reject] = [given, refused];
  });
  return { account, sessions, resolve, reject };
}

export function recordOf(json: Buffer): SessionRecord {
  return JSON.parse(String(json));
}
