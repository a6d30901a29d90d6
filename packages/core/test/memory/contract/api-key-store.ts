import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type {
  ApiKeyPatch,
  ApiKeyRecord,
  ApiKeyStore,
  RotateApiKeyCommand,
} from '../../../src/ports/api-key-store.js'
import {
  apiKeyRecord,
  expectRefusals,
  HOSTILE_IDS,
  lastingApiKeyRecord,
  NOT_STRINGS,
  START,
  type StoreFactory,
  untyped,
} from './fixtures.js'

const NOW = START + 1000
const HOUR = 3_600_000

function rotation(fields: Partial<RotateApiKeyCommand> = {}): RotateApiKeyCommand {
  return {
    id: 'live_1',
    successor: { id: 'live_2', hash: 'hash-2', secretId: 'secret-2' },
    overlapExpiresAt: NOW + 60_000,
    now: NOW,
    ...fields,
  }
}

/** The contract of an API key store. */
export function describeApiKeyStore(name: string, createStore: StoreFactory<ApiKeyStore>): void {
  async function storeWithKey(fields: Parameters<typeof apiKeyRecord>[0] = {}): Promise<ApiKeyStore> {
    const store = await createStore()
    await store.insert({ apiKey: apiKeyRecord(fields), now: START })
    return store
  }
  const find = (store: ApiKeyStore, id = 'live_1', now = NOW) => store.find({ id, now })

  describe(`${name}: insert and find`, () => {
    it('returns what was stored, with every field', async () => {
      const apiKey = apiKeyRecord({
        notBeforeAt: START + 1,
        disabledAt: START + 2,
        revokedAt: START + 3,
        lastUsedAt: START + 4,
        remainingUses: 0,
        successorId: 'live_2',
      })
      const store = await createStore()
      await store.insert({ apiKey, now: START })
      expect(await find(store, apiKey.id, START)).toEqual(apiKey)
    })

    it('leaves an id that exists untouched', async () => {
      const store = await storeWithKey()
      await store.insert({ apiKey: apiKeyRecord({ ownerId: 'owner-2', hash: 'other' }), now: START })
      expect(await find(store)).toEqual(apiKeyRecord())
      expect(await store.list({ ownerId: 'owner-2', now: NOW, limit: 10 })).toEqual([])
    })

    it('forgets a key at the millisecond of its expiry, and never one without', async () => {
      const store = await storeWithKey({ expiresAt: START + 100 })
      await store.insert({ apiKey: lastingApiKeyRecord({ id: 'lasting' }), now: START })
      expect(await find(store, 'live_1', START + 99)).toBeDefined()
      expect(await find(store, 'live_1', START + 100)).toBeUndefined()
      expect(await find(store, 'lasting', START + 1000 * HOUR)).toBeDefined()
    })

    it('keeps nothing that has expired before it came', async () => {
      const store = await storeWithKey({ expiresAt: START })
      expect(await find(store, 'live_1', START)).toBeUndefined()
    })
  })

  describe(`${name}: consumeUse`, () => {
    const consume = (store: ApiKeyStore, now = NOW) => store.consumeUse({ id: 'live_1', now })

    it('counts down to zero and no further, whoever races', async () => {
      const store = await storeWithKey({ remainingUses: 5 })
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => consume(store)))
      const left = outcomes.flatMap(outcome =>
        outcome.outcome === 'consumed' ? [outcome.remainingUses] : [],
      )
      expect(left.sort()).toEqual([0, 1, 2, 3, 4])
      expect(outcomes.filter(({ outcome }) => outcome === 'exhausted')).toHaveLength(15)
      expect(await find(store)).toEqual(apiKeyRecord({ remainingUses: 0 }))
    })

    it.each<[string, Partial<ApiKeyRecord>]>([
      ['has no limit', {}],
      ['has expired', { remainingUses: 5, expiresAt: NOW }],
      ['is not valid yet', { remainingUses: 5, notBeforeAt: NOW + 1 }],
      ['is disabled', { remainingUses: 5, disabledAt: START }],
      ['was revoked', { remainingUses: 5, revokedAt: START }],
      ['is unknown', { remainingUses: 5, id: 'live_9' }],
    ])('refuses a key that %s', async (_, fields) => {
      const store = await storeWithKey(fields)
      expect(await consume(store)).toEqual({ outcome: 'refused' })
      const id = fields.id ?? 'live_1'
      expect(await find(store, id, START)).toEqual(apiKeyRecord(fields))
    })

    it('accepts a key from the millisecond on at which it becomes valid', async () => {
      const store = await storeWithKey({ remainingUses: 1, notBeforeAt: NOW })
      expect(await consume(store, NOW - 1)).toEqual({ outcome: 'refused' })
      expect(await consume(store, NOW)).toEqual({ outcome: 'consumed', remainingUses: 0 })
    })

    it('never grants more uses than there are, through any number of rotations', {
      timeout: 60_000,
    }, async () => {
      const step = fc.constantFrom('consume', 'rotate', 'repeat')
      const property = fc.asyncProperty(fc.nat({ max: 8 }), fc.array(step), async (uses, steps) => {
        const store = await storeWithKey({ remainingUses: uses })
        let consumed = 0
        let generation = 0
        const rotate = (from: number) =>
          store.rotate(
            rotation({
              id: `live_${from}`,
              successor: { id: `live_${from + 1}`, hash: 'hash', secretId: 'secret-1' },
              overlapExpiresAt: NOW + HOUR,
            }),
          )
        for (const kind of steps) {
          if (kind === 'rotate') {
            generation += 1
            expect(await rotate(generation)).toMatchObject({ outcome: 'rotated' })
          } else if (kind === 'repeat' && generation > 0) {
            expect(await rotate(generation)).toMatchObject({ outcome: 'rotated' })
          } else {
            for (let key = 1; key <= generation + 1; key += 1) {
              const { outcome } = await store.consumeUse({ id: `live_${key}`, now: NOW })
              if (outcome === 'consumed') consumed += 1
            }
          }
        }
        const current = await find(store, `live_${generation + 1}`)
        expect(consumed + (current?.remainingUses ?? 0)).toBe(uses)
      })
      await fc.assert(property, { numRuns: 100 })
    })
  })

  describe(`${name}: rotate`, () => {
    it('copies the settings and limits the old key to the overlap', async () => {
      const apiKey = apiKeyRecord({
        id: 'live_1',
        lineageId: 'live_0',
        notBeforeAt: START + 1,
        disabledAt: START + 2,
        lastUsedAt: START + 3,
        remainingUses: 7,
      })
      const store = await createStore()
      await store.insert({ apiKey, now: START })
      const predecessor = {
        ...apiKey,
        successorId: 'live_2',
        expiresAt: NOW + 60_000,
        remainingUses: 0,
      }
      const { lastUsedAt: _, ...settings } = apiKey
      const successor = {
        ...settings,
        id: 'live_2',
        hash: 'hash-2',
        secretId: 'secret-2',
        createdAt: NOW,
        expiresAt: NOW + HOUR,
      }
      expect(await store.rotate(rotation())).toEqual({ outcome: 'rotated', predecessor, successor })
      expect(await find(store)).toEqual(predecessor)
      expect(await find(store, 'live_2')).toEqual(successor)
      expect(await find(store, 'live_1', NOW + 60_000)).toBeUndefined()
    })

    it('gives no limit to the successor of a key without', async () => {
      const store = await createStore()
      await store.insert({ apiKey: lastingApiKeyRecord(), now: START })
      const outcome = await store.rotate(rotation())
      expect(outcome).toMatchObject({ outcome: 'rotated', predecessor: { expiresAt: NOW + 60_000 } })
      const successor = await find(store, 'live_2')
      expect(successor).not.toHaveProperty('expiresAt')
      expect(successor).not.toHaveProperty('remainingUses')
      expect(await find(store)).not.toHaveProperty('remainingUses')
    })

    it('takes the expiry that is given', async () => {
      const store = await storeWithKey()
      await store.rotate(
        rotation({ successor: { id: 'live_2', hash: 'h', secretId: 's', expiresAt: NOW + 5 } }),
      )
      expect(await find(store, 'live_2', NOW + 4)).toMatchObject({ expiresAt: NOW + 5 })
      expect(await find(store, 'live_2', NOW + 5)).toBeUndefined()
    })

    it('never lets the old key outlive its own expiry', async () => {
      const store = await storeWithKey({ expiresAt: NOW + 10 })
      await store.rotate(rotation())
      expect(await find(store, 'live_1', NOW + 9)).toMatchObject({ expiresAt: NOW + 10 })
      expect(await find(store, 'live_1', NOW + 10)).toBeUndefined()
    })

    it('ends the old key at once without overlap', async () => {
      const store = await storeWithKey()
      expect(await store.rotate(rotation({ overlapExpiresAt: NOW }))).toMatchObject({ outcome: 'rotated' })
      expect(await find(store)).toBeUndefined()
      expect(await store.list({ ownerId: 'owner-1', now: NOW, limit: 10 })).toMatchObject([{ id: 'live_2' }])
    })

    it('answers a repeat again and changes nothing', async () => {
      const store = await storeWithKey({ remainingUses: 3 })
      const first = await store.rotate(rotation())
      const again = await store.rotate(
        rotation({
          successor: { id: 'live_2', hash: 'other', secretId: 'other' },
          overlapExpiresAt: NOW + 999,
          now: NOW + 5,
        }),
      )
      expect(again).toEqual(first)
    })

    it('has one winner among many', async () => {
      const store = await storeWithKey()
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, caller) =>
          store.rotate(rotation({ successor: { id: `live_2${caller}`, hash: 'h', secretId: 's' } })),
        ),
      )
      expect(outcomes.filter(({ outcome }) => outcome === 'rotated')).toHaveLength(1)
      expect(outcomes.filter(({ outcome }) => outcome === 'already_rotated')).toHaveLength(9)
      expect(await store.list({ ownerId: 'owner-1', now: NOW, limit: 20 })).toHaveLength(2)
    })

    it('checks for not found, revoked and already rotated, in this order', async () => {
      const store = await storeWithKey()
      const other = rotation({ successor: { id: 'live_3', hash: 'h', secretId: 's' } })
      await store.rotate(rotation())
      expect(await store.rotate({ ...other, ownerId: 'owner-1' })).toEqual({ outcome: 'already_rotated' })
      await store.revoke({ id: 'live_1', now: NOW })
      expect(await store.rotate(other)).toEqual({ outcome: 'revoked' })
      expect(await store.rotate(rotation())).toEqual({ outcome: 'revoked' })
      expect(await store.rotate({ ...other, ownerId: 'owner-2' })).toEqual({ outcome: 'not_found' })
      expect(await store.rotate({ ...other, now: NOW + 60_000 })).toEqual({ outcome: 'not_found' })
      expect(await store.rotate({ ...other, id: 'live_9' })).toEqual({ outcome: 'not_found' })
      expect(await find(store, 'live_3')).toBeUndefined()
    })

    it('returns no successor that has expired', async () => {
      const store = await storeWithKey()
      const command = rotation({
        successor: { id: 'live_2', hash: 'h', secretId: 's', expiresAt: NOW + 5 },
      })
      await store.rotate(command)
      expect(await store.rotate({ ...command, now: NOW + 5 })).toEqual({ outcome: 'already_rotated' })
    })

    it('never overwrites a key that is in use', async () => {
      const store = await storeWithKey()
      await store.insert({ apiKey: apiKeyRecord({ id: 'live_2', ownerId: 'owner-2' }), now: START })
      await expect(store.rotate(rotation())).rejects.toThrow()
      expect(await find(store, 'live_2')).toMatchObject({ ownerId: 'owner-2' })
      expect(await find(store)).toEqual(apiKeyRecord())
    })
  })

  describe(`${name}: revoke`, () => {
    it('ends a key once; the first instant stays', async () => {
      const store = await storeWithKey()
      expect(await store.revoke({ id: 'live_1', now: NOW, ownerId: 'owner-1' })).toEqual({ found: true })
      expect(await store.revoke({ id: 'live_1', now: NOW + 5 })).toEqual({ found: true })
      expect(await find(store)).toEqual(apiKeyRecord({ revokedAt: NOW }))
    })

    it('does not find unknown keys, expired ones and those of another owner', async () => {
      const store = await storeWithKey()
      expect(await store.revoke({ id: 'live_9', now: NOW })).toEqual({ found: false })
      expect(await store.revoke({ id: 'live_1', now: NOW, ownerId: 'owner-2' })).toEqual({ found: false })
      expect(await store.revoke({ id: 'live_1', now: START + HOUR })).toEqual({ found: false })
      expect(await find(store)).toEqual(apiKeyRecord())
    })
  })

  describe(`${name}: update`, () => {
    const update = (store: ApiKeyStore, patch: ApiKeyPatch, now = NOW) =>
      store.update({ id: 'live_1', patch, now })

    it('changes what the patch names', async () => {
      const store = await storeWithKey()
      const patch = {
        name: 'new',
        scope: ['a', 'b'],
        metadata: { x: [1] },
        expiresAt: NOW + 9,
        notBeforeAt: NOW + 1,
        remainingUses: 4,
      }
      const updated = await update(store, patch)
      expect(updated).toEqual(apiKeyRecord(patch))
      expect(await find(store)).toEqual(updated)
      expect(await find(store, 'live_1', NOW + 9)).toBeUndefined()
    })

    it('takes limits away with null', async () => {
      const store = await storeWithKey({ notBeforeAt: START, remainingUses: 4 })
      const updated = await update(store, { expiresAt: null, notBeforeAt: null, remainingUses: null })
      expect(updated).toEqual(lastingApiKeyRecord())
      expect(await find(store, 'live_1', START + 100 * HOUR)).toEqual(lastingApiKeyRecord())
    })

    it('disables and enables; the first instant stays', async () => {
      const store = await storeWithKey()
      expect(await update(store, { disabled: true })).toMatchObject({ disabledAt: NOW })
      expect(await update(store, { disabled: true }, NOW + 5)).toMatchObject({ disabledAt: NOW })
      expect(await update(store, {})).toMatchObject({ disabledAt: NOW })
      expect(await update(store, { disabled: false })).toEqual(apiKeyRecord())
    })

    it('touches nothing else, whatever the patch carries', async () => {
      const store = await storeWithKey()
      const patch = { name: 'new', ownerId: 'owner-2', hash: 'x', revokedAt: 1, ['__proto__']: { hash: 'y' } }
      expect(await update(store, untyped<ApiKeyPatch>(patch))).toEqual(apiKeyRecord({ name: 'new' }))
    })

    it('refuses keys that are unknown, expired, revoked or of another owner', async () => {
      const store = await storeWithKey()
      expect(await store.update({ id: 'live_9', patch: {}, now: NOW })).toBeUndefined()
      expect(await store.update({ id: 'live_1', patch: {}, now: START + HOUR })).toBeUndefined()
      const foreign = { id: 'live_1', patch: { name: 'x' }, now: NOW, ownerId: 'owner-2' }
      expect(await store.update(foreign)).toBeUndefined()
      await store.revoke({ id: 'live_1', now: NOW })
      expect(await update(store, { name: 'x' })).toBeUndefined()
      expect(await find(store)).toEqual(apiKeyRecord({ revokedAt: NOW }))
    })

    it.each([
      { name: { $set: 'x' } },
      { scope: 'read' },
      { scope: [{}] },
      { metadata: [] },
      { metadata: null },
      { disabled: 'yes' },
      { expiresAt: 'soon' },
      { expiresAt: Number.NaN },
      { notBeforeAt: {} },
      { remainingUses: -1 },
      { remainingUses: 1.5 },
    ])('refuses the patch %o', async patch => {
      const store = await storeWithKey()
      await expect(update(store, untyped<ApiKeyPatch>(patch))).rejects.toThrow(TypeError)
      expect(await find(store)).toEqual(apiKeyRecord())
    })
  })

  describe(`${name}: list`, () => {
    it('is newest first, then by id, limited, with revoked keys and without expired ones', async () => {
      const store = await createStore()
      const created = [
        ['b', 2],
        ['d', 1],
        ['a', 2],
        ['e', 3],
      ] as const
      for (const [id, age] of created) {
        await store.insert({ apiKey: apiKeyRecord({ id, createdAt: START + age }), now: START })
      }
      await store.insert({
        apiKey: apiKeyRecord({ id: 'x', createdAt: START + 9, expiresAt: NOW }),
        now: START,
      })
      await store.insert({ apiKey: apiKeyRecord({ id: 'y', ownerId: 'owner-2' }), now: START })
      await store.revoke({ id: 'e', now: START })
      const list = async (limit: number) =>
        (await store.list({ ownerId: 'owner-1', now: NOW, limit })).map(({ id }) => id)
      expect(await list(10)).toEqual(['e', 'a', 'b', 'd'])
      expect(await list(2)).toEqual(['e', 'a'])
      expect(await list(0)).toEqual([])
    })
  })

  describe(`${name}: touch`, () => {
    it('moves the last use forward only and touches no other field', async () => {
      const store = await storeWithKey({ remainingUses: 3 })
      const touch = (id: string, lastUsedAt: number) => store.touch({ uses: [{ id, lastUsedAt }], now: NOW })
      await touch('live_1', START + 50)
      await touch('live_1', START + 40)
      await touch('unknown', START + 60)
      expect(await find(store)).toEqual(apiKeyRecord({ remainingUses: 3, lastUsedAt: START + 50 }))
      await store.touch({
        uses: [
          { id: 'live_1', lastUsedAt: START + 90 },
          { id: 'live_1', lastUsedAt: START + 70 },
        ],
        now: NOW,
      })
      expect(await find(store)).toMatchObject({ lastUsedAt: START + 90 })
      expect(await find(store, 'unknown')).toBeUndefined()
    })

    it('does not bring an expired key back', async () => {
      const store = await storeWithKey()
      await store.touch({ uses: [{ id: 'live_1', lastUsedAt: START + HOUR }], now: START + HOUR })
      expect(await find(store, 'live_1', START + HOUR)).toBeUndefined()
    })

    it('does nothing when one of the uses is malformed', async () => {
      const store = await storeWithKey()
      const uses = [
        { id: 'live_1', lastUsedAt: NOW },
        { id: untyped<string>({ $ne: '' }), lastUsedAt: NOW },
      ]
      await expect(store.touch({ uses, now: NOW })).rejects.toThrow(TypeError)
      expect(await find(store)).toEqual(apiKeyRecord())
    })
  })

  describe(`${name}: sweep`, () => {
    it('deletes expired keys in batches and nothing else', async () => {
      const store = await storeWithKey()
      for (let count = 0; count < 5; count += 1) {
        const apiKey = apiKeyRecord({ id: `old-${count}`, expiresAt: START + 100 + count })
        await store.insert({ apiKey, now: START })
      }
      expect(await store.sweep({ now: START + 99, limit: 10 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now: START + 200, limit: 2 })).toEqual({ removed: 2 })
      expect(await store.sweep({ now: START + 200, limit: 10 })).toEqual({ removed: 3 })
      expect(await find(store)).toBeDefined()
    })
  })

  describe(`${name}: hostile values`, () => {
    it('are ordinary as ids', async () => {
      const store = await createStore()
      for (const id of HOSTILE_IDS) {
        await store.insert({ apiKey: apiKeyRecord({ id, ownerId: id }), now: START })
      }
      for (const id of HOSTILE_IDS) {
        expect(await find(store, id)).toMatchObject({ id, ownerId: id })
        expect(await store.list({ ownerId: id, now: NOW, limit: 10 })).toMatchObject([{ id }])
        await store.touch({ uses: [{ id, lastUsedAt: NOW }], now: NOW })
        const successor = { id: `${id}'`, hash: 'h', secretId: 's' }
        expect(await store.rotate(rotation({ id, ownerId: id, successor }))).toMatchObject({
          outcome: 'rotated',
          predecessor: { lastUsedAt: NOW },
          successor: { id: `${id}'`, ownerId: id },
        })
        expect(await store.revoke({ id, ownerId: id, now: NOW })).toEqual({ found: true })
      }
    })

    it('are harmless inside metadata', async () => {
      const metadata = JSON.parse(
        '{"__proto__":{"admin":true},"constructor":{"prototype":1},"a.b":{"$set":1}}',
      )
      const store = await storeWithKey({ metadata })
      const found = await find(store)
      expect(JSON.stringify(found?.metadata)).toBe(JSON.stringify(metadata))
      expect(untyped<{ admin?: unknown }>({}).admin).toBeUndefined()
    })

    it('are refused when they are no strings, before anything is touched', async () => {
      const store = await storeWithKey()
      for (const value of NOT_STRINGS) {
        const id = untyped<string>(value)
        const commands = [
          store.find({ id, now: NOW }),
          store.insert({ apiKey: apiKeyRecord({ id }), now: NOW }),
          store.insert({ apiKey: apiKeyRecord({ id: 'new', ownerId: id }), now: NOW }),
          store.insert({ apiKey: apiKeyRecord({ id: 'new', hash: id }), now: NOW }),
          store.consumeUse({ id, now: NOW }),
          store.rotate(rotation({ id })),
          store.rotate(rotation({ successor: { id, hash: 'h', secretId: 's' } })),
          store.revoke({ id, now: NOW }),
          store.update({ id, patch: { name: 'x' }, now: NOW }),
          store.list({ ownerId: id, now: NOW, limit: 10 }),
        ]
        if (value !== undefined) {
          commands.push(
            store.rotate(rotation({ ownerId: id })),
            store.revoke({ id: 'live_1', ownerId: id, now: NOW }),
            store.update({ id: 'live_1', ownerId: id, patch: { name: 'x' }, now: NOW }),
          )
        }
        await expectRefusals(commands)
      }
      expect(await store.list({ ownerId: 'owner-1', now: NOW, limit: 10 })).toEqual([apiKeyRecord()])
      expect(await find(store, 'new')).toBeUndefined()
    })
  })

  describe(`${name}: what a caller holds`, () => {
    it('stays apart from what is stored', async () => {
      const store = await createStore()
      const metadata = { list: [1] }
      await store.insert({ apiKey: apiKeyRecord({ metadata }), now: START })
      metadata.list.push(2)
      const patch = { scope: ['read'] }
      await store.update({ id: 'live_1', patch, now: NOW })
      patch.scope.push('admin')
      expect(await find(store)).toMatchObject({ scope: ['read'], metadata: { list: [1] } })
    })
  })
}
