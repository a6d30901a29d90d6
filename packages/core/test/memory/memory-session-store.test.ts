import { describe, expect, it } from 'vitest'
import { MemorySessionStore } from '../../src/memory/index.js'
import { START, sessionRecord, untyped } from './fixtures.js'

describe('MemorySessionStore: bounds', () => {
  const insert = (store: MemorySessionStore, id: string, now = START) =>
    store.insert({
      session: sessionRecord({ id, idleExpiresAt: now + 1000, createdAt: now, subject: id }),
      now,
    })

  it('refuses when it is full of live sessions, and forgets none', async () => {
    const store = new MemorySessionStore({ maxEntries: 2 })
    await insert(store, 'a')
    await insert(store, 'b')
    await expect(insert(store, 'c')).rejects.toThrow(/full.*maxEntries/)
    expect(await store.find({ id: 'a', now: START })).toBeDefined()
    expect(await store.find({ id: 'c', now: START })).toBeUndefined()
    await insert(store, 'a')
  })

  it('makes room of expired sessions, and not of ended ones', async () => {
    const store = new MemorySessionStore({ maxEntries: 2 })
    await insert(store, 'a')
    await insert(store, 'b')
    await store.revoke({ id: 'b', reason: 'revoked', now: START + 1 })
    await insert(store, 'c', START + 1000)
    await expect(insert(store, 'd', START + 1001)).rejects.toThrow(/full/)
    expect(store.findRevokedAt('b', START + 3_599_999)).toBe(START + 1)
    expect(store.findRevokedAt('b', START + 3_600_000)).toBeUndefined()
  })

  it('replaces an expired session that was not purged, also in the index', async () => {
    const store = new MemorySessionStore()
    await insert(store, 'a')
    const session = sessionRecord({ id: 'a', subject: 'other', idleExpiresAt: START + 9000 })
    await store.insert({ session, now: START + 1000 })
    expect(await store.list({ subject: 'a', now: START, limit: 10 })).toEqual([])
    expect(await store.list({ subject: 'other', now: START + 1000, limit: 10 })).toHaveLength(1)
  })
})

describe('MemorySessionStore: records', () => {
  it('are frozen at every depth', async () => {
    const store = new MemorySessionStore()
    await store.insert({ session: sessionRecord(), now: START })
    const session = await store.find({ id: 'session-1', now: START })
    const claims = untyped<{ nested: { list: unknown[] } }>(session?.claims)
    expect(() => untyped<string[]>(session?.scope).push('admin')).toThrow(TypeError)
    expect(() => claims.nested.list.push(1)).toThrow(TypeError)
    expect(() => Object.assign(claims, { admin: true })).toThrow(TypeError)
    await store.revoke({ id: 'session-1', reason: 'revoked', now: START })
    expect(await store.find({ id: 'session-1', now: START })).toSatisfy(Object.isFrozen)
  })

  it('keep the claim __proto__ as an ordinary one', async () => {
    const store = new MemorySessionStore()
    const claims = JSON.parse('{"__proto__":{"admin":true}}')
    await store.insert({ session: sessionRecord({ claims }), now: START })
    const found = await store.find({ id: 'session-1', now: START })
    expect(Object.keys(found?.claims ?? {})).toEqual(['__proto__'])
    expect(untyped<{ admin?: unknown }>(found?.claims).admin).toBeUndefined()
  })
})

describe('MemorySessionStore: what has ended', () => {
  it('is told of sessions that were stored as ended, and forgotten with them', async () => {
    const store = new MemorySessionStore()
    const ended = sessionRecord({ revokedAt: START, revocationReason: 'revoked' })
    await store.insert({ session: ended, now: START })
    expect(store.findRevokedAt('session-1', START)).toBe(START)
    expect(await store.sweep({ now: ended.absoluteExpiresAt, limit: 10 })).toEqual({ removed: 1 })
    const later = ended.absoluteExpiresAt
    const session = sessionRecord({ idleExpiresAt: later + 1000, absoluteExpiresAt: later + 1000 })
    await store.insert({ session, now: later })
    expect(store.findRevokedAt('session-1', later)).toBeUndefined()
  })
})
