import { type RedisScript, readingScript, writingScript } from '../client/redis-script.js'

/** KEYS: the ring. Two empty texts stand for one that was never written. */
export const READ_RING: RedisScript = readingScript(`
local ring = redis.call('HMGET', KEYS[1], 'version', 'keys')
return {ring[1] or '', ring[2] or ''}
`)

/** KEYS: the ring. ARGV: expected version, next version, keys. */
export const REPLACE_RING: RedisScript = writingScript(`
local version = redis.call('HGET', KEYS[1], 'version') or '0'
if version ~= ARGV[1] then return 'conflict' end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'keys', ARGV[3])
return 'replaced'
`)
