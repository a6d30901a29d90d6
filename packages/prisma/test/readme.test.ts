import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { describeWithPostgres } from './setup/describe-with-postgres.js'
import { openPostgres } from './setup/postgres.js'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

describe('the example of the README', () => {
  it('is the one that is type-checked and run here', () => {
    const [, example] = /```ts\n(.*?)```/s.exec(read('../README.md')) ?? []
    const checked = read('readme-example.ts')
    expect(example).toBe(
      checked.replaceAll('./dist/prisma-7/client/client.js', './generated/prisma/client.js'),
    )
  })
})

await describeWithPostgres('the example of the README, on PostgreSQL', server => {
  afterEach(() => vi.unstubAllEnvs())

  it('signs in, refreshes and verifies', async () => {
    const database = await openPostgres(server)
    vi.stubEnv('DATABASE_URL', database.url)
    vi.stubEnv('AUTHCORE_SECRET', randomBytes(32).toString('base64url'))
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    await import('./readme-example.js')
    expect(log).toHaveBeenCalledExactlyOnceWith('user-1')
    const { rows } = await database.admin.query('SELECT subject, generation FROM authcore_session')
    expect(rows).toEqual([{ subject: 'user-1', generation: '1' }])
    await database.end()
  })
})
