/** Lua functions that several scripts begin with. Values are passed on as text; numbers are read to be compared. */
export const RECORD_FUNCTIONS = `
local now, margin = tonumber(ARGV[1]), tonumber(ARGV[2])

local function instant(text)
  if type(text) == 'string' and string.match(text, '^%-?%d+%.?%d*e?[%+%-]?%d*$') then
    local number = tonumber(text)
    if number then return number end
  end
  error('AUTHCORE_RECORD_INVALID')
end

local function present(text)
  if type(text) ~= 'string' then error('AUTHCORE_RECORD_INVALID') end
  return text
end

local function read(key)
  local flat = redis.call('HGETALL', key)
  if #flat == 0 then return nil end
  local record = {}
  for i = 1, #flat, 2 do record[flat[i]] = flat[i + 1] end
  return record, flat
end

local function keepUntil(key, expiresAt)
  if expiresAt == math.huge then return redis.call('PERSIST', key) end
  local ttl = math.ceil(math.max(expiresAt - now, 0)) + margin
  redis.call('PEXPIRE', key, string.format('%.0f', math.min(ttl, 3155760000000)))
end
`

/** Writes a record that is not there yet, or whose place is taken by an expired one. */
export const INSERT_FUNCTION = `
local function insert(key, expiresAt, fields)
  local known = read(key)
  if known and now < endsAt(known) then return false end
  redis.call('DEL', key)
  redis.call('HSET', key, unpack(fields))
  keepUntil(key, expiresAt)
  return true
end

local function argumentsFrom(first)
  local list = {}
  for i = first, #ARGV do list[#list + 1] = ARGV[i] end
  return list
end
`

/**
 * The index of a subject or an owner: two sorted sets. A member may be named too long, never too short: it leaves
 * only after the latest instant at which its record can be alive.
 */
export const INDEX_FUNCTIONS = `
local function keepIndex(created, expiry)
  local past = redis.call('ZRANGEBYSCORE', expiry, '-inf', string.format('%.17g', now - margin), 'LIMIT', 0, 16)
  if #past > 0 then
    redis.call('ZREM', created, unpack(past))
    redis.call('ZREM', expiry, unpack(past))
  end
  local last = redis.call('ZREVRANGE', expiry, 0, 0, 'WITHSCORES')[2]
  if last then
    keepUntil(created, tonumber(last))
    keepUntil(expiry, tonumber(last))
  end
end

local function nameInIndex(created, expiry, member, score, expiresAt)
  redis.call('ZADD', created, score, member)
  redis.call('ZADD', expiry, string.format('%.17g', expiresAt), member)
  keepIndex(created, expiry)
end

local function base(key, suffixLength)
  return string.sub(key, 1, #key - tonumber(suffixLength))
end
`

/** Names what is about to be written in another slot: it may not come, and what stands there is never shortened. */
export const NAME_IN_INDEX = `
local score, expiresAt = ARGV[4], tonumber(ARGV[5])
local known = redis.call('ZSCORE', KEYS[2], ARGV[3])
if known then
  score = redis.call('ZSCORE', KEYS[1], ARGV[3]) or score
  expiresAt = math.max(expiresAt, tonumber(known))
end
nameInIndex(KEYS[1], KEYS[2], ARGV[3], score, expiresAt)
return 'named'
`

/** The members of an index, newest first, by rank. */
export const LIST_INDEX = `
return redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[2])
`

/** The members of an index that may be alive. */
export const LIST_UNEXPIRED = `
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf')
`

/** A whole record, or nothing. */
export const FIND_RECORD = `
return redis.call('HGETALL', KEYS[1])
`

/**
 * The newest records of an index that its owner can see. On one server the records are reached through the ids in
 * the index. Members that \`isOver\` calls over never come back and leave the list.
 */
export const LIST_RECORDS = `
local prefix = base(KEYS[1], ARGV[3]) .. ARGV[4]
local limit, found, over, rank = tonumber(ARGV[6]), {}, {}, 0
while #found < limit do
  local members = redis.call('ZRANGE', KEYS[1], rank, rank + 99)
  if #members == 0 then break end
  rank = rank + #members
  for _, member in ipairs(members) do
    local record, flat = read(prefix .. member .. '}')
    if record and isVisible(record, ARGV[5]) then
      found[#found + 1] = {member, flat}
      if #found == limit then break end
    elseif record and isOver(record, ARGV[5]) then
      over[#over + 1] = member
    end
  end
end
for _, member in ipairs(over) do redis.call('ZREM', KEYS[1], member) end
return found
`
