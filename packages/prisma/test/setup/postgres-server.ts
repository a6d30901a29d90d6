import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

/** A PostgreSQL server that runs. */
export interface PostgresServer {
  /** Of its maintenance database. */
  readonly url: string
  /** Where it came from, for the report. */
  readonly origin: string
  stop(): Promise<void>
}

/** A server of our own, which may be killed. */
export interface OwnPostgresServer extends PostgresServer {
  /** `SIGKILL`: what a crash or a loss of power does. */
  kill(): Promise<void>
  start(): Promise<void>
}

const USUAL_URL = 'postgresql://postgres@127.0.0.1:5432/postgres'

/** Finds a server named by `DATABASE_URL` or at its usual port, or else starts one from a binary on the machine. */
export async function findPostgresServer(): Promise<PostgresServer | undefined> {
  const named = process.env['DATABASE_URL']
  if (named !== undefined) {
    await ping(named)
    return { url: named, origin: 'DATABASE_URL', stop: async () => {} }
  }
  try {
    await ping(USUAL_URL)
    return { url: USUAL_URL, origin: USUAL_URL, stop: async () => {} }
  } catch {
    return startPostgresServer()
  }
}

/** Starts a server on a spare port, with its data in a folder of its own; `undefined` without a binary. */
export async function startPostgresServer(): Promise<OwnPostgresServer | undefined> {
  const binaries = findBinaries()
  if (binaries === undefined) return undefined
  const port = await findSparePort()
  const folder = mkdtempSync(join(tmpdir(), 'authcore-postgres-'))
  const user = findUnprivilegedUser()
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`
  execFileSync(
    join(binaries, 'initdb'),
    [
      '-D',
      join(folder, 'data'),
      '-U',
      'postgres',
      '--auth=trust',
      '--no-sync',
      '--encoding=UTF8',
      '--locale=C',
    ],
    { ...user, cwd: folder, stdio: 'ignore' },
  )
  let server: ChildProcess | undefined
  const start = async (): Promise<void> => {
    const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`]
    server = spawn(
      join(binaries, 'postgres'),
      ['-D', join(folder, 'data'), ...settings.flatMap(setting => ['-c', setting])],
      { ...user, cwd: folder, stdio: 'ignore' },
    )
    await waitUntilUp(url)
  }
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    const running = server
    if (running === undefined || running.exitCode !== null) return
    const ended = new Promise(resolve => running.once('exit', resolve))
    running.kill(signal)
    await ended
  }
  await start()
  return {
    url,
    origin: `started from ${binaries}`,
    start,
    kill: () => kill('SIGKILL'),
    stop: async () => {
      await kill('SIGQUIT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function ping(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  await client.connect()
  await client.end()
}

async function waitUntilUp(url: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ping(url)
    } catch (error) {
      if (attempt === 300) throw error
      // a server of another process: there is nothing to be told by but asking
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
}

function findBinaries(): string | undefined {
  const versions = '/usr/lib/postgresql'
  const folders = [
    ...(process.env['PATH'] ?? '').split(':'),
    ...(existsSync(versions) ? readdirSync(versions).map(version => join(versions, version, 'bin')) : []),
  ]
  return folders.find(folder => ['initdb', 'postgres'].every(program => existsSync(join(folder, program))))
}

/** PostgreSQL refuses to run as root. */
function findUnprivilegedUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

async function findSparePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>(resolve => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise(resolve => probe.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('There is no spare port.')
  return address.port
}
