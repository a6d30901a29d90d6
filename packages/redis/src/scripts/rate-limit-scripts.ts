import { type RedisScript, writingScript } from '../client/redis-script.js'
import { RECORD_FUNCTIONS } from './record-functions.js'

/**
 * GCRA without rounding. The meter is the instant at which the limit is untouched again, as whole milliseconds and a
 * fraction `numerator / limit`: with one unit lasting `window / limit` milliseconds, nothing is ever left over. Every
 * number stays a whole one below 2^53, which is what Lua counts exactly; the caller divides.
 *
 * KEYS: the meter. ARGV: now, margin, limit, window in milliseconds, and the cost in milliseconds: whole, numerator.
 */
export const TAKE_RATE_LIMIT: RedisScript = writingScript(
  RECORD_FUNCTIONS,
  `
local limit, window, costWhole, costPart = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])

-- part * limit / divisor, rounded up, by doubling: the product alone would be too long for a number
local function scaleUp(part, divisor)
  local quotient, rest, bit = 0, 0, 4503599627370496
  local left = limit
  while bit >= 1 do
    quotient, rest = quotient * 2, rest * 2
    if rest >= divisor then quotient, rest = quotient + 1, rest - divisor end
    if left >= bit then
      left = left - bit
      if rest >= divisor - part then quotient, rest = quotient + 1, rest - (divisor - part)
      else rest = rest + part end
    end
    bit = bit / 2
  end
  if rest > 0 then quotient = quotient + 1 end
  return quotient
end

local whole, part = now, 0
local stored = redis.call('GET', KEYS[1])
if stored then
  local storedWhole, storedPart, storedLimit = string.match(stored, '^(%-?%d+) (%d+) (%d+)$')
  local knownWhole, knownPart, knownLimit = instant(storedWhole), instant(storedPart), instant(storedLimit)
  if knownWhole >= now then
    whole, part = knownWhole, knownPart
    if knownLimit ~= limit then part = scaleUp(part, knownLimit) end
    if part >= limit then whole, part = whole + 1, 0 end
  end
end

local nextWhole, nextPart = whole + costWhole, part
if part >= limit - costPart then nextWhole, nextPart = nextWhole + 1, part - (limit - costPart)
else nextPart = part + costPart end
local used = nextWhole - now
local allowed = used < window or (used == window and nextPart == 0)
local format = string.format
if not allowed then
  return {'0', format('%.0f', whole - now), format('%.0f', part), format('%.0f', used), format('%.0f', nextPart)}
end
if costWhole > 0 or costPart > 0 then
  redis.call('SET', KEYS[1], format('%.0f %.0f %.0f', nextWhole, nextPart, limit))
  keepUntil(KEYS[1], nextWhole + 1)
end
return {'1', format('%.0f', used), format('%.0f', nextPart), format('%.0f', used), format('%.0f', nextPart)}
`,
)

/** KEYS: the meter. */
export const RESET_RATE_LIMIT: RedisScript = writingScript("return redis.call('DEL', KEYS[1])")
