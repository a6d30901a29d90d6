import { afterAll, beforeAll, expect, it } from 'vitest'
import { prismaStores } from '../src/index.js'
import { describeWithPostgres } from './setup/describe-with-postgres.js'
import { rotation, START, sessionRecord } from './setup/fixtures.js'
import { openAdmin, openClient, openPostgres, type PostgresInstance } from './setup/postgres.js'

const ROWS = 300
const LIMIT = 20
const now = START + 60_000

await describeWithPostgres('two cleaners', server => {
  let database: PostgresInstance
  beforeAll(async () => {
    database = await openPostgres(server)
  })
  afterAll(() => database.end())

  it('share the work: nothing is counted twice, no batch is larger than asked, nothing is left', async () => {
    await database.admin.query(
      `INSERT INTO authcore_one_time (namespace, key, expires_at) SELECT 'n', number, $1 FROM generate_series(1, $2) number`,
      [START, ROWS],
    )
    const { client } = openClient(database.url, 2)
    const cleaners = [database.stores.oneTime, prismaStores(client).oneTime]
    const removed = await Promise.all(
      Array.from({ length: 40 }, (_, call) => cleaners[call % 2]?.sweep({ now, limit: LIMIT })),
    )
    const batches = removed.map(batch => batch?.removed ?? Number.NaN)
    expect(Math.max(...batches)).toBeLessThanOrEqual(LIMIT)
    let total = batches.reduce((sum, batch) => sum + batch, 0)
    // whoever met only rows that the other was at has found nothing
    total += (await database.stores.oneTime.sweep({ now, limit: ROWS })).removed
    expect(total).toBe(ROWS)
    await client.$disconnect()
  })

  it('pass over a row that a request is at', async () => {
    const { sessions } = database.stores
    for (const id of ['session-1', 'session-2'])
      await sessions.insert({ session: sessionRecord({ id }), now: START })
    const request = await openAdmin(database.url)
    await request.query(
      `BEGIN; UPDATE authcore_session SET expires_at = expires_at + 1 WHERE id = 'session-1'`,
    )
    expect(await sessions.sweep({ now, limit: 10 })).toEqual({ removed: 1 })
    await request.query('COMMIT')
    await request.end()
    expect(await sessions.sweep({ now, limit: 10 })).toEqual({ removed: 0 })
    expect(await sessions.rotate(rotation(0))).toMatchObject({ outcome: 'rotated' })
  })
})
