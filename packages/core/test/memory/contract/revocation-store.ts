import { describe, expect, it } from 'vitest'
import type { RevocationEntry, RevocationKind, RevocationStore } from '../../../src/ports/revocation-store.js'
import { HOSTILE_IDS, NOT_STRINGS, START, type StoreFactory, untyped } from './fixtures.js'

const KINDS = ['token', 'session', 'subject', 'client', 'signing_key'] as const

function revocation(fields: Partial<RevocationEntry> = {}): RevocationEntry {
  return { kind: 'token', id: 'token-1', revokedAt: START, expiresAt: START + 1000, ...fields }
}

/** The contract of a revocation store. */
export function describeRevocationStore(name: string, createStore: StoreFactory<RevocationStore>): void {
  const revoke = (store: RevocationStore, ...entries: readonly RevocationEntry[]) =>
    store.revoke({ entries, now: START })
  const find = (store: RevocationStore, now = START, id = 'token-1', kind: RevocationKind = 'token') =>
    store.find({ marks: [{ kind, id }], now })

  describe(`${name}: revoke and find`, () => {
    it('answers all marks in the order asked', async () => {
      const store = await createStore()
      await revoke(
        store,
        revocation({ id: 'a', revokedAt: START + 1 }),
        revocation({ id: 'b', revokedAt: START + 2 }),
      )
      const marks = ['b', 'x', 'a', 'b'].map(id => ({ kind: 'token', id }) as const)
      expect(await store.find({ marks, now: START })).toEqual([START + 2, undefined, START + 1, START + 2])
      expect(await store.find({ marks: [], now: START })).toEqual([])
    })

    it('keeps kinds apart', async () => {
      for (const revoked of KINDS) {
        const store = await createStore()
        await revoke(store, revocation({ kind: revoked }))
        const marks = KINDS.map(kind => ({ kind, id: 'token-1' }))
        const answer = await store.find({ marks, now: START })
        expect(answer).toEqual(KINDS.map(kind => (kind === revoked ? START : undefined)))
      }
    })

    it('forgets an entry at the millisecond of its expiry', async () => {
      const store = await createStore()
      await revoke(store, revocation())
      expect(await find(store, START + 999)).toEqual([START])
      expect(await find(store, START + 1000)).toEqual([undefined])
    })

    it('keeps the later instant and the later expiry, in any order', async () => {
      const early = revocation({ revokedAt: START + 1, expiresAt: START + 900 })
      const late = revocation({ revokedAt: START + 5, expiresAt: START + 500 })
      for (const entries of [
        [early, late],
        [late, early],
      ]) {
        const apart = await createStore()
        for (const entry of entries) await revoke(apart, entry)
        const together = await createStore()
        await revoke(together, ...entries)
        for (const store of [apart, together]) {
          expect(await find(store, START + 899)).toEqual([START + 5])
          expect(await find(store, START + 900)).toEqual([undefined])
        }
      }
    })

    it('may be repeated', async () => {
      const store = await createStore()
      await revoke(store, revocation())
      await revoke(store, revocation())
      expect(await find(store)).toEqual([START])
    })

    it('takes nothing over from an expired entry', async () => {
      const store = await createStore()
      await revoke(store, revocation({ revokedAt: START + 900 }))
      const later = revocation({ revokedAt: START + 100, expiresAt: START + 5000 })
      await store.revoke({ entries: [later], now: START + 1000 })
      expect(await find(store, START + 1000)).toEqual([START + 100])
    })

    it('keeps nothing that has expired before it came', async () => {
      const store = await createStore()
      await revoke(store, revocation({ expiresAt: START }))
      expect(await find(store)).toEqual([undefined])
    })
  })

  describe(`${name}: sweep`, () => {
    it('deletes expired entries in batches and nothing else', async () => {
      const store = await createStore()
      const old = Array.from({ length: 5 }, (_, count) =>
        revocation({ id: `old-${count}`, expiresAt: START + 100 + count }),
      )
      await revoke(store, ...old, revocation())
      expect(await store.sweep({ now: START + 99, limit: 10 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now: START + 200, limit: 2 })).toEqual({ removed: 2 })
      expect(await store.sweep({ now: START + 200, limit: 10 })).toEqual({ removed: 3 })
      expect(await find(store, START + 200)).toEqual([START])
    })
  })

  describe(`${name}: hostile values`, () => {
    it('are ordinary as ids', async () => {
      const store = await createStore()
      const entries = HOSTILE_IDS.map((id, count) => revocation({ id, revokedAt: START + count }))
      await revoke(store, ...entries)
      expect(await store.find({ marks: entries, now: START })).toEqual(
        entries.map(({ revokedAt }) => revokedAt),
      )
    })

    it('are refused when they are no strings or unknown kinds, before anything is touched', async () => {
      const store = await createStore()
      const malformed = [
        ...NOT_STRINGS.map(id => revocation({ id: untyped(id) })),
        ...NOT_STRINGS.map(kind => revocation({ kind: untyped(kind) })),
        ...['everything', '__proto__', 'toString', ''].map(kind => revocation({ kind: untyped(kind) })),
      ]
      for (const entry of malformed) {
        await expect(revoke(store, revocation(), entry)).rejects.toThrow(TypeError)
        await expect(store.find({ marks: [entry], now: START })).rejects.toThrow(TypeError)
      }
      await expect(revoke(store, revocation({ revokedAt: Number.NaN }))).rejects.toThrow(TypeError)
      await expect(revoke(store, revocation({ expiresAt: untyped('x') }))).rejects.toThrow(TypeError)
      expect(await find(store)).toEqual([undefined])
    })
  })
}
