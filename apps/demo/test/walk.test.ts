import { cpSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Stores } from '@authcore/core'
import { createPasswordHasher } from '@authcore/password'
import { afterEach, describe, expect, inject, it } from 'vitest'
import type { DemoState } from '../src/state/open-state.js'
import { WIDTH } from '../src/walk/exchange-text.js'
import { createPaint } from '../src/walk/paint.js'
import { runWalk, type WalkReport } from '../src/walk/run-walk.js'
import type { WalkServer } from '../src/walk/walk-server.js'
import { startTestDemo, type TestDemo, type TestDemoOptions } from './setup/test-demo.js'
import { TITLES } from './setup/titles.js'

const RESTART_TITLES = [
  'Tokens from before the restart verify, under the same keys',
  'The user logs in again, and the same key signs',
  'The API key from before the restart works',
  'The session goes on',
  'What was revoked before the restart stays revoked',
  'A refresh token that was replaced before the restart is theft after it',
]

let demo: TestDemo | undefined

afterEach(async () => {
  await demo?.stop()
  demo = undefined
})

describe('the walk', () => {
  it('goes through every step, every step answers as it should, and nothing secret is shown', async () => {
    const { report, lines } = await walkThrough({})
    expect(report.outcomes).toEqual(TITLES.map(title => ({ title, problems: [] })))
    expect(report.isGood).toBe(true)
    expect(lines.at(-1)).toBe(`${TITLES.length} steps: ${TITLES.length} ok, 0 FAILED`)

    // it shows no credential in full and fits its width
    const output = lines.join('\n')
    expect(output).toContain('Bearer eyJhbGciOiJS…')
    expect(output).toContain('"api_key": "sk_live_')
    // a signature, a refresh token, a key: nothing of that length is left
    expect(output.match(/[\w-]{60,}/g) ?? []).toEqual([])
    expect(output).not.toContain(demo?.admin.password)
    expect(output.split('\n').filter(line => line.length > WIDTH)).toEqual([])
  })

  it('has colours only where they are wanted', async () => {
    expect(createPaint(true)('good', 'ok')).toBe('\u001b[32mok\u001b[0m')
    expect(createPaint(false)('good', 'ok')).toBe('ok')
  })
})

describe('a walk that must fail', () => {
  it('fails every step against a server that is away', async () => {
    const { report, lines } = await walk(await createServerThatIsAway())
    expect(report.isGood).toBe(false)
    expect(failedTitles(report)).toEqual(TITLES)
    expect(report.outcomes[0]?.problems.join()).toContain('ECONNREFUSED')
    expect(lines.join('\n')).toContain(`${TITLES.length} steps: 0 ok, ${TITLES.length} FAILED`)
  })

  it('fails where revocations are forgotten', async () => {
    const { report } = await walkThrough({ spoil: forgetRevocations })
    expect(report.isGood).toBe(false)
    expect(failedTitles(report)).toEqual([
      'Set a new password: every session ends',
      'The access token of that session is dead',
      'Log out of one session',
      'Sign out everywhere',
      'What was revoked before the restart stays revoked',
      'A refresh token that was replaced before the restart is theft after it',
    ])
  })

  it('fails where any password is right', async () => {
    const verify = async () => ({ matches: true, needsRehash: false })
    const { report } = await walkThrough({ hasher: { ...createPasswordHasher(), verify } })
    expect(failedTitles(report)).toEqual([
      'A wrong password and an unknown user get the same answer',
      'Guesses run into the lockout, and nobody can tell',
      'The lockout ends by itself',
      'Set a new password: every session ends',
    ])
  })

  it('fails where API keys live for ever', async () => {
    const { report } = await walkThrough({ spoil: keepKeysAlive })
    expect(failedTitles(report)).toEqual(['After the overlap only the new key works', 'Revoke the API key'])
  })

  it('fails where a restart forgets everything', async () => {
    const { report } = await walkThrough({ beforeRestart: forgetEverything })
    // the user is gone too, and with it whoever could log in
    expect(failedTitles(report)).toEqual(expect.arrayContaining(RESTART_TITLES))
    expect(
      report.outcomes
        .slice(0, TITLES.indexOf(RESTART_TITLES[0] ?? ''))
        .every(({ problems }) => problems.length === 0),
    ).toBe(true)
  })

  it('fails where a restart finds another root secret', async () => {
    const { report } = await walkThrough({
      beforeRestart: folder => rmSync(join(folder, 'secret')),
    })
    // public keys are no secret: what they signed still verifies, but nothing new can be signed
    expect(failedTitles(report)).toEqual(expect.arrayContaining(RESTART_TITLES.slice(1)))
    expect(failedTitles(report)).not.toContain(RESTART_TITLES[0])
  })

  it('fails where the server is not restarted at all', async () => {
    demo = await startTestDemo()
    const { report } = await walk({ ...demo, restart: async () => ({ before: 'one', after: 'one' }) })
    expect(failedTitles(report)).toEqual(['Restart the server'])
  })

  it('fails where the clean-up leaves everything', async () => {
    const { report } = await walkThrough({ spoil: sweepNothing })
    expect(failedTitles(report)).toEqual(['Expired rows are deleted in bounded batches'])
  })

  it('fails where the clean-up deletes everything at once', async () => {
    const { report } = await walkThrough({ spoil: sweepAllAtOnce })
    expect(failedTitles(report)).toEqual(['Expired rows are deleted in bounded batches'])
  })

  it('stops when it is told to', async () => {
    const { report } = await walk(await createServerThatIsAway(), AbortSignal.abort())
    expect(report).toEqual({ outcomes: [], isGood: false })
  })
})

