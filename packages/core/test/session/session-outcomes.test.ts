import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { memoryStores } from '../../src/memory/index.js'
import type { RotateSessionOutcome, SessionRecord, Stores } from '../../src/ports/index.js'
import type { LiveSession } from '../../src/session/live-session.js'
import type { SessionContext } from '../../src/session/session-context.js'
import { createSessionTouches } from '../../src/session/session-touches.js'
import { deploy, holdClock, override, START } from '../fixtures.js'

const login = { subject: 'user-1' }
const jkt = 'B'.repeat(43)

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    error => String(error.code),
  )

/** Stores whose rotation answers what a test says, after the sessions have been started as usual. */
function answering(outcome: RotateSessionOutcome['outcome']): Stores {
  const stores = memoryStores()
  const rotate = async ({ id, now }: { readonly id: string; readonly now: number }) => {
    const session = await stores.sessions.find({ id, now })
    // what a store answers beside the outcome does not matter here
    return { outcome, session, sealedSuccessor: '' } as RotateSessionOutcome
  }
  return { ...stores, sessions: override(stores.sessions, { rotate }) }
}

/** Databases that know nothing of each other: the end of a session is not seen by its revocations. */
function separate(): Stores {
  return { ...memoryStores(), revocations: memoryStores().revocations }
}

describe.each([
  ['revoked', 'session_token_revoked'],
  ['reused', 'session_token_revoked'],
  ['replayed', 'session_token_revoked'],
  ['expired', 'session_token_expired'],
  ['not_found', 'session_token_expired'],
] as const)('a session that turns out to be %s', (outcome, code) => {
  it(`is refused with ${code}, in use and at a renewal`, async () => {
    const { auth, clock } = deploy({ stores: answering(outcome) })
    const { sessionToken, session } = await auth.sessions.startCookie(login)
    expect(await codeOf(auth.sessions.renew(sessionToken))).toBe(code)
    // what the renewal had stored is taken back
    expect((await auth.sessions.list('user-1')).map(({ id }) => id)).toEqual([session.id])
    clock.advance(3600)
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe(code)
  })
})

describe('a session by cookie', () => {
  it('starts without a key, and says so', async () => {
    const { auth } = deploy()
    const options = { ...login, confirmation: { jkt } }
    await expect(auth.sessions.startCookie(options)).rejects.toMatchObject({
      code: 'argument_invalid',
      message: expect.stringMatching(/^confirmation is not for sessions by cookie/),
    })
  })

  it('is told in an event without what was not granted', async () => {
    const { auth, events } = deploy()
    const { session } = await auth.sessions.startCookie(login)
    expect(events).toStrictEqual([
      { type: 'session.started', at: START, subject: 'user-1', sessionId: session.id },
    ])
  })

  it('that ended without a mark is refused by its record', async () => {
    const { auth, stores, clock } = deploy({ stores: separate() })
    const { sessionToken, session } = await auth.sessions.startCookie(login)
    const { refreshToken, session: other } = await auth.sessions.start(login)
    expect(await auth.sessions.introspect(refreshToken)).toBeDefined()
    for (const { id } of [session, other]) {
      await stores.sessions.revoke({ id, reason: 'revoked', now: clock() })
    }
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('session_token_revoked')
    expect(await auth.sessions.introspect(refreshToken)).toBeUndefined()
  })

  it.each(['', '!', 'AAAA'])('whose kept hash is %j opens to nobody', async currentHash => {
    const stores = memoryStores()
    const find = async (query: { readonly id: string; readonly now: number }) => {
      const session = await stores.sessions.find(query)
      return session && { ...session, currentHash }
    }
    const { auth } = deploy({ stores: { ...stores, sessions: override(stores.sessions, { find }) } })
    const { sessionToken } = await auth.sessions.startCookie(login)
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('session_token_invalid')
  })

  it('is not judged by a schema that fails', async () => {
    const state = { isBroken: false }
    const claims = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) => {
          if (state.isBroken) throw new TypeError('bug')
          return { value }
        },
      },
    } as const
    const { auth } = deploy({ accessToken: { claims: claims as never } })
    const { sessionToken } = await auth.sessions.startCookie(login)
    state.isBroken = true
    await expect(auth.sessions.verify(sessionToken)).rejects.toThrow(TypeError)
  })
})

