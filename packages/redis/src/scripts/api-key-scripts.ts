import { type RedisScript, readingScript, writingScript } from '../client/redis-script.js'
import {
  FIND_RECORD,
  INDEX_FUNCTIONS,
  INSERT_FUNCTION,
  LIST_INDEX,
  LIST_RECORDS,
  NAME_IN_INDEX,
  RECORD_FUNCTIONS,
} from './record-functions.js'

const API_KEY_FUNCTIONS = `
local function endsAt(apiKey)
  return apiKey.expiresAt and instant(apiKey.expiresAt) or math.huge
end

local function isVisible(apiKey, owner)
  return apiKey.owner == owner and now < endsAt(apiKey)
end

local function isOver()
  return false
end

local function findOwned(key, owner)
  local apiKey, flat = read(key)
  if not apiKey or now >= endsAt(apiKey) then return nil end
  if owner ~= '' and present(apiKey.owner) ~= owner then return nil end
  return apiKey, flat
end
`

/** Every script begins so: `ARGV[1]` is the caller's time, `ARGV[2]` the margin of the expiry in Redis. */
const PRELUDE = `${RECORD_FUNCTIONS}${API_KEY_FUNCTIONS}`

/** What a rotation makes of two keys; scope, metadata and names are copied as they stand. */
const ROTATE_FUNCTIONS = `
local function toSuccessor(apiKey, id, hash, secretId, expiresAt)
  if expiresAt == '' and apiKey.expiresAt then
    expiresAt = string.format('%.17g', now + (instant(apiKey.expiresAt) - instant(apiKey.createdAt)))
  end
  local fields = {'id', id, 'hash', hash, 'secretId', secretId, 'createdAt', ARGV[1]}
  if expiresAt ~= '' then
    fields[#fields + 1] = 'expiresAt'
    fields[#fields + 1] = expiresAt
  end
  for _, name in ipairs({'owner', 'name', 'environment', 'scope', 'metadata', 'lineageId'}) do
    fields[#fields + 1] = name
    fields[#fields + 1] = present(apiKey[name])
  end
  for _, name in ipairs({'notBeforeAt', 'disabledAt', 'remainingUses', 'rateLimit'}) do
    if apiKey[name] then
      fields[#fields + 1] = name
      fields[#fields + 1] = apiKey[name]
    end
  end
  return fields, expiresAt == '' and math.huge or tonumber(expiresAt)
end

local function isScopeWithin(apiKey, bounds)
  if bounds == '' then return true end
  local allowed = {}
  for _, value in ipairs(cjson.decode(bounds)) do allowed[value] = true end
  for _, value in ipairs(cjson.decode(present(apiKey.scope))) do
    if not allowed[value] then return false end
  end
  return true
end

local function limitPredecessor(key, apiKey, successorId, overlapExpiresAt)
  local expiresAt = overlapExpiresAt
  if endsAt(apiKey) < tonumber(overlapExpiresAt) then expiresAt = apiKey.expiresAt end
  redis.call('HSET', key, 'successorId', successorId, 'expiresAt', expiresAt)
  -- the uses moved to the successor; kept on both, rotating would double them
  if apiKey.remainingUses then redis.call('HSET', key, 'remainingUses', '0') end
  keepUntil(key, tonumber(expiresAt))
  return tonumber(expiresAt)
end
`

/** KEYS: API key, created, expiry. */
export const INSERT_API_KEY: RedisScript = writingScript(
  PRELUDE,
  INSERT_FUNCTION,
  INDEX_FUNCTIONS,
  `
local member, score, expiresAt = ARGV[3], ARGV[4], tonumber(ARGV[5])
if insert(KEYS[1], expiresAt, argumentsFrom(6)) then nameInIndex(KEYS[2], KEYS[3], member, score, expiresAt) end
return 'done'
`,
)

/** In a cluster, first. KEYS: created, expiry. */
export const NAME_API_KEY: RedisScript = writingScript(RECORD_FUNCTIONS, INDEX_FUNCTIONS, NAME_IN_INDEX)

/** In a cluster, then. KEYS: API key. Answers with what stands there now. */
export const INSERT_NAMED_API_KEY: RedisScript = writingScript(
  PRELUDE,
  INSERT_FUNCTION,
  `
local expiresAt = tonumber(ARGV[3])
if now < expiresAt then insert(KEYS[1], expiresAt, argumentsFrom(4)) end
return redis.call('HGETALL', KEYS[1])
`,
)

/** KEYS: API key. */
export const FIND_API_KEY: RedisScript = readingScript(FIND_RECORD)

/** KEYS: API key. */
export const CONSUME_API_KEY_USE: RedisScript = writingScript(
  PRELUDE,
  `
local apiKey = findOwned(KEYS[1], '')
if not apiKey or not apiKey.remainingUses or apiKey.disabledAt or apiKey.revokedAt then return {'refused'} end
if apiKey.notBeforeAt and now < instant(apiKey.notBeforeAt) then return {'refused'} end
if instant(apiKey.remainingUses) <= 0 then return {'exhausted'} end
return {'consumed', string.format('%.0f', redis.call('HINCRBY', KEYS[1], 'remainingUses', -1))}
`,
)

