import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient } from 'redis'
import { afterEach, describe, expect, it } from 'vitest'
import { parseArguments } from '../src/arguments.js'
import { createDataFolder, createEmptyFolder, type DataFolder } from './setup/data-folder.js'
import { describeWithPostgres, describeWithRedis, type TestPlace } from './setup/test-places.js'
import { TITLES } from './setup/titles.js'

const PROGRAM = fileURLToPath(new URL('../dist/main.js', import.meta.url))

let program: ChildProcess | undefined
let folder: DataFolder | undefined
const places: TestPlace[] = []

afterEach(async () => {
  if (program?.exitCode === null) program.kill('SIGKILL')
  folder?.remove()
  for (const place of places.splice(0)) await place.leave()
})

describe('the program on PGlite', () => {
  it('sets up an empty folder, walks, ends with 0, and walks again on the same data', async () => {
    folder = createEmptyFolder()
    const first = start(['--exit'], { DATA_FOLDER: folder.path })
    expect(await first.exited, first.output()).toBe(0)
    expectGoodWalk(first.output())
    expect(first.output()).toContain(`PGlite in ${folder.path}`)
    expect(first.output()).not.toContain('\u001b[')
    expect(readdirSync(folder.path).sort()).toEqual(['postgres', 'secret'])
    expect(statSync(join(folder.path, 'secret')).mode & 0o777).toBe(0o600)
    const secret = fingerprint(join(folder.path, 'secret'))

    const second = start(['--exit'], { DATA_FOLDER: folder.path })
    expect(await second.exited, second.output()).toBe(0)
    expectGoodWalk(second.output())
    expect(fingerprint(join(folder.path, 'secret'))).toBe(secret)
  })

  it('keeps serving on another port if its own is taken, alone on its data, and a crash loses nothing', async () => {
    folder = createDataFolder()
    const taken = createServer()
    await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
    const address = taken.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const first = start([], { PORT: port, DATA_FOLDER: folder.path })
    await first.shown('Ctrl-C')
    taken.close()
    expect(first.output()).toContain(`Port ${port} is taken; using `)
    const { baseUrl, tokens } = await logInAsAdmin(first.output())

    const other = start(['--exit'], { DATA_FOLDER: folder.path })
    expect(await other.exited).toBe(2)
    expect(other.output()).toMatch(/The data in \S+ are in use by process \d+/)

    // the server itself, without a chance to write anything down
    process.kill(Number(/process (\d+) started/.exec(first.output())?.[1]), 'SIGKILL')
    expect(await first.exited).toBe(1)
    expect(first.output()).toContain('The server has ended by itself.')
    const second = start([], { PORT: new URL(baseUrl).port, DATA_FOLDER: folder.path })
    await second.shown('Ctrl-C')
    expect(second.output()).toContain(`listens on ${baseUrl}`)
    const refreshed = await post(`${baseUrl}/auth/refresh`, { refresh_token: tokens['refresh_token'] })
    expect(refreshed.status).toBe(200)
    second.child.kill('SIGTERM')
    expect(await second.exited).toBe(0)
  })
})

await describeWithPostgres('the program on PostgreSQL', openDatabase => {
  it('creates the tables, walks, and ends with 0', async () => {
    const database = await open(openDatabase)
    folder = createEmptyFolder()
    const { exited, output } = start(['--exit'], { DATA_FOLDER: folder.path, DATABASE_URL: database.url })
    expect(await exited, output()).toBe(0)
    expectGoodWalk(output())
    expect(output()).toContain(`PostgreSQL at ${new URL(database.url).host}/${database.prefix}`)
    expect(readdirSync(folder.path)).toEqual(['secret'])
  })
})

await describeWithRedis('the program with Redis', openPrefix => {
  it('keeps revocations and rate limits there, walks, and ends with 0', async () => {
    const redis = await open(openPrefix)
    folder = createDataFolder()
    const { exited, output } = start(['--exit'], {
      DATA_FOLDER: folder.path,
      REDIS_URL: redis.url,
      REDIS_PREFIX: redis.prefix,
    })
    expect(await exited, output()).toBe(0)
    expectGoodWalk(output())
    const kinds = await listKinds(redis)
    expect(kinds).toContain('revoked')
    expect(kinds).toContain('rate-limit')
    expect(kinds).not.toContain('session')
  })
})

