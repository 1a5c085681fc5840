import type { Redis } from "../redis.js";
import { Script } from "../script.js";

/** A gateway that has not been added again for so long has died. */
const LIFETIME_MS = 15_000;

// A sorted set: each member is the id of a gateway in JSON, its score the time of Redis, in milliseconds, until which it is listed.
const nowMs = "local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)";

const addScript = new Script(`${nowMs}
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('PEXPIRE', KEYS[1], ARGV[2])`);

const readScript = new Script(`${nowMs}
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')`);

/** The gateways that subscribe, for broadcasts. */
export class GatewayList {
  readonly #redis: Redis;
  readonly #key: string;

  constructor(redis: Redis, keyPrefix: string) {
    this.#redis = redis;
    this.#key = `${keyPrefix}gateways`;
  }

  async add(gatewayId: string): Promise<void> {
    await addScript.run(this.#redis, [this.#key], [JSON.stringify(gatewayId), String(LIFETIME_MS)]);
  }

  async remove(gatewayId: string): Promise<void> {
    await this.#redis.send(this.#key, ["ZREM", this.#key, JSON.stringify(gatewayId)]);
  }

  async read(): Promise<readonly string[]> {
    const members = (await readScript.run(this.#redis, [this.#key], [])) as readonly Buffer[];
    return members.map((member) => JSON.parse(String(member)));
  }
}
