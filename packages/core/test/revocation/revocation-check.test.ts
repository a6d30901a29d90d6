import { describe, expect, it } from 'vitest'
import { StoreError } from '../../src/errors.js'
import { MemoryRevocationStore } from '../../src/memory/index.js'
import type { RevocationEntry, RevocationMark } from '../../src/ports/index.js'
import type { AccessTokenPrincipal } from '../../src/principal.js'
import { createRevocationCheck, isRefusedBy } from '../../src/revocation/revocation-check.js'
import { toRevocationMarks } from '../../src/revocation/revocation-marks.js'
import { holdClock, override, START } from '../fixtures.js'

const token: RevocationMark = { kind: 'token', id: 'a' }
const subject: RevocationMark = { kind: 'subject', id: 'user-1' }

function entryOf(mark: RevocationMark, revokedAt: number): RevocationEntry {
  return { ...mark, revokedAt, expiresAt: START + 1e9 }
}

/** A check over a store that writes down what it is asked, and can be told to answer late. */
function observe(maxStalenessSeconds: number) {
  const clock = holdClock()
  const memory = new MemoryRevocationStore()
  const asked: (readonly RevocationMark[])[] = []
  const late: { readonly wait: Promise<void>[] } = { wait: [] }
  const store = override(memory, {
    async find(query) {
      asked.push(query.marks)
      const answer = await memory.find(query)
      await late.wait.shift()
      return answer
    },
  })
  const check = createRevocationCheck({ store, clock, maxStalenessSeconds })
  const isRevoked = (marks: readonly RevocationMark[], issuedAt = START) =>
    check.isRevoked({ marks, issuedAt })
  const revoke = (mark: RevocationMark, revokedAt: number) =>
    memory.revoke({ entries: [entryOf(mark, revokedAt)], now: clock() })
  return { clock, check, asked, late, isRevoked, revoke }
}

describe('a mark', () => {
  it.each(['token', 'session', 'signing_key'] as const)('on a %s refuses whatever carries it', kind => {
    expect(isRefusedBy({ kind, id: 'a' }, START, START + 1e6)).toBe(true)
    expect(isRefusedBy({ kind, id: 'a' }, undefined, START)).toBe(false)
  })

  it.each(['subject', 'client'] as const)('on a %s refuses what was issued up to its instant', kind => {
    expect(isRefusedBy({ kind, id: 'a' }, START, START - 1)).toBe(true)
    expect(isRefusedBy({ kind, id: 'a' }, START, START)).toBe(true)
    expect(isRefusedBy({ kind, id: 'a' }, START, START + 1)).toBe(false)
    expect(isRefusedBy({ kind, id: 'a' }, undefined, START)).toBe(false)
  })
})

describe('the marks that could refuse a token', () => {
  const principal: AccessTokenPrincipal = {
    method: 'access_token',
    subject: 'user-1',
    tokenId: 'a',
    scope: [],
    roles: [],
    claims: {},
    audience: ['api'],
    issuer: 'https://auth.example.com',
    amr: [],
    issuedAt: START,
    expiresAt: START + 1,
  }

  it('are those of what it names, and no others', () => {
    expect(toRevocationMarks(principal, undefined)).toEqual([token, subject])
    expect(toRevocationMarks({ ...principal, sessionId: 's', clientId: 'c' }, 'k')).toEqual([
      token,
      subject,
      { kind: 'session', id: 's' },
      { kind: 'client', id: 'c' },
      { kind: 'signing_key', id: 'k' },
    ])
  })
})

describe('without staleness', () => {
  it('asks every time, and keeps nothing of its own', async () => {
    const { check, asked, isRevoked, revoke } = observe(0)
    expect(await isRevoked([token])).toBe(false)
    check.remember([entryOf(token, START)])
    expect(await isRevoked([token])).toBe(false)
    await revoke(token, START)
    expect(await isRevoked([token])).toBe(true)
    expect(asked).toHaveLength(3)
  })
})

