import type { Answer, IdempotencyClaim, IdempotencyKey, IdempotencyStore } from "@im/gateway";
import { checkWait, rejectUnknownOptions } from "@im/transport-core/internal";
import { checkingOptions, checkKeyPrefix, checkRedis } from "./check-options.js";
import type { Redis } from "./redis.js";
import { Script } from "./script.js";
import { wholeMs } from "./whole-ms.js";

export interface RedisIdempotencyStoreOptions {
  /** The names of all keys begin with this; the gateways of a cluster have the same. @default im: */
  readonly keyPrefix?: string | undefined;
  /** How long an answer is remembered, in milliseconds. @default 600000, ten minutes */
  readonly windowMs?: number | undefined;
}

// A key has `C` and the id of a claim, or `A`, the status in four bytes, and the body of an answer.

const claimScript = new Script(`
local held = redis.call('GET', KEYS[1])
if held and held:sub(1, 1) == 'A' then return held end
if held and held ~= ARGV[1] then return 'taken' end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false`);

const recordScript = new Script(`
local held = redis.call('GET', KEYS[1])
if held and held:sub(1, 1) == 'A' then return end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])`);

const releaseScript = new Script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`);

/**
 * Remembers answers for all gateways, each in a key of its own that Redis deletes when its time is over. The number of answers
 * is bounded by the requests of `windowMs`.
 */
export class RedisIdempotencyStore implements IdempotencyStore {
  readonly #redis: Redis;
  readonly #keyPrefix: string;
  readonly #windowMs: number;

  /** @throws a GatewayError `IM_ERR_INVALID_OPTION` */
  constructor(redis: Redis, options: RedisIdempotencyStoreOptions = {}) {
    const { keyPrefix, windowMs = 600_000 } = options;
    [this.#redis, this.#keyPrefix, this.#windowMs] = checkingOptions(() => {
      rejectUnknownOptions(options, ["keyPrefix", "windowMs"]);
      return [checkRedis(redis), checkKeyPrefix(keyPrefix), checkWait("windowMs", windowMs)] as const;
    });
  }

  async claim(claim: IdempotencyClaim): Promise<Answer | "taken" | undefined> {
    const args = [claimText(claim), wholeMs(claim.lifetimeMs)];
    const reply = await claimScript.run(this.#redis, [this.#keyOf(claim)], args);
    if (!Buffer.isBuffer(reply)) return undefined;
    return reply.toString("latin1", 0, 1) === "A" ? answerOf(reply) : "taken";
  }

  async record(claim: IdempotencyClaim, answer: Answer): Promise<void> {
    await recordScript.run(this.#redis, [this.#keyOf(claim)], [answerBytes(answer), wholeMs(this.#windowMs)]);
  }

  async release(claim: IdempotencyClaim): Promise<void> {
    await releaseScript.run(this.#redis, [this.#keyOf(claim)], [claimText(claim)]);
  }

  /** JSON keeps the parts apart, whatever text they are. */
  #keyOf({ account, command, key }: IdempotencyKey): string {
    return `${this.#keyPrefix}idem:${JSON.stringify([account, command, key])}`;
  }
}

function claimText({ claimId }: IdempotencyClaim): string {
  return `C${claimId}`;
}

function answerBytes({ status, body }: Answer): Buffer {
  const bytes = Buffer.alloc(5 + body.length, "A");
  bytes.writeInt32BE(status, 1);
  bytes.set(body, 5);
  return bytes;
}

function answerOf(bytes: Buffer): Answer {
  return { status: bytes.readInt32BE(1), body: bytes.subarray(5) };
}
