import type { Stores } from '@authcore/core/ports'
import type { OpenDatabase } from './databases.js'
import type { Copier } from './fill-stores.js'
import { RANDOM_CHARACTERS, randomId } from './population.js'

/** Copies through the stores themselves, which cost little in memory. */
export function createMemoryCopier({ apiKeys, sessions }: Stores): Copier {
  return {
    async copyKey(record, copies) {
      for (let copy = 0; copy < copies; copy++) {
        const id = copyId(record.id)
        const apiKey = { ...record, id, lineageId: id, ownerId: `${record.ownerId}-${copy}` }
        await apiKeys.insert({ apiKey, now: record.createdAt })
      }
    },
    async copySession(record, copies) {
      for (let copy = 0; copy < copies; copy++) {
        const session = { ...record, id: copyId(record.id), subject: `${record.subject}-${copy}` }
        await sessions.insert({ session, now: record.createdAt })
      }
    },
    async settle() {
      globalThis.gc?.()
    },
  }
}

/**
 * KEYS: a record and the two sets of its index. ARGV: its id and its owner, then those of each copy. Whatever the
 * store wrote is read and written again with the new names in it.
 */
const COPY = `
local id, group = ARGV[1], ARGV[2]

local function cut(text, place)
  local pieces, from = {}, 1
  while true do
    local first, last = string.find(text, place, from, true)
    if not first then
      pieces[#pieces + 1] = string.sub(text, from)
      return pieces
    end
    pieces[#pieces + 1] = string.sub(text, from, first - 1)
    from = last + 1
  end
end

local function keepFor(key, ttl)
  if ttl > 0 then redis.call('PEXPIRE', key, ttl) end
end

local fields, ttl = redis.call('HGETALL', KEYS[1]), redis.call('PTTL', KEYS[1])
local score, expiry = redis.call('ZSCORE', KEYS[2], id), redis.call('ZSCORE', KEYS[3], id)
local indexTtl = redis.call('PTTL', KEYS[2])
local withId, withGroup = {}, {}
for place, text in ipairs(fields) do
  if string.find(text, id, 1, true) then withId[place] = cut(text, id) end
  if text == group then withGroup[#withGroup + 1] = place end
end
local record, created, expiring = cut(KEYS[1], id), cut(KEYS[2], group), cut(KEYS[3], group)
for copy = 3, #ARGV, 2 do
  local newId, newGroup = ARGV[copy], ARGV[copy + 1]
  for place, pieces in pairs(withId) do fields[place] = table.concat(pieces, newId) end
  for _, place in ipairs(withGroup) do fields[place] = newGroup end
  local recordKey, createdKey = table.concat(record, newId), table.concat(created, newGroup)
  local expiringKey = table.concat(expiring, newGroup)
  redis.call('HSET', recordKey, unpack(fields))
  redis.call('ZADD', createdKey, score, newId)
  redis.call('ZADD', expiringKey, expiry, newId)
  keepFor(recordKey, ttl)
  keepFor(createdKey, indexTtl)
  keepFor(expiringKey, indexTtl)
end
return 'done'
`

/** Copies inside of the server what the store wrote for one record. */
export function createRedisCopier({ recorded, run }: OpenDatabase): Copier {
  const copy = async (id: string, group: string, copies: number): Promise<void> => {
    const names = Array.from({ length: copies }, (_, number) => [copyId(id), `${group}-${number}`]).flat()
    const keys = findKeys(recorded.calls)
    await run('EVAL', COPY, String(keys.length), ...keys, id, group, ...names)
  }
  return {
    async copyKey(record, copies) {
      // is there already; what the store sends for it names the keys
      await recorded.stores.apiKeys.insert({ apiKey: record, now: record.createdAt })
      await copy(record.id, record.ownerId, copies)
    },
    async copySession(record, copies) {
      await recorded.stores.sessions.insert({ session: record, now: record.createdAt })
      await copy(record.id, record.subject, copies)
    },
    async settle() {},
  }
}

/** Copies rows inside of the database. */
export function createPostgresCopier({ run, prefix }: OpenDatabase): Copier {
  const copy = async (table: string, id: string, group: string, copies: number): Promise<void> => {
    const columns = await listColumns(run, prefix, table)
    const values = columns.map(column => {
      if (column === 'id' || column === 'lineage_id') return 'named.id'
      return column === group ? `template.${column} || '-' || copy` : `template.${column}`
    })
    // an id of AuthCore has letters, digits, - and _ only
    await run(`
      INSERT INTO ${table} (${columns.join(', ')})
      SELECT ${values.join(', ')} FROM ${table} AS template, generate_series(0, ${copies} - 1) AS copy, LATERAL (
        SELECT left(template.id, -${RANDOM_CHARACTERS}) || left(md5(random() || '-' || copy), ${RANDOM_CHARACTERS}) AS id
      ) AS named
      WHERE template.id = '${id}'`)
  }
  return {
    copyKey: ({ id }, copies) => copy('authcore_api_key', id, 'owner_id', copies),
    copySession: ({ id }, copies) => copy('authcore_session', id, 'subject', copies),
    async settle() {
      // ids are random, so in their order those that AuthCore issued stand anywhere among the copies
      for (const table of ['authcore_api_key', 'authcore_session', 'authcore_revocation']) {
        await run(`CLUSTER ${table} USING ${table}_pkey`)
        await run(`VACUUM (ANALYZE) ${table}`)
      }
    },
  }
}

async function listColumns(
  run: OpenDatabase['run'],
  schema: string,
  table: string,
): Promise<readonly string[]> {
  const found = await run(
    `SELECT column_name FROM information_schema.columns
     WHERE table_schema = '${schema}' AND table_name = '${table}' ORDER BY ordinal_position`,
  )
  return Object(found).rows.map((row: { readonly column_name: string }) => row.column_name)
}

/** The three keys of the last script that names three: a record and the two sets of its index. */
function findKeys(calls: OpenDatabase['recorded']['calls']): readonly string[] {
  for (const { args } of calls.toReversed()) {
    const keys: unknown = Object(args[1]).keys
    if (Array.isArray(keys) && keys.length === 3) return keys
  }
  throw new RangeError('No insertion was recorded.')
}

/** Of the same form and length. */
function copyId(id: string): string {
  return id.slice(0, -RANDOM_CHARACTERS) + randomId()
}