describe('with staleness', () => {
  it('asks for what it does not know, and for nothing when it knows all', async () => {
    const { clock, asked, isRevoked } = observe(30)
    await isRevoked([token])
    await isRevoked([token, subject])
    await isRevoked([subject, token])
    expect(await isRevoked([])).toBe(false)
    expect(asked).toEqual([[token], [subject]])
    clock.advance(30)
    await isRevoked([token])
    expect(asked).toHaveLength(3)
  })

  it('puts each answer to its mark', async () => {
    const { isRevoked, revoke } = observe(30)
    await isRevoked([subject])
    await revoke(token, START)
    expect(await isRevoked([subject])).toBe(false)
    expect(await isRevoked([subject, token])).toBe(true)
    expect(await isRevoked([subject])).toBe(false)
    expect(await isRevoked([{ kind: 'session', id: 'a' }])).toBe(false)
  })

  it('knows at once what this process revokes', async () => {
    const { check, asked, isRevoked } = observe(30)
    expect(await isRevoked([token])).toBe(false)
    check.remember([entryOf(token, START)])
    expect(await isRevoked([token])).toBe(true)
    expect(asked).toHaveLength(1)
  })

  it.each([
    ['nothing', undefined],
    ['an older revocation', START - 10],
  ])('lets no answer that knows %s hide what was revoked meanwhile', async (_, known) => {
    for (const milliseconds of [0, 1]) {
      const { clock, check, late, isRevoked, revoke } = observe(30)
      if (known !== undefined) await revoke(subject, known)
      const release = { now: () => {} }
      late.wait.push(
        new Promise(resolve => {
          release.now = resolve
        }),
      )
      const asking = isRevoked([subject])
      clock.advanceMs(milliseconds)
      check.remember([entryOf(subject, START)])
      release.now()
      expect(await asking).toBe(true)
      expect(await isRevoked([subject])).toBe(true)
    }
  })

  it('keeps the later of two instants that are learnt at once', async () => {
    const { check, isRevoked } = observe(30)
    check.remember([entryOf(subject, START - 1)])
    expect(await isRevoked([subject])).toBe(false)
    check.remember([entryOf(subject, START)])
    expect(await isRevoked([subject])).toBe(true)
    check.remember([entryOf(subject, START - 1)])
    expect(await isRevoked([subject])).toBe(true)
  })

  it('forgets the oldest of 100,000 answers, one at a time', async () => {
    const { clock, check, asked, isRevoked } = observe(30)
    const marks = Array.from(
      { length: 100_000 },
      (_, index): RevocationMark => ({ kind: 'token', id: `${index}` }),
    )
    check.remember(marks.map(mark => entryOf(mark, START)))
    expect(await isRevoked(marks.slice(0, 2))).toBe(true)
    expect(asked).toEqual([])
    // learnt again, so it is no longer the oldest
    clock.advanceMs(1)
    check.remember(marks.slice(0, 1).map(mark => entryOf(mark, START)))
    check.remember([entryOf({ kind: 'token', id: 'one more' }, START)])
    await isRevoked(marks.slice(0, 3))
    expect(asked).toEqual([marks.slice(1, 2)])
  })
})

describe('a store that answers with another number of instants', () => {
  it.each([0, 30])('cannot be believed, with a staleness of %i seconds', async maxStalenessSeconds => {
    for (const answer of [[], [undefined, undefined]]) {
      const store = override(new MemoryRevocationStore(), { find: async () => answer })
      const check = createRevocationCheck({ store, clock: holdClock(), maxStalenessSeconds })
      const asking = check.isRevoked({ marks: [token], issuedAt: START })
      await expect(asking).rejects.toBeInstanceOf(StoreError)
      await expect(asking).rejects.toMatchObject({ code: 'store_record_invalid' })
    }
  })
})
