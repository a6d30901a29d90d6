import { type RedisScript, writingScript } from '../client/redis-script.js'
import { RECORD_FUNCTIONS } from './record-functions.js'

const ENTRY_FUNCTIONS = `
local function findEntry(key)
  local entry = read(key)
  if entry and now < instant(entry.expiresAt) then return entry end
end

local function store(key, expiresAt, field, value)
  if now >= tonumber(expiresAt) then return end
  redis.call('DEL', key)
  redis.call('HSET', key, 'expiresAt', expiresAt, field, value)
  keepUntil(key, tonumber(expiresAt))
end
`

/** KEYS: the entry. ARGV: now, margin, holder, expiry. */
export const RESERVE_ONCE: RedisScript = writingScript(
  RECORD_FUNCTIONS,
  ENTRY_FUNCTIONS,
  `
local entry = findEntry(KEYS[1])
if entry then return (not entry.value and present(entry.holder) == ARGV[3]) and 'reserved' or 'taken' end
store(KEYS[1], ARGV[4], 'holder', ARGV[3])
return 'reserved'
`,
)

/** KEYS: the entry. ARGV: now, margin, value, expiry. */
export const PUT_ONCE: RedisScript = writingScript(
  RECORD_FUNCTIONS,
  ENTRY_FUNCTIONS,
  `
if findEntry(KEYS[1]) then return 'exists' end
store(KEYS[1], ARGV[4], 'value', ARGV[3])
return 'stored'
`,
)

/** KEYS: the entry. ARGV: now, margin, holder. What is left lets the same holder ask again, and nobody else. */
export const TAKE_ONCE: RedisScript = writingScript(
  RECORD_FUNCTIONS,
  ENTRY_FUNCTIONS,
  `
local entry = findEntry(KEYS[1])
if not entry or not entry.value then return {'not_found'} end
if entry.holder and entry.holder ~= ARGV[3] then return {'not_found'} end
redis.call('HSETNX', KEYS[1], 'holder', ARGV[3])
return {'taken', entry.value}
`,
)
