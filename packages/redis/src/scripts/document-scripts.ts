import { type RedisScript, readingScript, writingScript } from '../client/redis-script.js'
import {
  FIND_RECORD,
  INDEX_FUNCTIONS,
  LIST_INDEX,
  LIST_UNEXPIRED,
  NAME_IN_INDEX,
  RECORD_FUNCTIONS,
} from './record-functions.js'

/** Tags stand encoded, one space between two. */
const DOCUMENT_FUNCTIONS = `
local function endsAt(document)
  return document.expiresAt and instant(document.expiresAt) or math.huge
end

local function carries(document, tag)
  return string.find(' ' .. present(document.tags) .. ' ', ' ' .. tag .. ' ', 1, true) ~= nil
end

local function findDocument(key)
  local document, flat = read(key)
  if document and now < endsAt(document) then return document, flat end
end
`

/**
 * An index holds the id of a document and the name of what was written: names of what was written over or removed say
 * nothing, whoever comes to take them off.
 */
const NAME_FUNCTIONS = `
local function splitMember(member)
  local id, name = string.match(member, '^(%S+) (%S+)$')
  if not id then error('AUTHCORE_RECORD_INVALID') end
  return id, name
end

local function unname(root, namespace, id, document)
  local member = id .. ' ' .. present(document.name)
  for tag in string.gmatch(present(document.tags), '%S+') do
    local index = root .. 'tagged:{' .. namespace .. ':' .. tag .. '}'
    redis.call('ZREM', index .. ':created', member)
    redis.call('ZREM', index .. ':expiry', member)
  end
end
`

/** Every script begins so: `ARGV[1]` is the caller's time, `ARGV[2]` the margin of the expiry in Redis. */
const PRELUDE = `${RECORD_FUNCTIONS}${DOCUMENT_FUNCTIONS}`

/**
 * `ARGV[3]` to `ARGV[6]`: the expected version, the attempt, the name of what is written and, where it matters, of what
 * it must replace. `ARGV[7]` is the expiry; fields and values follow from `ARGV[10]` on.
 */
const PUT_FUNCTION = `
local expectedVersion, writeId, name, expectedName = tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6]
local expiresAt = tonumber(ARGV[7])

local function put(key)
  local stored = read(key)
  -- looked at before anything is changed: a script that fails half-way is not undone
  if stored then
    present(stored.name)
    present(stored.tags)
  end
  local document = stored
  if stored and now >= endsAt(stored) then document = nil end
  local version = document and instant(document.version) or 0
  if version ~= expectedVersion then
    local isRepeat = document and version == expectedVersion + 1 and present(document.writeId) == writeId
    return isRepeat and 'repeated' or 'conflict', document
  end
  if expectedName ~= '' and present(document.name) ~= expectedName then return 'changed', document end
  local createdAt = document and present(document.createdAt) or ARGV[1]
  redis.call('DEL', key)
  if now < expiresAt then
    redis.call('HSET', key, 'version', string.format('%.0f', version + 1), 'createdAt', createdAt,
      'updatedAt', ARGV[1], 'writeId', writeId, 'name', name, unpack(ARGV, 10))
    keepUntil(key, expiresAt)
  end
  return 'stored', stored, createdAt
end
`

/** KEYS: document, then created and expiry of each tag. The indexes of what is replaced are reached through its tags. */
export const PUT_DOCUMENT: RedisScript = writingScript(
  PRELUDE,
  NAME_FUNCTIONS,
  PUT_FUNCTION,
  INDEX_FUNCTIONS,
  `
local root, namespace, id = base(KEYS[1], ARGV[8]), string.match(ARGV[9], '^(%S+) (%S+)$')
local outcome, replaced, createdAt = put(KEYS[1])
if outcome == 'stored' then
  if replaced then unname(root, namespace, id, replaced) end
  if now < expiresAt then
    local score = string.format('%.17g', -instant(createdAt))
    for i = 2, #KEYS, 2 do nameInIndex(KEYS[i], KEYS[i + 1], id .. ' ' .. name, score, expiresAt) end
  end
end
return {outcome}
`,
)

