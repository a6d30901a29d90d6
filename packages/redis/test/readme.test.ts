import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterEach, expect, it, vi } from 'vitest'
import { startServer } from './support/servers.js'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

afterEach(() => vi.unstubAllEnvs())

it('the example of the README is the one that is type-checked and run here', () => {
  const [, example] = /```ts\n(.*?)```/s.exec(read('../README.md')) ?? []
  expect(example).toBe(read('readme-example.ts').replace('../src/index.js', '@authcore/redis'))
})

it('the example of the README works', { timeout: 30_000 }, async () => {
  const server = await startServer()
  vi.stubEnv('REDIS_URL', server.url)
  vi.stubEnv('AUTHCORE_SECRET', randomBytes(32).toString('base64'))
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  await import('./readme-example.js')
  expect(log).toHaveBeenCalledExactlyOnceWith('user-1', 'token_revoked')
  await server.stop()
})
