import { Script } from "../script.js";

// The services of one namespace and name are two hashes in one slot of a Redis Cluster: id -> the time of Redis, in milliseconds,
// when its lease ends, and id -> the service in JSON. Ids are in JSON too.
const common = `
local leases, services, channel = unpack(KEYS)
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local ends_ms = redis.call('HGETALL', leases)
`;

/**
 * Keys: leases, services, channel. Arguments: id, service, milliseconds. Removes what has no lease any more. Publishes if the service is
 * new or another than before.
 */
export const registerScript = new Script(`${common}
local id, service, lease_ms = unpack(ARGV)
for at = 1, #ends_ms, 2 do
  if tonumber(ends_ms[at + 1]) <= now_ms then
    for _, key in ipairs({leases, services}) do redis.call('HDEL', key, ends_ms[at]) end
  end
end
local is_same = redis.call('HGET', services, id) == service
redis.call('HSET', leases, id, string.format('%.0f', now_ms + lease_ms))
redis.call('HSET', services, id, service)
for _, key in ipairs({leases, services}) do
  if redis.call('PTTL', key) < tonumber(lease_ms) then redis.call('PEXPIRE', key, lease_ms) end
end
if not is_same then redis.call('SPUBLISH', channel, '') end`);

/** Keys: leases, services, channel. Argument: id. Publishes if the service was there. */
export const deregisterScript = new Script(`${common}
redis.call('HDEL', leases, ARGV[1])
if redis.call('HDEL', services, ARGV[1]) == 1 then redis.call('SPUBLISH', channel, '') end`);

/** Keys: leases, services, channel. Gives the services that have leases. */
export const findScript = new Script(`${common}
local found = {}
for at = 1, #ends_ms, 2 do
  if tonumber(ends_ms[at + 1]) > now_ms then
    table.insert(found, redis.call('HGET', services, ends_ms[at]) or nil)
  end
end
return found`);