/** KEYS: API key, successor. The index is reached through the owner in the record, as one server allows. */
export const ROTATE_API_KEY: RedisScript = writingScript(
  PRELUDE,
  ROTATE_FUNCTIONS,
  INDEX_FUNCTIONS,
  `
local owner, member, successorId, overlapExpiresAt, suffixLength = ARGV[3], ARGV[4], ARGV[5], ARGV[9], ARGV[11]
local apiKey, flat = findOwned(KEYS[1], owner)
if not apiKey then return {'not_found'} end
if apiKey.revokedAt then return {'revoked'} end
if not isScopeWithin(apiKey, ARGV[10]) then return {'scope_exceeded'} end
local known, knownFlat = findOwned(KEYS[2], '')
if apiKey.successorId then
  if apiKey.successorId ~= successorId or not known then return {'already_rotated'} end
  return {'rotated', flat, knownFlat}
end
if known then return {'in_use'} end

local fields, expiresAt = toSuccessor(apiKey, successorId, ARGV[6], ARGV[7], ARGV[8])
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], unpack(fields))
keepUntil(KEYS[2], expiresAt)
local predecessorExpiresAt = limitPredecessor(KEYS[1], apiKey, successorId, overlapExpiresAt)

local index = base(KEYS[1], suffixLength) .. 'owner:{' .. apiKey.owner .. '}'
nameInIndex(index .. ':created', index .. ':expiry', successorId, string.format('%.17g', -now), expiresAt)
redis.call('ZADD', index .. ':expiry', string.format('%.17g', predecessorExpiresAt), member)
keepIndex(index .. ':created', index .. ':expiry')
return {'rotated', redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2])}
`,
)

/**
 * In a cluster: decides a rotation in the slot of the old key and keeps there what the successor is, so that a
 * repeat can write it. KEYS: API key. Refuses when the expiry is not the one that the index was told by.
 */
export const DECIDE_API_KEY_ROTATION: RedisScript = writingScript(
  PRELUDE,
  ROTATE_FUNCTIONS,
  `
local owner, expectedExpiresAt, successorId, overlapExpiresAt = ARGV[3], ARGV[4], ARGV[5], ARGV[9]
local apiKey, flat = findOwned(KEYS[1], owner)
if not apiKey then return {'not_found'} end
if apiKey.revokedAt then return {'revoked'} end
if not isScopeWithin(apiKey, ARGV[10]) then return {'scope_exceeded'} end
if apiKey.successorId then
  if apiKey.successorId ~= successorId then return {'already_rotated'} end
  return {'repeated', flat, cjson.decode(present(apiKey.pendingSuccessor))}
end
if (apiKey.expiresAt or '') ~= expectedExpiresAt then return {'changed'} end
local fields = toSuccessor(apiKey, successorId, ARGV[6], ARGV[7], ARGV[8])
redis.call('HSET', KEYS[1], 'pendingSuccessor', cjson.encode(fields))
limitPredecessor(KEYS[1], apiKey, successorId, overlapExpiresAt)
return {'rotated', redis.call('HGETALL', KEYS[1]), fields}
`,
)

/** KEYS: API key. An empty owner stands for any. */
export const REVOKE_API_KEY: RedisScript = writingScript(
  PRELUDE,
  `
local apiKey = findOwned(KEYS[1], ARGV[3])
if not apiKey then return 0 end
redis.call('HSETNX', KEYS[1], 'revokedAt', ARGV[1])
return 1
`,
)

/**
 * KEYS: API key. `ARGV[5]` says disable (1), enable (0) or neither; fields and values follow, an empty value takes
 * the field away. On one server `ARGV[4]` leads from the key to the index of its owner.
 */
export const UPDATE_API_KEY: RedisScript = writingScript(
  PRELUDE,
  INDEX_FUNCTIONS,
  `
local owner, suffixLength, disabled, member = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local apiKey = findOwned(KEYS[1], owner)
if not apiKey or apiKey.revokedAt then return {} end
if disabled == '1' then redis.call('HSETNX', KEYS[1], 'disabledAt', ARGV[1]) end
if disabled == '0' then redis.call('HDEL', KEYS[1], 'disabledAt') end
for i = 7, #ARGV, 2 do
  if ARGV[i + 1] == '' then redis.call('HDEL', KEYS[1], ARGV[i])
  else redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
local changed, flat = read(KEYS[1])
if changed.expiresAt ~= apiKey.expiresAt then
  keepUntil(KEYS[1], endsAt(changed))
  if suffixLength ~= '' then
    local index = base(KEYS[1], suffixLength) .. 'owner:{' .. present(apiKey.owner) .. '}'
    redis.call('ZADD', index .. ':expiry', string.format('%.17g', endsAt(changed)), member)
    keepIndex(index .. ':created', index .. ':expiry')
  end
end
return flat
`,
)

/** KEYS: API keys; as many instants of use follow. */
export const TOUCH_API_KEYS: RedisScript = writingScript(
  PRELUDE,
  `
for i, key in ipairs(KEYS) do
  local apiKey = findOwned(key, '')
  if apiKey and (not apiKey.lastUsedAt or instant(apiKey.lastUsedAt) < tonumber(ARGV[2 + i])) then
    redis.call('HSET', key, 'lastUsedAt', ARGV[2 + i])
  end
end
return 'done'
`,
)

/** KEYS: created. */
export const LIST_API_KEYS: RedisScript = readingScript(PRELUDE, INDEX_FUNCTIONS, LIST_RECORDS)

/** In a cluster. KEYS: created. */
export const LIST_NAMED_API_KEYS: RedisScript = readingScript(LIST_INDEX)
