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

/** KEYS: as many marks as ARGV says, then sessions. Answers with a text for each mark and two for each session. */
export const FIND_MARKS: RedisScript = readingScript(`
local marks, found = tonumber(ARGV[1]), {}
for i = 1, marks do found[i] = redis.call('GET', KEYS[i]) or '' end
for i = marks + 1, #KEYS do
  local session = redis.call('HMGET', KEYS[i], 'revokedAt', 'absoluteExpiresAt')
  found[#found + 1] = session[1] or ''
  found[#found + 1] = session[2] or ''
end
return found
`)
