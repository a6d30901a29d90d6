import type { ApiKeyStore } from '@authcore/core/ports'
import { expect } from '../expect.js'
import { apiKeyRecord } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import { findApiKey, insertApiKey, keyRotation, NOW } from './api-key-fixtures.js'

/** What an API key store does for many callers at once. */
export function describeApiKeyRaces(kit: PortKit<ApiKeyStore>): void {
  const { it, settings } = kit
  kit.describe('races', () => {
    it('of 200 verifications on 50 remaining uses let exactly 50 pass', async (store, { race }) => {
      const apiKey = await insertApiKey(store, { remainingUses: 50 })
      const outcomes = await race(200, way => way.consumeUse({ id: 'live_1', now: NOW }))
      const left = outcomes.flatMap(outcome =>
        outcome.outcome === 'consumed' ? [outcome.remainingUses] : [],
      )
      expect(left.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 50 }, (_, use) => use))
      expect(outcomes.filter(({ outcome }) => outcome === 'exhausted').length).toEqual(150)
      expect(await findApiKey(store)).toEqual({ ...apiKey, remainingUses: 0 })
    })

    for (const callers of settings.callers) {
      it(`of ${callers} rotations have one successor`, async (store, { race }) => {
        await insertApiKey(store, { remainingUses: 7 })
        const outcomes = await race(callers, (way, caller) =>
          way.rotate(keyRotation({ successor: { id: `next_${caller}`, hash: 'h', secretId: 's' } })),
        )
        const winners = outcomes.filter(({ outcome }) => outcome === 'rotated')
        const losers = outcomes.filter(({ outcome }) => outcome === 'already_rotated')
        expect([winners.length, losers.length]).toEqual([1, callers - 1])
        const listed = await store.list({ ownerId: 'owner-1', now: NOW, limit: 1000 })
        expect(listed.map(({ remainingUses }) => remainingUses)).toEqual([7, 0])
      })

      it(`of ${callers} repeats of one rotation agree`, async (store, { race }) => {
        await insertApiKey(store)
        const outcomes = await race(callers, way => way.rotate(keyRotation()))
        for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0])
        expect(outcomes[0]).toMatch({ outcome: 'rotated' })
      })
    }

    for (const [place, disabling] of [
      ['first', 0],
      ['in the middle', 50],
      ['last', 99],
    ] as const) {
      it(`of last uses with disabling ${place} never undo it`, async (store, { race }) => {
        await insertApiKey(store)
        await race(100, async (way, caller) => {
          if (caller === disabling) {
            await way.update({ id: 'live_1', patch: { disabled: true, name: 'off' }, now: NOW })
            expect(await findApiKey(store)).toMatch({ disabledAt: NOW, name: 'off' })
          } else {
            await way.touch({ uses: [{ id: 'live_1', lastUsedAt: NOW + caller }], now: NOW })
          }
        })
        const lastUsedAt = NOW + (disabling === 99 ? 98 : 99)
        expect(await findApiKey(store)).toEqual(apiKeyRecord({ disabledAt: NOW, name: 'off', lastUsedAt }))
      })
    }

    it('of everything with a revocation never undo it', async (store, { race }) => {
      const apiKey = await insertApiKey(store, { remainingUses: 1000 })
      await race(100, async (way, caller) => {
        if (caller === 50) {
          await way.revoke({ id: 'live_1', now: NOW })
          expect(await findApiKey(store)).toMatch({ revokedAt: NOW })
          expect(await way.consumeUse({ id: 'live_1', now: NOW })).toEqual({ outcome: 'refused' })
        } else if (caller % 4 === 0) {
          await way.touch({ uses: [{ id: 'live_1', lastUsedAt: NOW + caller }], now: NOW })
        } else if (caller % 4 === 1) {
          await way.update({ id: 'live_1', patch: { disabled: false }, now: NOW })
        } else if (caller % 4 === 2) {
          await way.consumeUse({ id: 'live_1', now: NOW })
        } else {
          await way.insert({ apiKey, now: NOW })
        }
      })
      expect(await findApiKey(store)).toMatch({ revokedAt: NOW })
      expect(await store.update({ id: 'live_1', patch: { name: 'x' }, now: NOW })).toBeAbsent()
      expect(await store.rotate(keyRotation())).toEqual({ outcome: 'revoked' })
    })

    it('of patches to different fields keep all of them', async (store, { race }) => {
      const apiKey = await insertApiKey(store)
      const patches = [{ name: 'new' }, { scope: ['new'] }, { metadata: { is: 'new' } }, { remainingUses: 5 }]
      await race(40, (way, caller) =>
        way.update({ id: 'live_1', patch: patches[caller % 4] ?? {}, now: NOW }),
      )
      expect(await findApiKey(store)).toEqual({ ...apiKey, ...Object.assign({}, ...patches) })
    })

    it('of overlapping batches of last uses end with the latest of each', async (store, { race }) => {
      const ids = Array.from({ length: 10 }, (_, index) => `key-${index}`)
      for (const id of ids) await insertApiKey(store, { id })
      await race(40, (way, caller) => {
        const uses = ids.map((id, index) => ({ id, lastUsedAt: NOW + ((caller * 7 + index) % 40) }))
        // in both directions: batches that lock their keys one by one must not block each other
        return way.touch({ uses: caller % 2 === 0 ? uses : uses.toReversed(), now: NOW })
      })
      for (const id of ids) expect(await findApiKey(store, id)).toMatch({ lastUsedAt: NOW + 39 })
    })

    it('of uses with rotations never grant more uses than there are', async (store, { race }) => {
      await insertApiKey(store, { remainingUses: 20 })
      const outcomes = await race(60, async (way, caller) => {
        if (caller === 20) await way.rotate(keyRotation())
        const old = await way.consumeUse({ id: 'live_1', now: NOW })
        return old.outcome === 'consumed' ? old : way.consumeUse({ id: 'live_2', now: NOW })
      })
      const consumed = outcomes.filter(({ outcome }) => outcome === 'consumed').length
      const successor = await findApiKey(store, 'live_2')
      expect(consumed + (successor?.remainingUses ?? 0)).toEqual(20)
    })
  })
}
