import { describe, expect, it } from 'vitest'
import { MemoryRevocationStore, memoryStores } from '../../src/memory/index.js'
import { START, sessionRecord } from './fixtures.js'

describe('MemoryRevocationStore: bounds', () => {
  const entries = (...ids: readonly string[]) =>
    ids.map(id => ({ kind: 'token', id, revokedAt: START, expiresAt: START + 1000 }) as const)
  const marks = (...ids: readonly string[]) => ids.map(id => ({ kind: 'token', id }) as const)

  it('records all or none when it is full, and forgets none', async () => {
    const store = new MemoryRevocationStore({ maxEntries: 3 })
    await store.revoke({ entries: entries('a', 'b'), now: START })
    await expect(store.revoke({ entries: entries('c', 'd'), now: START })).rejects.toThrow(/full.*maxEntries/)
    expect(await store.find({ marks: marks('a', 'b', 'c', 'd'), now: START })).toEqual([
      START,
      START,
      undefined,
      undefined,
    ])
    await store.revoke({ entries: entries('a', 'b', 'c', 'c'), now: START })
    await store.revoke({ entries: entries('a', 'b', 'c'), now: START })
  })

  it('makes room of expired entries', async () => {
    const store = new MemoryRevocationStore({ maxEntries: 10 })
    const ids = Array.from({ length: 10 }, (_, count) => `old-${count}`)
    await store.revoke({ entries: entries(...ids), now: START })
    const next = ids.map(id => ({ kind: 'subject', id, revokedAt: START, expiresAt: START + 9000 }) as const)
    await store.revoke({ entries: next, now: START + 1000 })
    const answer = await store.find({ marks: next, now: START + 1000 })
    expect(answer).toEqual(ids.map(() => START))
  })
})

describe('memoryStores().revocations: sessions beside it', () => {
  const marks = [
    { kind: 'session', id: 'session-1' },
    { kind: 'token', id: 'session-1' },
  ] as const

  async function storesWithSession() {
    const stores = memoryStores()
    await stores.sessions.insert({ session: sessionRecord(), now: START })
    const find = (now: number) => stores.revocations.find({ marks, now })
    return { ...stores, find }
  }

  it('count as revoked as soon as they are ended, until their absolute expiry', async () => {
    const { sessions, find } = await storesWithSession()
    expect(await find(START)).toEqual([undefined, undefined])
    const ending = sessions.revoke({ id: 'session-1', reason: 'revoked', now: START + 5 })
    // asked before the answer of the other store is in
    expect(await find(START + 5)).toEqual([START + 5, undefined])
    await ending
    expect(await find(START + 3_599_999)).toEqual([START + 5, undefined])
    expect(await find(START + 3_600_000)).toEqual([undefined, undefined])
  })

  it('count as revoked after a reuse and after revokeAll', async () => {
    const reused = await storesWithSession()
    await reused.sessions.rotate({
      id: 'session-1',
      presentedHash: 'stolen',
      presentedGeneration: 0,
      successorHash: 'x',
      sealedSuccessor: 'x',
      now: START + 7,
      idleExpiresAt: START + 100,
      graceSeconds: 10,
    })
    expect(await reused.find(START + 7)).toEqual([START + 7, undefined])
    const all = await storesWithSession()
    await all.sessions.revokeAll({ subject: 'user-1', reason: 'subject_revoked', now: START + 8 })
    expect(await all.find(START + 8)).toEqual([START + 8, undefined])
  })

  it('count with the later instant of record and mark', async () => {
    const { sessions, revocations, find } = await storesWithSession()
    const mark = (revokedAt: number) =>
      revocations.revoke({
        entries: [{ kind: 'session', id: 'session-1', revokedAt, expiresAt: START + 9_999_999 }],
        now: START,
      })
    await mark(START + 3)
    expect(await find(START + 5)).toEqual([START + 3, undefined])
    await sessions.revoke({ id: 'session-1', reason: 'revoked', now: START + 5 })
    expect(await find(START + 5)).toEqual([START + 5, undefined])
    await mark(START + 9)
    expect(await find(START + 5)).toEqual([START + 9, undefined])
    expect(await find(START + 3_600_000)).toEqual([START + 9, undefined])
  })
})