/** In a cluster, first. KEYS: created, expiry. */
export const NAME_DOCUMENT: RedisScript = writingScript(RECORD_FUNCTIONS, INDEX_FUNCTIONS, NAME_IN_INDEX)

/** In a cluster, then. KEYS: document. Answers also with the name and the tags of what stands there or stood there. */
export const PUT_NAMED_DOCUMENT: RedisScript = writingScript(
  PRELUDE,
  PUT_FUNCTION,
  `
local outcome, document = put(KEYS[1])
if not document then return {outcome, '', ''} end
return {outcome, present(document.name), present(document.tags)}
`,
)

/** In a cluster, last: takes off what names nothing any more. KEYS: created, expiry. */
export const UNNAME_DOCUMENT: RedisScript = writingScript(`
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return 'done'
`)

/** KEYS: document. */
export const FIND_DOCUMENT: RedisScript = readingScript(FIND_RECORD)

/**
 * KEYS: document. An empty tag or version stands for any. On one server `ARGV[5]` leads from the key to the indexes,
 * which in a cluster the caller sees to.
 */
export const REMOVE_DOCUMENT: RedisScript = writingScript(
  PRELUDE,
  NAME_FUNCTIONS,
  INDEX_FUNCTIONS,
  `
local tag, expectedVersion, suffixLength = ARGV[3], ARGV[4], ARGV[5]
local document = findDocument(KEYS[1])
if not document or (tag ~= '' and not carries(document, tag)) then return {'not_found'} end
if expectedVersion ~= '' and instant(document.version) ~= tonumber(expectedVersion) then return {'conflict'} end
local name, tags = present(document.name), present(document.tags)
if suffixLength ~= '' then unname(base(KEYS[1], suffixLength), ARGV[6], ARGV[7], document) end
redis.call('DEL', KEYS[1])
return {'removed', name, tags}
`,
)

/** KEYS: created, expiry. The documents are reached through the ids in the index, as one server allows. */
export const REMOVE_TAGGED: RedisScript = writingScript(
  PRELUDE,
  NAME_FUNCTIONS,
  INDEX_FUNCTIONS,
  `
local root, namespace, tag, removed = base(KEYS[1], ARGV[3]), ARGV[4], ARGV[5], 0
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[1], '+inf')) do
  local id, name = splitMember(member)
  local key = root .. 'document:{' .. namespace .. ':' .. id .. '}'
  local document = findDocument(key)
  if document and present(document.name) == name and carries(document, tag) then
    unname(root, namespace, id, document)
    redis.call('DEL', key)
    removed = removed + 1
  end
end
return {string.format('%.0f', removed)}
`,
)

/** KEYS: created. The last instant is listed whole, because its order is not that of the index. */
export const LIST_DOCUMENTS: RedisScript = readingScript(
  PRELUDE,
  NAME_FUNCTIONS,
  INDEX_FUNCTIONS,
  `
local root, namespace, tag, limit = base(KEYS[1], ARGV[3]), ARGV[4], ARGV[5], tonumber(ARGV[6])
local found, rank, last = {}, 0, nil
while true do
  local members = redis.call('ZRANGE', KEYS[1], rank, rank + 99)
  for _, member in ipairs(members) do
    local id, name = splitMember(member)
    local document, flat = findDocument(root .. 'document:{' .. namespace .. ':' .. id .. '}')
    if document and present(document.name) == name and carries(document, tag) then
      if #found >= limit and document.createdAt ~= last then return found end
      found[#found + 1] = {id, flat}
      last = document.createdAt
    end
  end
  if #members < 100 then return found end
  rank = rank + #members
end
`,
)

/** In a cluster. KEYS: created. */
export const LIST_NAMED_DOCUMENTS: RedisScript = readingScript(LIST_INDEX)

/** In a cluster. KEYS: expiry. */
export const LIST_UNEXPIRED_DOCUMENTS: RedisScript = readingScript(LIST_UNEXPIRED)
