import type { ApiKeyPatch, ApiKeyRateLimit, ApiKeyStore } from '@authcore/core/ports'
import { expect, expectRefusals } from '../expect.js'
import {
  apiKeyRecord,
  BROKEN_TEXTS,
  HOSTILE_JSON,
  HOSTILE_TEXTS,
  NOT_INSTANTS,
  NOT_STRINGS,
  START,
  untyped,
} from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import { findApiKey, insertApiKey, keyRotation, NOW } from './api-key-fixtures.js'

/** Nearly the rate limit of a key. */
const NOT_RATE_LIMITS: readonly unknown[] = [
  1,
  '1',
  [1, 60],
  {},
  { limit: 1 },
  { windowSeconds: 60 },
  { limit: 0, windowSeconds: 60 },
  { limit: 1, windowSeconds: 0 },
  { limit: -1, windowSeconds: 60 },
  { limit: 1.5, windowSeconds: 60 },
  { limit: '1', windowSeconds: 60 },
  { limit: 1, windowSeconds: Number.POSITIVE_INFINITY },
  { limit: 1, windowSeconds: 60, cost: 1 },
]

const LIST = { ownerId: 'owner-1', now: NOW, limit: 10 } as const

/** What an API key store does with values that were chosen to break it. */
export function describeHostileApiKeys(kit: PortKit<ApiKeyStore>): void {
  const { it } = kit
  kit.describe('hostile values', () => {
    it('are ordinary ids and owners', async store => {
      for (const id of HOSTILE_TEXTS) await insertApiKey(store, { id, ownerId: id, remainingUses: 1 })
      for (const id of HOSTILE_TEXTS) {
        expect(await findApiKey(store, id)).toEqual(apiKeyRecord({ id, ownerId: id, remainingUses: 1 }))
        expect(await store.list({ ...LIST, ownerId: id })).toMatch([{ id }])
        expect(await store.consumeUse({ id, now: NOW })).toEqual({ outcome: 'consumed', remainingUses: 0 })
      }
      await store.touch({ uses: HOSTILE_TEXTS.map(id => ({ id, lastUsedAt: NOW })), now: NOW })
      for (const id of HOSTILE_TEXTS) {
        const successor = { id: `successor of ${id}`, hash: id, secretId: id }
        expect(await store.rotate(keyRotation({ id, ownerId: id, successor }))).toMatch({
          outcome: 'rotated',
          predecessor: { id, lastUsedAt: NOW },
          successor: { ...successor, ownerId: id },
        })
        expect(await store.update({ id, ownerId: id, patch: { name: id }, now: NOW })).toMatch({ name: id })
        expect(await store.revoke({ id, ownerId: `${id}'`, now: NOW })).toEqual({ found: false })
        expect(await store.revoke({ id, ownerId: id, now: NOW })).toEqual({ found: true })
      }
    })

    it('are ordinary in every other field', async store => {
      for (const [index, text] of HOSTILE_TEXTS.entries()) {
        const apiKey = await insertApiKey(store, {
          id: `key-${index}`,
          name: text,
          environment: text,
          hash: text,
          secretId: text,
          scope: [text, text],
          lineageId: text,
          metadata: { text, [text]: text },
        })
        expect(await findApiKey(store, apiKey.id)).toEqual(apiKey)
      }
    })

    it('are ordinary metadata, and reach no prototype', async store => {
      const apiKey = await insertApiKey(store, { metadata: HOSTILE_JSON })
      expect(await findApiKey(store)).toEqual(apiKey)
      await store.update({ id: 'live_1', patch: { metadata: { replaced: HOSTILE_JSON } }, now: NOW })
      expect((await findApiKey(store))?.metadata).toEqual({ replaced: HOSTILE_JSON })
      await store.rotate(keyRotation())
      expect((await findApiKey(store, 'live_2'))?.metadata).toEqual({ replaced: HOSTILE_JSON })
      expect(untyped<{ admin?: unknown }>({}).admin).toBeAbsent()
    })

    it('are refused when they are no strings, before anything is touched', async store => {
      const apiKey = await insertApiKey(store)
      for (const value of [...NOT_STRINGS, ...BROKEN_TEXTS]) await expectRefusals(callsWithText(store, value))
      expect(await store.list(LIST)).toEqual([apiKey])
      expect(await findApiKey(store, 'new')).toBeAbsent()
    })

    it('are refused in a patch', async store => {
      const apiKey = await insertApiKey(store)
      const patches: readonly Readonly<Record<string, unknown>>[] = [
        { name: { $set: 'x' } },
        { name: 1 },
        { name: '\ud800' },
        { scope: 'read' },
        { scope: [{}] },
        { metadata: [] },
        { metadata: null },
        { metadata: { at: new Date(0) } },
        { disabled: 'yes' },
        { disabled: 1 },
        { expiresAt: 'soon' },
        { expiresAt: Number.NaN },
        { notBeforeAt: {} },
        { remainingUses: -1 },
        { remainingUses: 1.5 },
        { remainingUses: '1' },
        ...NOT_RATE_LIMITS.map(rateLimit => ({ rateLimit })),
      ]
      await expectRefusals(
        patches.map(
          patch => () => store.update({ id: 'live_1', patch: untyped<ApiKeyPatch>(patch), now: NOW }),
        ),
      )
      await expectRefusals([() => store.update({ id: 'live_1', patch: untyped(null), now: NOW })])
      expect(await findApiKey(store)).toEqual(apiKey)
    })

    it('are refused in one of many uses, and then none counts', async store => {
      const apiKey = await insertApiKey(store)
      for (const use of [
        { id: { $ne: '' }, lastUsedAt: NOW },
        { id: 'live_1', lastUsedAt: Number.NaN },
        { id: 'live_1', lastUsedAt: 'now' },
      ]) {
        const uses = [{ id: 'live_1', lastUsedAt: NOW }, untyped<{ id: string; lastUsedAt: number }>(use)]
        await expectRefusals([() => store.touch({ uses, now: NOW })])
      }
      expect(await findApiKey(store)).toEqual(apiKey)
    })

    it('are refused as instants and counts', async store => {
      const apiKey = await insertApiKey(store, { remainingUses: 1 })
      for (const value of NOT_INSTANTS) await expectRefusals(callsWithNumber(store, untyped(value)))
      await expectRefusals([
        () => store.insert({ apiKey: apiKeyRecord({ id: 'new', remainingUses: -1 }), now: NOW }),
        () => store.insert({ apiKey: apiKeyRecord({ id: 'new', remainingUses: 0.5 }), now: NOW }),
        ...NOT_RATE_LIMITS.map(value => () => {
          const rateLimit = untyped<ApiKeyRateLimit>(value)
          return store.insert({ apiKey: apiKeyRecord({ id: 'new', rateLimit }), now: NOW })
        }),
        () => store.list({ ...LIST, limit: -1 }),
        () => store.sweep({ now: NOW, limit: 0.5 }),
      ])
      expect(await findApiKey(store)).toEqual(apiKey)
    })
  })
}

