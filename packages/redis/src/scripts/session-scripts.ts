import { type RedisScript, readingScript, writingScript } from '../client/redis-script.js'
import {
  FIND_RECORD,
  INDEX_FUNCTIONS,
  INSERT_FUNCTION,
  LIST_INDEX,
  LIST_RECORDS,
  LIST_UNEXPIRED,
  NAME_IN_INDEX,
  RECORD_FUNCTIONS,
} from './record-functions.js'

const SESSION_FUNCTIONS = `
local function endsAt(session)
  local absolute = instant(session.absoluteExpiresAt)
  if session.revokedAt then return absolute end
  return math.min(instant(session.idleExpiresAt), absolute)
end

local function isVisible(session, subject)
  return session.subject == subject and not session.revokedAt and now < endsAt(session)
end

local function isOver(session, subject)
  return session.subject == subject and session.revokedAt
end

local function finish(key, session, reason)
  if session.revokedAt then return end
  redis.call('HSET', key, 'revokedAt', ARGV[1], 'revocationReason', reason)
  keepUntil(key, instant(session.absoluteExpiresAt))
end
`

/** Every script begins so: `ARGV[1]` is the caller's time, `ARGV[2]` the margin of the expiry in Redis. */
const PRELUDE = `${RECORD_FUNCTIONS}${SESSION_FUNCTIONS}`

/** KEYS: session, created, expiry. */
export const INSERT_SESSION: RedisScript = writingScript(
  PRELUDE,
  INSERT_FUNCTION,
  INDEX_FUNCTIONS,
  `
local member, score, absolute, expiresAt = ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
if insert(KEYS[1], expiresAt, argumentsFrom(7)) then nameInIndex(KEYS[2], KEYS[3], member, score, absolute) end
return 'done'
`,
)

/** In a cluster, first. KEYS: created, expiry. */
export const NAME_SESSION: RedisScript = writingScript(RECORD_FUNCTIONS, INDEX_FUNCTIONS, NAME_IN_INDEX)

/** In a cluster, then. KEYS: session. */
export const INSERT_NAMED_SESSION: RedisScript = writingScript(
  PRELUDE,
  INSERT_FUNCTION,
  `
insert(KEYS[1], tonumber(ARGV[3]), argumentsFrom(4))
return 'done'
`,
)

/** KEYS: session. */
export const FIND_SESSION: RedisScript = readingScript(FIND_RECORD)

/** KEYS: session. */
export const ROTATE_SESSION: RedisScript = writingScript(
  PRELUDE,
  `
local presentedHash, presentedGeneration, successorHash, sealedSuccessor = ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
local idleExpiresAt, grace = ARGV[7], tonumber(ARGV[8])
local session, flat = read(KEYS[1])
if not session then return {'not_found'} end
local absolute = instant(session.absoluteExpiresAt)
if now >= absolute then return {'expired'} end
if session.revokedAt then return {'revoked', flat} end
if now >= instant(session.idleExpiresAt) then return {'expired'} end

local generation = instant(session.generation)
if present(session.currentHash) == presentedHash then
  if tonumber(idleExpiresAt) > absolute then idleExpiresAt = session.absoluteExpiresAt end
  redis.call('HSET', KEYS[1], 'generation', string.format('%.0f', generation + 1), 'currentHash', successorHash,
    'sealedSuccessor', sealedSuccessor, 'rotatedAt', ARGV[1], 'lastUsedAt', ARGV[1], 'idleExpiresAt', idleExpiresAt)
  keepUntil(KEYS[1], tonumber(idleExpiresAt))
  return {'rotated', redis.call('HGETALL', KEYS[1])}
end
if session.sealedSuccessor and session.rotatedAt and presentedGeneration + 1 == generation
  and now < instant(session.rotatedAt) + grace then
  return {'replayed', flat}
end
finish(KEYS[1], session, 'refresh_token_reused')
return {'reused', redis.call('HGETALL', KEYS[1])}
`,
)

/** KEYS: session. An empty subject stands for any. */
export const REVOKE_SESSION: RedisScript = writingScript(
  PRELUDE,
  `
local session = read(KEYS[1])
if not session or now >= endsAt(session) then return 0 end
if ARGV[4] ~= '' and present(session.subject) ~= ARGV[4] then return 0 end
finish(KEYS[1], session, ARGV[3])
return 1
`,
)

/** KEYS: created, expiry. The sessions are reached through the ids in the index, as one server allows. */
export const REVOKE_SUBJECT: RedisScript = writingScript(
  PRELUDE,
  INDEX_FUNCTIONS,
  `
local prefix, subject, exceptMember, reason = base(KEYS[1], ARGV[3]) .. ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local ended = {}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[1], '+inf')) do
  local key = prefix .. member .. '}'
  local session = read(key)
  if session and present(session.subject) == subject and now < endsAt(session) then
    if member ~= exceptMember then finish(key, session, reason) end
    if member ~= exceptMember or session.revokedAt then
      ended[#ended + 1] = member
      redis.call('ZREM', KEYS[1], member)
    end
  end
end
return ended
`,
)

/** KEYS: created. */
export const LIST_SESSIONS: RedisScript = readingScript(PRELUDE, INDEX_FUNCTIONS, LIST_RECORDS)

/** In a cluster. KEYS: created. */
export const LIST_NAMED_SESSIONS: RedisScript = readingScript(LIST_INDEX)

/** In a cluster. KEYS: expiry. */
export const LIST_UNEXPIRED_SESSIONS: RedisScript = readingScript(LIST_UNEXPIRED)