async function walkThrough(
  options: TestDemoOptions,
): Promise<{ report: WalkReport; lines: readonly string[] }> {
  demo = await startTestDemo(options)
  return walk(demo)
}

async function walk(
  server: Pick<TestDemo, 'admin' | keyof WalkServer>,
  stop?: AbortSignal,
): Promise<{ report: WalkReport; lines: readonly string[] }> {
  const lines: string[] = []
  const report = await runWalk({
    server,
    admin: server.admin,
    print: line => lines.push(line),
    paint: createPaint(false),
    ...(stop && { stop }),
  })
  return { report, lines }
}

function failedTitles({ outcomes }: WalkReport): readonly string[] {
  return outcomes.filter(({ problems }) => problems.length > 0).map(({ title }) => title)
}

/** A port where somebody was a moment ago. */
async function createServerThatIsAway(): Promise<Parameters<typeof walk>[0]> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  await new Promise(resolve => server.close(resolve))
  const away = () => Promise.reject(new Error('the process of the server has ended'))
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    admin: { email: 'admin@example.com', password: 'never asked' },
    advanceClock: away,
    restart: away,
  }
}

/** Puts a new database and a new root secret where the old ones were. */
function forgetEverything(folder: string): void {
  rmSync(join(folder, 'postgres'), { recursive: true })
  rmSync(join(folder, 'secret'))
  cpSync(inject('templateFolder'), folder, { recursive: true })
}

function forgetRevocations(state: DemoState): DemoState {
  return withMethod(
    state,
    'revocations',
    'find',
    () =>
      async ({ marks }) =>
        marks.map(() => undefined),
  )
}

/** Finds every key as it was when it was issued. */
function keepKeysAlive(state: DemoState): DemoState {
  return withMethod(state, 'apiKeys', 'find', find => async query => {
    const record = await find({ ...query, now: 0 })
    if (record === undefined) return undefined
    const { revokedAt: _revokedAt, expiresAt: _expiresAt, ...alive } = record
    return alive
  })
}

function sweepNothing(state: DemoState): DemoState {
  return withMethod(state, 'apiKeys', 'sweep', () => async () => ({ removed: 0 }))
}

function sweepAllAtOnce(state: DemoState): DemoState {
  return withMethod(state, 'apiKeys', 'sweep', sweep => command => sweep({ ...command, limit: 10_000 }))
}

/** Replaces one method of one store. */
function withMethod<Name extends Exclude<keyof Stores, 'documents'>, Method extends keyof Stores[Name]>(
  state: DemoState,
  name: Name,
  method: Method,
  replace: (original: Stores[Name][Method]) => Stores[Name][Method],
): DemoState {
  const store = new Proxy(state.stores[name], {
    get(target, key) {
      const member: unknown = Reflect.get(target, key)
      const original = typeof member === 'function' ? member.bind(target) : member
      return key === method ? replace(original) : original
    },
  })
  return { ...state, stores: { ...state.stores, [name]: store } }
}
