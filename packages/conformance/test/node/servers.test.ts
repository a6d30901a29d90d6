import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { exchange } from '../../src/node/connection.js'
import {
  findMysqlServer,
  findPostgresServer,
  findRedisServer,
  isServer,
  type StartedServer,
  startPostgresServer,
  startRedisCluster,
  startRedisServer,
} from '../../src/node/index.js'
import { findProgram, postgresFolders } from '../../src/node/program.js'

afterEach(() => vi.unstubAllEnvs())

async function redis({ port }: StartedServer, command: string): Promise<string> {
  const address = { host: '127.0.0.1', port }
  const answer = await exchange(address, Buffer.from(`${command}\r\n`), bytes => bytes.includes('\r\n'))
  return answer?.toString().trim() ?? 'no answer'
}

const hasRedis = findProgram('redis-server') !== undefined
const hasPostgres = findProgram('initdb', postgresFolders()) !== undefined

describe('finding a server', () => {
  it.each([
    ['AUTHCORE_TEST_REDIS_URL', findRedisServer],
    ['AUTHCORE_TEST_POSTGRES_URL', findPostgresServer],
    ['AUTHCORE_TEST_MYSQL_URL', findMysqlServer],
  ])('takes the one that %s names', async (variable, find) => {
    vi.stubEnv(variable, 'somewhere://else')
    expect(await find()).toMatchObject({ url: 'somewhere://else', origin: 'named' })
  })

  it.each([
    ['redis', findRedisServer],
    ['postgres', findPostgresServer],
    ['mysql', findMysqlServer],
  ])(
    'finds one for %s at its usual port, or starts it, or says why not',
    { timeout: 30_000 },
    async (name, find) => {
      const found = await find()
      if (!isServer(found)) return expect(found.missing).toMatch(/^no /)
      expect(found.url).toMatch(new RegExp(`^${name}://`))
      await found.stop()
    },
  )

  it('says so when there is nothing', async () => {
    vi.stubEnv('PATH', '')
    expect(await startRedisServer()).toMatchObject({ missing: expect.stringContaining('redis-server') })
    expect(postgresFolders('/nowhere')).toEqual([])
  })
})

describe.runIf(hasRedis)('startRedisServer', { timeout: 30_000 }, () => {
  it('keeps what it has answered through kill and restart', async () => {
    const server = await startRedisServer()
    if (!isServer(server)) throw new Error(server.missing)
    expect(await redis(server, 'SET a 1')).toBe('+OK')
    await server.kill()
    expect(await redis(server, 'GET a')).toBe('no answer')
    await server.restart()
    expect(await redis(server, 'GET a')).toContain('$1')
    await server.stop()
    await server.stop()
    expect(await redis(server, 'PING')).toBe('no answer')
  })

  it('tells that its arguments are wrong', async () => {
    await expect(startRedisServer(['--no-such-setting', 'x'])).rejects.toThrow(/ended with code/)
  })

  it('makes a cluster of three', async () => {
    const cluster = await startRedisCluster()
    if ('missing' in cluster) throw new Error(cluster.missing)
    const [first] = cluster.nodes
    if (first === undefined) throw new Error('no node')
    const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(key => redis(first, `SET ${key} 1`)))
    expect(answers.some(answer => answer.startsWith('-MOVED'))).toBe(true)
    expect(answers.some(answer => answer === '+OK')).toBe(true)
    await cluster.stop()
  })
})

describe.runIf(hasPostgres)('startPostgresServer', { timeout: 60_000 }, () => {
  it('starts one of its own, kills and restarts it, and leaves nothing behind', async () => {
    const server = await startPostgresServer({ max_connections: '10' })
    if (!isServer(server)) throw new Error(server.missing)
    expect(server.url).toBe(`postgres://postgres@127.0.0.1:${server.port}/postgres`)
    await server.kill()
    await server.restart()
    await server.stop()
    expect(existsSync(`/tmp/.s.PGSQL.${server.port}`)).toBe(false)
  })
})
