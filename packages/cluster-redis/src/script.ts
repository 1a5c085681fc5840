import { createHash } from "node:crypto";
import type { Redis, RedisArgument } from "./redis.js";

type Keys = readonly [string, ...string[]];

/** A Lua script, which Redis runs in one atomic step. All its keys are in one slot of a Redis Cluster. */
export class Script {
  readonly #source: string;
  readonly #sha1: string;

  constructor(source: string) {
    this.#source = source;
    this.#sha1 = createHash("sha1").update(source).digest("hex");
  }

  /** Runs it by its hash; only a server that does not have it yet gets its text. */
  async run(redis: Redis, keys: Keys, args: readonly RedisArgument[]): Promise<unknown> {
    const rest = restOf(keys, args);
    try {
      return await redis.send(keys[0], ["EVALSHA", this.#sha1, ...rest]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return redis.send(keys[0], ["EVAL", this.#source, ...rest]);
    }
  }

  /** Sends its text each time. So calls for one key run in their order, also if the server does not have it. */
  runInOrder(redis: Redis, keys: Keys, args: readonly RedisArgument[]): Promise<unknown> {
    return redis.send(keys[0], ["EVAL", this.#source, ...restOf(keys, args)]);
  }
}

function restOf(keys: Keys, args: readonly RedisArgument[]): readonly RedisArgument[] {
  return [String(keys.length), ...keys, ...args];
}
