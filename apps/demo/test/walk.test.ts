import type { Stores } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { afterEach, describe, expect, it } from 'vitest'
import { argon2Hasher } from '../src/login/password-hasher.js'
import { type RunningDemo, type StartDemoOptions, startDemo } from '../src/start-demo.js'
import { WIDTH } from '../src/walk/exchange-text.js'
import { createPaint } from '../src/walk/paint.js'
import { runWalk, type WalkReport } from '../src/walk/run-walk.js'

const TITLES = [
  'Register a user',
  'A wrong password and an unknown user get the same answer',
  'Log in',
  'Call with the access token',
  'Call without credentials',
  'A role that the user lacks is refused with 403',
  'An admin passes',
  'Refresh',
  'The same refresh token again, within the grace time, gets the same successor',
  'The old refresh token after the grace time is theft',
  'The newest refresh token of that session is dead',
  'The access token of that session is dead',
  'Log in again and issue an API key',
  'Use the API key',
  'A scope that the key lacks is refused with 403',
  'Rotate the API key with an overlap',
  'After the overlap only the new key works',
  'Revoke the API key',
  'Announce the next signing key',
  'New tokens carry the new key',
  'Tokens of the retired key still verify',
  'Two devices log in',
  'Log out of one session',
  'Sign out everywhere',
  'Logging in right afterwards works',
  'A flipped signature is refused',
  'A changed payload is refused',
  'alg: none is refused',
  'HS256 under the public key is refused',
  'A refresh token as an access token is refused',
  'An access token as an API key is refused',
  'A token in the URL is refused',
  'The token itself is good until it expires',
]

let demo: RunningDemo | undefined

afterEach(async () => {
  await demo?.stop()
  demo = undefined
})

describe('the walk', () => {
  it('goes through every step, and every step answers as it should', async () => {
    const { report, lines } = await walkThrough({})
    expect(report.outcomes).toEqual(TITLES.map(title => ({ title, problems: [] })))
    expect(report.isGood).toBe(true)
    expect(lines.at(-1)).toBe(`${TITLES.length} steps: ${TITLES.length} ok, 0 FAILED`)
  })

  it('shows no credential in full and fits its width', async () => {
    const { lines } = await walkThrough({})
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
    demo = await startDemo({ port: 0 })
    await demo.stop()
    const { report, lines } = await walk(demo)
    demo = undefined
    expect(report.isGood).toBe(false)
    expect(failedTitles(report)).toEqual(TITLES)
    expect(report.outcomes[0]?.problems.join()).toContain('ECONNREFUSED')
    expect(lines.join('\n')).toContain(`${TITLES.length} steps: 0 ok, ${TITLES.length} FAILED`)
  })

  it('fails where revocations are forgotten', async () => {
    const { report } = await walkThrough({ stores: forgetRevocations(memoryStores()) })
    expect(report.isGood).toBe(false)
    expect(failedTitles(report)).toEqual([
      'The access token of that session is dead',
      'Log out of one session',
      'Sign out everywhere',
    ])
  })

  it('fails where any password is right', async () => {
    const hasher = { ...argon2Hasher, verify: async () => true }
    const { report } = await walkThrough({ hasher })
    expect(failedTitles(report)).toEqual(['A wrong password and an unknown user get the same answer'])
  })

  it('fails where API keys live for ever', async () => {
    const stores = memoryStores()
    const { report } = await walkThrough({ stores: { ...stores, apiKeys: keepKeysAlive(stores.apiKeys) } })
    expect(failedTitles(report)).toEqual(['After the overlap only the new key works', 'Revoke the API key'])
  })

  it('stops when it is told to', async () => {
    demo = await startDemo({ port: 0 })
    const { report } = await walk(demo, AbortSignal.abort())
    expect(report).toEqual({ outcomes: [], isGood: false })
  })
})

async function walkThrough(
  options: Omit<StartDemoOptions, 'port'>,
): Promise<{ report: WalkReport; lines: readonly string[] }> {
  demo = await startDemo({ port: 0, ...options })
  return walk(demo)
}

async function walk(
  { baseUrl, admin, clock }: RunningDemo,
  stop?: AbortSignal,
): Promise<{ report: WalkReport; lines: readonly string[] }> {
  const lines: string[] = []
  const report = await runWalk({
    baseUrl,
    admin,
    advanceClock: clock.advance,
    print: line => lines.push(line),
    paint: createPaint(false),
    ...(stop && { stop }),
  })
  return { report, lines }
}

function failedTitles({ outcomes }: WalkReport): readonly string[] {
  return outcomes.filter(({ problems }) => problems.length > 0).map(({ title }) => title)
}

function forgetRevocations(stores: Stores): Stores {
  const { revocations } = stores
  return {
    ...stores,
    revocations: {
      revoke: command => revocations.revoke(command),
      sweep: command => revocations.sweep(command),
      find: async ({ marks }) => marks.map(() => undefined),
    },
  }
}

/** Finds every key as it was when it was issued. */
function keepKeysAlive(apiKeys: Stores['apiKeys']): Stores['apiKeys'] {
  return new Proxy(apiKeys, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      if (name !== 'find') return method.bind(target)
      return async (query: Parameters<typeof target.find>[0]) => {
        const record = await target.find({ ...query, now: 0 })
        if (record === undefined) return undefined
        const { revokedAt: _revokedAt, expiresAt: _expiresAt, ...alive } = record
        return alive
      }
    },
  })
}
