import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { median } from '../harness/statistics.js'
import type { Progress } from '../progress.js'
import type { Figure } from '../report/results.js'
import { AUDIENCE, ISSUER } from '../setup/tokens.js'

const HERE = dirname(fileURLToPath(import.meta.url))
const IMPORTS = 15
const LOGINS = 50
const REFRESHES = 1000

/** Measures what is no comparison of subjects: sizes, the time of an import, delays of the event loop, rows. */
export async function measureFigures(progress: Progress, skipped: string[]): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const [name, measure] of Object.entries({ measureSizes, measureImport, measureDelay, countRecords })) {
    progress.show(`figures: ${name}`)
    try {
      figures.push(...(await measure()))
    } catch (error) {
      skipped.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return figures
}

async function measureSizes(): Promise<readonly Figure[]> {
  const verifier = await bundle("export { createAccessTokenVerifier } from '@authcore/core'", ['jose'])
  const core = await bundle("export * from '@authcore/core'", [])
  const note = 'minified by esbuild for runtimes other than Node, gzip'
  return [
    {
      id: 'size-verifier',
      title: 'createAccessTokenVerifier alone, without jose',
      value: verifier,
      unit: 'kB',
      note,
    },
    { id: 'size-core', title: 'the whole of core with its dependencies', value: core, unit: 'kB', note },
  ]
}

async function bundle(contents: string, external: readonly string[]): Promise<number> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: HERE },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['worker', 'browser'],
    external: [...external],
    logLevel: 'silent',
  })
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length / 1000
}

/** In a fresh process each time, beside one that imports what Node itself needs for it. */
async function measureImport(): Promise<readonly Figure[]> {
  const time = (source: string): number => {
    const program = `const start = performance.now(); ${source}; console.log(performance.now() - start)`
    return Number(
      execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
        cwd: HERE,
        encoding: 'utf8',
      }),
    )
  }
  const samples = Array.from({ length: IMPORTS }, () => time("await import('@authcore/core')"))
  return [
    {
      id: 'import-core',
      title: 'import of core on Node',
      value: median(samples),
      unit: 'ms',
      note: `median of ${IMPORTS} fresh processes`,
    },
  ]
}

/** Logins with a password and an access token signed with RSA, all at once. */
async function measureDelay(): Promise<readonly Figure[]> {
  const { createAuthCore } = await import('@authcore/core')
  const { memoryStores } = await import('@authcore/core/memory')
  const { createPasswordHasher } = await import('@authcore/password')
  const auth = createAuthCore({
    issuer: ISSUER,
    audience: AUDIENCE,
    secrets: [randomBytes(32).toString('base64')],
    stores: memoryStores(),
    accessToken: { algorithm: 'RS256' },
  })
  const hasher = createPasswordHasher()
  const password = randomBytes(12).toString('base64')
  const hash = await hasher.hash(password)
  const logIn = async (subject: string): Promise<void> => {
    await hasher.verify(password, hash)
    await auth.sessions.start({ subject })
  }
  await logIn('warm-up')
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  await Promise.all(Array.from({ length: LOGINS }, (_, index) => logIn(`user-${index}`)))
  histogram.disable()
  return [
    {
      id: 'event-loop-p99',
      title: `p99 of the delay of the event loop at ${LOGINS} logins at once`,
      value: histogram.percentile(99) / 1e6,
      unit: 'ms',
      note: 'argon2id and RS256, both on other threads; timers of 1 ms included',
    },
  ]
}

/** A session is one record however often it is refreshed. */
async function countRecords(): Promise<readonly Figure[]> {
  const { createAuthCore } = await import('@authcore/core')
  const { openDatabase } = await import('../setup/databases.js')
  const database = await openDatabase('postgresql')
  try {
    const auth = createAuthCore({
      issuer: ISSUER,
      audience: AUDIENCE,
      secrets: [randomBytes(32).toString('base64')],
      stores: database.stores,
      accessToken: { algorithm: 'ES256' },
    })
    let { refreshToken } = await auth.sessions.start({ subject: 'user-1' })
    for (let refresh = 0; refresh < REFRESHES; refresh++) {
      refreshToken = (await auth.sessions.refresh(refreshToken)).refreshToken
    }
    const counted = await database.run('SELECT count(*)::int AS rows FROM authcore_session')
    return [
      {
        id: 'records-per-session',
        title: `records of one session after ${REFRESHES} refreshes`,
        value: Number(Object(counted).rows[0].rows),
        unit: '',
        note: 'rows in PostgreSQL. None of the peers above rotates refresh tokens: jose, fast-jwt and jsonwebtoken keep nothing, better-auth has one row for each session and no refresh tokens of its own',
      },
    ]
  } finally {
    await database.close()
  }
}
