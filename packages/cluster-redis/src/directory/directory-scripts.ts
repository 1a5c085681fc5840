import { Script } from "../script.js";

/** So long Redis keeps the sessions of an account in which nothing enters or is confirmed: an hour. */
const KEEP_MS = 3_600_000;

// An account is a hash: device -> {epoch, gateway, channel, connectId, record} in MessagePack. The leases of the gateways are a hash
// in the same slot: gateway -> the time of Redis, in milliseconds, when it ends. Epochs are texts: Lua shortens large numbers.
const common = `
local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]
local living_of = {}

local function has_lease(leases, gateway)
  local is_living = living_of[leases] or {}
  living_of[leases] = is_living
  if is_living[gateway] == nil then
    local ends_ms = redis.call('HGET', leases, gateway)
    is_living[gateway] = ends_ms and tonumber(ends_ms) > now_us / 1000 or false
  end
  return is_living[gateway]
end

-- Sessions without a lease are removed. Gives the one of the device, also if it was, the others by age, and the largest epoch.
local function read(account, device)
  local own, others, largest = nil, {}, 0
  local fields = redis.call('HGETALL', account)
  for at = 1, #fields, 2 do
    local session = cmsgpack.unpack(fields[at + 1])
    session = {
      device = fields[at], epoch = tonumber(session[1]), channel = session[3], connect = session[4], record = session[5],
      is_living = has_lease(KEYS[1], session[2])
    }
    largest = math.max(largest, session.epoch)
    if not session.is_living then redis.call('HDEL', account, session.device) end
    if session.device == device then own = session
    elseif session.is_living then table.insert(others, session) end
  end
  table.sort(others, function(a, b) return a.epoch < b.epoch end)
  return own, others, largest
end

-- The session in the place, if there is one, and the oldest of the others beyond max.
local function in_the_way(own, others, max)
  local found = {own}
  for at = 1, #others + 1 - max do table.insert(found, others[at]) end
  return found
end

local function records(sessions)
  local found = {}
  for _, session in ipairs(sessions) do table.insert(found, session.record) end
  return found
end

local function put(account, displaced, device, epoch, gateway, channel, connect, record)
  for _, session in ipairs(displaced) do redis.call('HDEL', account, session.device) end
  redis.call('HSET', account, device, cmsgpack.pack({epoch, gateway, channel, connect, record}))
  redis.call('PEXPIRE', account, ${KEEP_MS})
end
`;

/**
 * Keys: leases, account. Arguments: device, gateway, channel, connectId, record, "1" for a reconnect, maxDevices. Gives the
 * epoch, 1 if the session is the first, and the records that are displaced; or "0" and the record of the holder.
 */
export const enterScript = new Script(`${common}
local device, gateway, channel, connect, record, is_reconnect, max = unpack(ARGV)
local own, others, largest = read(KEYS[2], device)
local displaced = in_the_way(own, others, tonumber(max))
if is_reconnect == '1' then
  for _, session in ipairs(displaced) do
    if session.is_living and session.connect ~= connect then return {'0', 0, {session.record}} end
  end
end
local is_first = #others == 0 and not (own and own.is_living)
local epoch = string.format('%.0f', math.max(now_us, largest + 1))
put(KEYS[2], displaced, device, epoch, gateway, channel, connect, record)
return {epoch, is_first and 1 or 0, records(displaced)}`);

/**
 * Keys: leases, the account of each session. Arguments: maxDevices, then for each session device, gateway, channel, connectId,
 * record and epoch. Gives for each session its outcome and the records that are displaced.
 */
export const restoreScript = new Script(`${common}
local function restore(account, device, gateway, channel, connect, record, epoch)
  local own, others = read(account, device)
  if own and own.channel == channel and own.is_living then
    if redis.call('PTTL', account) < ${KEEP_MS / 2} then redis.call('PEXPIRE', account, ${KEEP_MS}) end
    return {'kept', {}}
  end
  local displaced = in_the_way(own and own.is_living and own or nil, others, tonumber(ARGV[1]))
  for _, session in ipairs(displaced) do
    if session.epoch > tonumber(epoch) then return {'displaced', {}} end
  end
  put(account, displaced, device, epoch, gateway, channel, connect, record)
  return {'restored', records(displaced)}
end
local results = {}
for at = 2, #KEYS do
  results[at - 1] = restore(KEYS[at], unpack(ARGV, (at - 2) * 6 + 2, (at - 1) * 6 + 1))
end
return results`);

/** Keys: leases, account. Arguments: device, channel. Gives 1 if the session was removed, and 1 if it was the last. */
export const leaveScript = new Script(`${common}
local own, others = read(KEYS[2], ARGV[1])
if not own or own.channel ~= ARGV[2] then return {0, 0} end
redis.call('HDEL', KEYS[2], ARGV[1])
return {1, #others == 0 and 1 or 0}`);

/** Keys: leases and account, for each account. Gives for each the records of its sessions. */
export const findScript = new Script(`${common}
local found = {}
for at = 1, #KEYS, 2 do
  local sessions = {}
  for _, packed in ipairs(redis.call('HVALS', KEYS[at + 1])) do
    local session = cmsgpack.unpack(packed)
    if has_lease(KEYS[at], session[2]) then table.insert(sessions, session[5]) end
  end
  table.insert(found, sessions)
end
return found`);

/** Key: leases. Arguments: gateway, milliseconds. Gives 1 if it had a lease. */
export const renewScript = new Script(`${common}
local had_lease = has_lease(KEYS[1], ARGV[1])
local leases = redis.call('HGETALL', KEYS[1])
for at = 1, #leases, 2 do
  if not has_lease(KEYS[1], leases[at]) then redis.call('HDEL', KEYS[1], leases[at]) end
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now_us / 1000 + ARGV[2]))
return had_lease and 1 or 0`);
