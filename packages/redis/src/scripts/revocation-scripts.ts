import { type RedisScript, readingScript, writingScript } from '../client/redis-script.js'
import { RECORD_FUNCTIONS } from './record-functions.js'

/** KEYS: marks. ARGV: two instants for each, since when and until when. A mark is one text: both instants. */
export const REVOKE_MARKS: RedisScript = writingScript(
  RECORD_FUNCTIONS,
  `
local marks = {}
for i, key in ipairs(KEYS) do
  local revokedAt, expiresAt = ARGV[1 + i * 2], ARGV[2 + i * 2]
  local known = marks[key]
  if not known then
    local stored = redis.call('GET', key)
    if stored then
      local since, till = string.match(stored, '^(%S+) (%S+)$')
      if now < instant(till) then known = {since, till} end
      instant(since)
    end
  end
  if known then
    if tonumber(known[1]) > tonumber(revokedAt) then revokedAt = known[1] end
    if tonumber(known[2]) > tonumber(expiresAt) then expiresAt = known[2] end
  end
  if now < tonumber(expiresAt) then marks[key] = {revokedAt, expiresAt} end
end
-- read as a whole before the first is written: a damaged one leaves all as they were
for key, mark in pairs(marks) do
  redis.call('SET', key, mark[1] .. ' ' .. mark[2])
  keepUntil(key, tonumber(mark[2]))
end
return 'done'
`,
)

/** KEYS: marks, and after each that names a session (1 in ARGV) the session itself. */
export const FIND_MARKS: RedisScript = readingScript(`
local found, key = {}, 1
for i = 1, #ARGV do
  local mark, session = redis.call('GET', KEYS[key]) or '', {}
  key = key + 1
  if ARGV[i] == '1' then
    session = redis.call('HMGET', KEYS[key], 'revokedAt', 'absoluteExpiresAt')
    key = key + 1
  end
  found[i] = {mark, session[1] or '', session[2] or ''}
end
return found
`)

/** In a cluster. KEYS: session. */
export const FIND_ENDED_SESSION: RedisScript = readingScript(`
local session = redis.call('HMGET', KEYS[1], 'revokedAt', 'absoluteExpiresAt')
return {session[1] or '', session[2] or ''}
`)
