import type {
  Entered,
  EnteredSession,
  EnterOptions,
  Left,
  Restored,
  SessionDirectory,
  SessionRecord,
} from "@im/gateway";
import { rejectUnknownOptions } from "@im/transport-core/internal";
import { checkingOptions, checkKeyPrefix, checkRedis } from "../check-options.js";
import type { Redis } from "../redis.js";
import { wholeMs } from "../whole-ms.js";
import { enterScript, leaveScript, renewScript, restoreScript } from "./directory-scripts.js";
import { Lookups, recordOf } from "./lookups.js";
import { type Partition, Partitions } from "./partitions.js";

export interface RedisSessionDirectoryOptions {
  /** The names of all keys begin with this; the gateways of a cluster have the same. @default im: */
  readonly keyPrefix?: string | undefined;
}

/**
 * The directory of gateways on many machines. Each change of an account is one script. Texts are in JSON, so that any text may
 * be in any of them. Redis may lose its data: the gateways put their sessions back.
 */
export class RedisSessionDirectory implements SessionDirectory {
  readonly #redis: Redis;
  readonly #partitions: Partitions;
  readonly #lookups: Lookups;

  /**
   * @param redis from `nodeRedis` or `ioRedis`
   * @throws a GatewayError `IM_ERR_INVALID_OPTION`
   */
  constructor(redis: Redis, options: RedisSessionDirectoryOptions = {}) {
    const keyPrefix = checkingOptions(() => {
      rejectUnknownOptions(options, ["keyPrefix"]);
      checkRedis(redis);
      return checkKeyPrefix(options.keyPrefix);
    });
    this.#redis = redis;
    this.#partitions = new Partitions(keyPrefix);
    this.#lookups = new Lookups(redis, this.#partitions);
  }

  async enter(session: SessionRecord, options: EnterOptions = {}): Promise<Entered> {
    const args = [...sessionArguments(session), options.isReconnect ? "1" : "", maxArgument(options)];
    const reply = await enterScript.run(this.#redis, this.#keysOf(session.account), args);
    const [epochText, isFirst, records] = reply as [Buffer, number, Buffer[]];
    const [epoch, displaced] = [Number(epochText), records.map(recordOf)];
    if (epoch === 0) return { holder: displaced[0], epoch, displaced: [], isFirst: false };
    return { epoch, displaced, isFirst: isFirst === 1 };
  }

  async restore(
    sessions: readonly EnteredSession[],
    options: Pick<EnterOptions, "maxDevices"> = {},
  ): Promise<readonly Restored[]> {
    const results = new Map<EnteredSession, Restored>();
    await this.#inPartitions(
      sessions,
      ({ session }) => session.account,
      async (partition, group) => {
        const keys = group.map(({ session }) => partition.accountKey(session.account));
        const args = group.flatMap(({ session, epoch }) => [...sessionArguments(session), String(epoch)]);
        const reply = await restoreScript.run(
          this.#redis,
          [partition.leasesKey, ...keys],
          [maxArgument(options), ...args],
        );
        for (const [index, [outcome, records]] of (reply as [Buffer, Buffer[]][]).entries()) {
          const displaced = records.map(recordOf);
          results.set(group[index]!, { outcome: String(outcome) as Restored["outcome"], displaced });
        }
      },
    );
    return sessions.map((session) => results.get(session)!);
  }

  async leave({ account, device, channelId }: SessionRecord): Promise<Left> {
    const args = [JSON.stringify(device), JSON.stringify(channelId)];
    const [removed, isLast] = (await leaveScript.run(this.#redis, this.#keysOf(account), args)) as [number, number];
    return { removed: removed === 1, isLast: isLast === 1 };
  }

  async find(accounts: readonly string[]): Promise<readonly SessionRecord[]> {
    if (accounts.length === 1) return this.#lookups.sessionsOf(accounts[0]!);
    const found = await Promise.all(accounts.map((account) => this.#lookups.sessionsOf(account)));
    return found.flat();
  }

  async renew(gatewayId: string, leaseMs: number): Promise<boolean> {
    const args = [JSON.stringify(gatewayId), wholeMs(leaseMs)];
    const renewing = this.#partitions.all.map(({ leasesKey }) => renewScript.run(this.#redis, [leasesKey], args));
    return (await Promise.all(renewing)).every((hadLease) => hadLease === 1);
  }

  async retire(gatewayId: string): Promise<void> {
    const field = JSON.stringify(gatewayId);
    await Promise.all(
      this.#partitions.all.map(({ leasesKey }) => this.#redis.send(leasesKey, ["HDEL", leasesKey, field])),
    );
  }

  #keysOf(account: string): readonly [string, string] {
    const partition = this.#partitions.of(account);
    return [partition.leasesKey, partition.accountKey(account)];
  }

  async #inPartitions<T>(
    all: readonly T[],
    accountOf: (one: T) => string,
    call: (partition: Partition, group: readonly T[]) => Promise<void>,
  ): Promise<void> {
    const groups = [...this.#partitions.group(all, accountOf)];
    await Promise.all(groups.map(([partition, group]) => call(partition, group)));
  }
}

/** Device, gateway, channel, connectId and record. */
function sessionArguments(session: SessionRecord): readonly string[] {
  const { device, gatewayId, channelId, connectId } = session;
  return [device, gatewayId, channelId, connectId, session].map((part) => JSON.stringify(part));
}

function maxArgument({ maxDevices = Number.POSITIVE_INFINITY }: EnterOptions): string {
  return String(Math.min(maxDevices, Number.MAX_SAFE_INTEGER));
}