describe('a program that cannot start', () => {
  it.each([
    ['an argument that it does not know', ['--exti'], {}, '--exti is not an argument'],
    [
      'a PostgreSQL that is away',
      [],
      { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:9/x' },
      'PostgreSQL does',
    ],
    ['a Redis that is away', [], { REDIS_URL: 'redis://:hunter2@127.0.0.1:9' }, 'Redis does not answer'],
    [
      'a root secret that can be guessed',
      [],
      { AUTHCORE_SECRET: 'hunter2' },
      'less than 32 bytes of entropy',
    ],
  ])('ends with 2 on %s, and says why', async (_name, args, environment, message) => {
    folder = createDataFolder()
    const { exited, output } = start(args, { DATA_FOLDER: folder.path, ...environment })
    expect(await exited).toBe(2)
    expect(output()).toContain(message)
    expect(output()).not.toContain('hunter2')
    expect(output()).not.toContain('    at ')
  })
})

describe('arguments', () => {
  it('are read with their defaults', () => {
    const state = { folder: '/data', redisPrefix: 'authcore-demo' }
    expect(parseArguments([], {}, '/data')).toEqual({
      exit: false,
      framework: 'express',
      port: 3000,
      state,
    })
    expect(parseArguments(['--exit'], { PORT: '8080', DATABASE_URL: '' }, '/data')).toEqual({
      exit: true,
      framework: 'express',
      port: 8080,
      state,
    })
  })

  it('name where everything is kept', () => {
    const environment = {
      DATA_FOLDER: '/elsewhere',
      DATABASE_URL: 'postgres://db',
      REDIS_URL: 'redis://cache',
      REDIS_PREFIX: 'mine',
      AUTHCORE_SECRET: 'secret',
    }
    expect(parseArguments([], environment, '/data').state).toEqual({
      folder: '/elsewhere',
      databaseUrl: 'postgres://db',
      redisUrl: 'redis://cache',
      redisPrefix: 'mine',
      secret: 'secret',
    })
  })

  it.each(['x', '-1', '65536', '1e3', '0x10', ' '])('refuse the port %j', PORT => {
    expect(() => parseArguments([], { PORT }, '/data')).toThrow(RangeError)
  })
})

/** The exact list of steps, each of them ok. */
function expectGoodWalk(output: string): void {
  const steps = [...output.matchAll(/^ +\d+\. (.+)$/gm)].map(([, title]) => title)
  expect(steps).toEqual(TITLES)
  expect(output).toMatch(new RegExp(`^${TITLES.length} steps: ${TITLES.length} ok, 0 FAILED$`, 'm'))
  expect(output).toMatch(/\(process (\d+) ended; process (?!\1\b)\d+ started on the same data\)/)
}

async function logInAsAdmin(output: string): Promise<{ baseUrl: string; tokens: Record<string, unknown> }> {
  const baseUrl = /listens on (\S+)/.exec(output)?.[1] ?? ''
  const [, email, password] = /^Admin of this start: (\S+), password (\S+)$/m.exec(output) ?? []
  const login = await post(`${baseUrl}/auth/login`, { identifier: email, password })
  expect(login.status).toBe(200)
  return { baseUrl, tokens: Object(await login.json()) }
}

function post(url: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function open(openPlace: () => Promise<TestPlace>): Promise<TestPlace> {
  const place = await openPlace()
  places.push(place)
  return place
}

/** What stands behind the prefix of the keys. */
async function listKinds({ url, prefix }: TestPlace): Promise<readonly string[]> {
  const client = await createClient({ url }).connect()
  const kinds = new Set<string>()
  for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 })) {
    for (const key of keys) kinds.add(key.slice(prefix.length + 1).split(':')[0] ?? '')
  }
  client.destroy()
  return [...kinds]
}

function fingerprint(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

function start(args: readonly string[], environment: Readonly<Record<string, string>>) {
  // what the machine has set must not reach the data of a test
  const { DATABASE_URL: _database, REDIS_URL: _redis, AUTHCORE_SECRET: _secret, ...inherited } = process.env
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...inherited, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  program = child
  let text = ''
  // the streams are shared with the server: they end when it has ended too
  const exited = new Promise<number | null>(resolve => child.on('close', resolve))
  const shown = (part: string) =>
    new Promise<void>((resolve, reject) => {
      child.stdout.on('data', () => text.includes(part) && resolve())
      void exited.then(() => reject(new Error(`ended without ${part}:\n${text}`)))
    })
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      text += String(chunk)
    })
  }
  return { child, exited, shown, output: () => text }
}
