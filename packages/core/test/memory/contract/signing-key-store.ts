import { describe, expect, it } from 'vitest'
import type { SigningKeyRecord, SigningKeyStore } from '../../../src/ports/signing-key-store.js'
import { HOSTILE_IDS, START, type StoreFactory, signingKeyRecord, untyped } from './fixtures.js'

/** The contract of a signing key store. */
export function describeSigningKeyStore(name: string, createStore: StoreFactory<SigningKeyStore>): void {
  const write = (store: SigningKeyStore, expectedVersion: number, keys = [signingKeyRecord()]) =>
    store.replace({ expectedVersion, keys, now: START })
  const read = (store: SigningKeyStore) => store.read({ now: START })

  describe(`${name}: the ring`, () => {
    it('is empty and of version 0 before the first write', async () => {
      expect(await read(await createStore())).toEqual({ version: 0, keys: [] })
    })

    it('is replaced as a whole, in the order given', async () => {
      const store = await createStore()
      const hmac = signingKeyRecord({ kid: 'key-2', algorithm: 'HS256', withdrawnAt: START + 1 })
      const { publicJwk: _, ...second } = hmac
      expect(await write(store, 0, [second, signingKeyRecord()])).toEqual({ outcome: 'replaced' })
      expect(await read(store)).toEqual({ version: 1, keys: [second, signingKeyRecord()] })
      expect(await write(store, 1, [])).toEqual({ outcome: 'replaced' })
      expect(await read(store)).toEqual({ version: 2, keys: [] })
    })

    it.each([0, 2, 99])('is not replaced by one who expects version %i of 1', async version => {
      const store = await createStore()
      await write(store, 0)
      expect(await write(store, version, [])).toEqual({ outcome: 'conflict' })
      expect(await read(store)).toEqual({ version: 1, keys: [signingKeyRecord()] })
    })

    it('lets exactly one of many concurrent writers win', async () => {
      const store = await createStore()
      const kids = Array.from({ length: 20 }, (_, writer) => `key-${writer}`)
      const outcomes = await Promise.all(kids.map(kid => write(store, 0, [signingKeyRecord({ kid })])))
      const winners = kids.filter((_, writer) => outcomes[writer]?.outcome === 'replaced')
      expect(winners).toHaveLength(1)
      expect(await read(store)).toMatchObject({ version: 1, keys: [{ kid: winners[0] }] })
    })

    it('takes any string as kid and refuses anything else', async () => {
      const store = await createStore()
      const keys = HOSTILE_IDS.map(kid => signingKeyRecord({ kid }))
      await write(store, 0, keys)
      expect(await read(store)).toEqual({ version: 1, keys })
      const malformed = [
        signingKeyRecord({ kid: untyped({ $ne: '' }) }),
        signingKeyRecord({ announcedAt: Number.NaN }),
        signingKeyRecord({ withdrawnAt: untyped('now') }),
        signingKeyRecord({ publicJwk: untyped([]) }),
        untyped<SigningKeyRecord>(null),
      ]
      for (const key of malformed) await expect(write(store, 1, [key])).rejects.toThrow(TypeError)
      await expect(write(store, 1, untyped({ 0: signingKeyRecord() }))).rejects.toThrow(TypeError)
      await expect(write(store, untyped({ $gte: 0 }))).rejects.toThrow(TypeError)
      expect(await read(store)).toEqual({ version: 1, keys })
    })

    it('stays apart from what a caller holds', async () => {
      const store = await createStore()
      const keys = [signingKeyRecord()]
      await write(store, 0, keys)
      keys.pop()
      expect(await read(store)).toEqual({ version: 1, keys: [signingKeyRecord()] })
    })
  })
}