describe('a renewal', () => {
  it('claims the former session, then marks and ends it, with the reason', async () => {
    const stores = memoryStores()
    const writes: unknown[] = []
    const sessions = override(stores.sessions, {
      rotate(command) {
        writes.push(['rotate', command.id, command.sealedSuccessor, command.graceSeconds])
        return stores.sessions.rotate(command)
      },
      revoke(command) {
        writes.push(['revoke', command.id, command.reason])
        return stores.sessions.revoke(command)
      },
    })
    const revocations = override(stores.revocations, {
      revoke(command) {
        writes.push(['mark', ...command.entries.map(({ kind, id }) => `${kind} ${id}`)])
        return stores.revocations.revoke(command)
      },
    })
    const { auth } = deploy({ stores: { ...stores, sessions, revocations } })
    const { sessionToken, session } = await auth.sessions.startCookie(login)
    await auth.sessions.renew(sessionToken)
    expect(writes).toEqual([
      ['rotate', session.id, '', 0],
      ['mark', `session ${session.id}`],
      ['revoke', session.id, 'revoked'],
    ])
  })

  it('that fails takes back what it had stored, with the reason, and tells of the refusal', async () => {
    const stores = answering('revoked')
    const reasons: string[] = []
    const sessions = override(stores.sessions, {
      revoke(command) {
        reasons.push(command.reason)
        return stores.sessions.revoke(command)
      },
    })
    const { auth, eventsOf } = deploy({ stores: { ...stores, sessions } })
    const { sessionToken } = await auth.sessions.startCookie(login)
    await expect(auth.sessions.renew(sessionToken)).rejects.toThrow()
    expect(reasons).toEqual(['revoked'])
    expect(eventsOf('credential.refused')).toMatchObject([
      { method: 'session', code: 'session_token_revoked' },
    ])
  })

  it.each([
    ['neither methods nor a level', {}, START],
    ['methods', { amr: ['otp'] }, START + 60_000],
    ['a level', { acr: 'aal2' }, START + 60_000],
    ['an instant', { amr: ['otp'], authenticatedAt: START + 1 }, START + 1],
  ])('with %s says when the login was', async (_, options, authenticatedAt) => {
    const { auth, clock } = deploy()
    const { sessionToken } = await auth.sessions.startCookie(login)
    clock.advance(60)
    const { session } = await auth.sessions.renew(sessionToken, options)
    expect(session.authenticatedAt).toBe(authenticatedAt)
  })

  it.each([
    ['acr', { acr: '' }],
    ['authenticatedAt', { authenticatedAt: -1 }],
  ])('names %s when it is wrong', async (name, options) => {
    const { auth } = deploy()
    const { sessionToken } = await auth.sessions.startCookie(login)
    await expect(auth.sessions.renew(sessionToken, options)).rejects.toMatchObject({
      code: 'argument_invalid',
      message: expect.stringMatching(new RegExp(`^${name} `)),
    })
  })
})

describe('refreshing with a key that the session is not bound to', () => {
  it('gives an access token that is bound to it', async () => {
    const { auth } = deploy()
    const { refreshToken } = await auth.sessions.start(login)
    const bound = await auth.sessions.refresh(refreshToken, { confirmation: { jkt } })
    expect(decodeJwt(bound.accessToken)['cnf']).toEqual({ jkt })
    const next = await auth.sessions.refresh(bound.refreshToken)
    expect(decodeJwt(next.accessToken)).not.toHaveProperty('cnf')
  })

  it('binds to no certificate, and adds nothing to a session that is bound', async () => {
    const { auth } = deploy()
    const certificate = { 'x5t#S256': 'A'.repeat(43) }
    const loose = await auth.sessions.start(login)
    const unbound = await auth.sessions.refresh(loose.refreshToken, { confirmation: certificate })
    expect(decodeJwt(unbound.accessToken)).not.toHaveProperty('cnf')
    const bound = await auth.sessions.start({ ...login, confirmation: certificate })
    const both = await auth.sessions.refresh(bound.refreshToken, { confirmation: { ...certificate, jkt } })
    expect(decodeJwt(both.accessToken)['cnf']).toEqual(certificate)
  })
})

it('a predecessor is active to the last millisecond of its grace time', async () => {
  const { auth, clock } = deploy()
  const { refreshToken } = await auth.sessions.start(login)
  await auth.sessions.refresh(refreshToken)
  clock.advanceMs(9_999)
  expect(await auth.sessions.introspect(refreshToken)).toBeDefined()
  clock.advanceMs(1)
  expect(await auth.sessions.introspect(refreshToken)).toBeUndefined()
})

it('10,000 sessions are remembered as tried, and then the oldest is forgotten', async () => {
  const clock = holdClock()
  const tried: string[] = []
  const rotate = async ({
    id,
    sealedSuccessor,
  }: {
    readonly id: string
    readonly sealedSuccessor: string
  }) => {
    tried.push(`${id}${sealedSuccessor}`)
    return { outcome: 'rotated', session: { id } }
  }
  const session = { touchIntervalSeconds: 60, idleSeconds: 600 }
  // only what a touch looks at
  const context = { settings: { session }, stores: { sessions: { rotate } } } as unknown as SessionContext
  const { touch } = createSessionTouches(context)
  const live = (id: string): LiveSession => ({
    session: { id, lastUsedAt: START } as SessionRecord,
    presented: { generation: 0 } as LiveSession['presented'],
    hash: 'h',
  })
  clock.advance(60)
  for (let index = 0; index < 10_000; index++) await touch(live(`s${index}`), clock())
  await touch(live('s0'), clock())
  expect(tried).toHaveLength(10_000)
  await touch(live('one more'), clock())
  await touch(live('s1'), clock())
  await touch(live('s0'), clock())
  expect(tried.slice(9_999)).toEqual(['s9999', 'one more', 's0'])
})