function callsWithText(store: ApiKeyStore, value: unknown): readonly (() => unknown)[] {
  const text = untyped<string>(value)
  const successor = { id: 'live_2', hash: 'h', secretId: 's' }
  const calls = [
    () => store.find({ id: text, now: NOW }),
    () => store.insert({ apiKey: apiKeyRecord({ id: text }), now: NOW }),
    () => store.insert({ apiKey: apiKeyRecord({ id: 'new', ownerId: text }), now: NOW }),
    () => store.insert({ apiKey: apiKeyRecord({ id: 'new', hash: text }), now: NOW }),
    () => store.consumeUse({ id: text, now: NOW }),
    () => store.rotate(keyRotation({ id: text })),
    () => store.rotate(keyRotation({ successor: { ...successor, id: text } })),
    () => store.rotate(keyRotation({ successor: { ...successor, hash: text } })),
    () => store.rotate(keyRotation({ successor: { ...successor, secretId: text } })),
    () => store.revoke({ id: text, now: NOW }),
    () => store.update({ id: text, patch: { name: 'x' }, now: NOW }),
    () => store.list({ ...LIST, ownerId: text }),
    () => store.touch({ uses: [{ id: text, lastUsedAt: NOW }], now: NOW }),
  ]
  // what is left out is not malformed
  if (value === undefined) return calls
  return [
    ...calls,
    () => store.rotate(keyRotation({ ownerId: text })),
    () => store.rotate({ ...keyRotation(), scopeWithin: [text] }),
    () => store.revoke({ id: 'live_1', ownerId: text, now: NOW }),
    () => store.update({ id: 'live_1', ownerId: text, patch: { name: 'x' }, now: NOW }),
  ]
}

function callsWithNumber(store: ApiKeyStore, value: number): readonly (() => unknown)[] {
  return [
    () => store.find({ id: 'live_1', now: value }),
    () => store.insert({ apiKey: apiKeyRecord({ id: 'new' }), now: value }),
    () => store.insert({ apiKey: { ...apiKeyRecord({ id: 'new' }), createdAt: value }, now: START }),
    () => store.consumeUse({ id: 'live_1', now: value }),
    () => store.rotate({ ...keyRotation(), now: value }),
    () => store.rotate({ ...keyRotation(), overlapExpiresAt: value }),
    () => store.revoke({ id: 'live_1', now: value }),
    () => store.update({ id: 'live_1', patch: {}, now: value }),
    () => store.list({ ...LIST, now: value }),
    () => store.list({ ...LIST, limit: value }),
    () => store.touch({ uses: [], now: value }),
    () => store.sweep({ now: value, limit: 1 }),
    () => store.sweep({ now: NOW, limit: value }),
  ]
}
