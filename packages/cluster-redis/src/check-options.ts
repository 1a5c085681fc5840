import { GatewayError } from "@im/gateway";
import { checkHasMethods, checkOptionsAs, invalidOption } from "@im/transport-core/internal";
import type { Redis } from "./redis.js";

/** Runs checks of options. @throws a GatewayError `IM_ERR_INVALID_OPTION` */
export function checkingOptions<T>(check: () => T): T {
  return checkOptionsAs((message) => new GatewayError("IM_ERR_INVALID_OPTION", message), check);
}

/** @throws `IM_ERR_INVALID_OPTION` */
export function checkRedis(redis: Redis): Redis {
  if (redis === undefined) throw invalidOption("redis", "what nodeRedis() or ioRedis() returns", redis);
  checkHasMethods("redis", redis, ["send", "subscribe"]);
  return redis;
}

/** Braces would decide in which slot of a Redis Cluster a key is. @throws `IM_ERR_INVALID_OPTION` */
export function checkKeyPrefix(given = "im:"): string {
  if (typeof given === "string" && !/[{}]/.test(given)) return given;
  throw invalidOption("keyPrefix", "a string without { and }", given);
}

/** @throws `IM_ERR_INVALID_OPTION` unless a setting of a client has the value that the ports need */
export function checkSetting(name: string, given: unknown, needed: unknown, reason: string): void {
  if (given !== needed) throw invalidOption(name, `${needed}, because ${reason}`, given);
}
