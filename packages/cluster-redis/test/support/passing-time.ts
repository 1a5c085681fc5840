import type { RedisServer } from "./redis-servers.js";

// Leases are values of a hash, the times when they end.
const passScript = `
for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do
  local ttl = redis.call('PTTL', key)
  if ttl > 0 then redis.call('PEXPIRE', key, ttl - ARGV[2]) end
  if key:sub(-6) == 'leases' then
    for _, gateway in ipairs(redis.call('HKEYS', key)) do
      redis.call('HINCRBY', key, gateway, -ARGV[2])
    end
  end
end`;

const emptyScript = "for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do redis.call('DEL', key) end";

/** Lets the time of all keys with a prefix pass, at once: they live so much shorter. */
export async function letPass(servers: readonly RedisServer[], keyPrefix: string, ms: number): Promise<void> {
  for (const server of servers) await server.command("EVAL", passScript, "0", keyPrefix, String(ms));
}

/** Takes all keys with a prefix from the servers. */
export async function empty(servers: readonly RedisServer[], keyPrefix: string): Promise<void> {
  for (const server of servers) await server.command("EVAL", emptyScript, "0", keyPrefix);
}
