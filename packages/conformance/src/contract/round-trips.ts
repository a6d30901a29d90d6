import type { DocumentStore, Stores } from '@authcore/core/ports'
import { ConformanceError, expect, expectRefusals } from '../expect.js'
import { apiKeyRecord, MINUTE, START, sessionRecord, signingKeyRecord, untyped } from '../fixtures.js'
import type { StoresUnderTest } from '../options.js'
import { createTestRegistration, requireStores } from '../port-kit.js'
import type { Settings } from '../settings.js'
import { keyRotation } from './api-key-fixtures.js'
import { KEY, LIST, lastingPutCommand, putCommand } from './document-fixtures.js'
import { REVOKE, rotation } from './session-fixtures.js'

/** Counts what each method costs, and that a malformed call costs nothing. */
export function describeRoundTrips(settings: Settings): void {
  const it = createTestRegistration('roundTrips', settings)
  it('each method costs round trips that can be counted', async opened => {
    for (const [method, call] of ordinaryCalls(requireStores(opened.stores))) {
      const spent = await countRoundTrips(opened, call)
      settings.counts.roundTrips.set(method, spent)
      if (spent < 1)
        throw new ConformanceError(`${method} cannot work without a round trip.`, spent, 'at least 1')
    }
  })
  it('what is malformed is refused without any', async opened => {
    const calls = malformedCalls(requireStores(opened.stores))
    expect(await countRoundTrips(opened, () => expectRefusals(calls))).toEqual(0)
  })
}

async function countRoundTrips(
  { countRoundTrips: count }: StoresUnderTest,
  call: () => Promise<unknown>,
): Promise<number> {
  if (count === undefined) throw new Error('createStores() brought no countRoundTrips.')
  const before = count()
  await call()
  return count() - before
}

const NOW = START
const ONE_TIME = { namespace: 'n', key: 'k', holder: 'h', expiresAt: START + MINUTE, now: NOW } as const
const ENTRY = { kind: 'token', id: 't', revokedAt: START, expiresAt: START + MINUTE } as const
const LIMIT = { key: 'k', limit: 5, windowSeconds: 60, cost: 1, now: NOW } as const

/** Each method on its usual path, in an order in which they work. */
function ordinaryCalls(stores: Stores): readonly (readonly [method: string, call: () => Promise<unknown>])[] {
  const { sessions, apiKeys, signingKeys, revocations, oneTime, rateLimits, documents } = stores
  const sweep = { now: NOW, limit: 10 }
  return [
    ['sessions.insert', () => sessions.insert({ session: sessionRecord(), now: NOW })],
    ['sessions.find', () => sessions.find({ id: 'session-1', now: NOW })],
    ['sessions.rotate', () => sessions.rotate(rotation(0))],
    ['sessions.list', () => sessions.list({ subject: 'user-1', now: NOW, limit: 10 })],
    ['sessions.revoke', () => sessions.revoke(REVOKE)],
    ['sessions.revokeAll', () => sessions.revokeAll({ ...REVOKE, subject: 'user-1' })],
    ['sessions.sweep', () => sessions.sweep(sweep)],
    ['apiKeys.insert', () => apiKeys.insert({ apiKey: apiKeyRecord({ remainingUses: 5 }), now: NOW })],
    ['apiKeys.find', () => apiKeys.find({ id: 'live_1', now: NOW })],
    ['apiKeys.consumeUse', () => apiKeys.consumeUse({ id: 'live_1', now: NOW })],
    ['apiKeys.touch', () => apiKeys.touch({ uses: [{ id: 'live_1', lastUsedAt: NOW }], now: NOW })],
    ['apiKeys.update', () => apiKeys.update({ id: 'live_1', patch: { name: 'new' }, now: NOW })],
    ['apiKeys.rotate', () => apiKeys.rotate(keyRotation())],
    ['apiKeys.list', () => apiKeys.list({ ownerId: 'owner-1', now: NOW, limit: 10 })],
    ['apiKeys.revoke', () => apiKeys.revoke({ id: 'live_1', now: NOW })],
    ['apiKeys.sweep', () => apiKeys.sweep(sweep)],
    [
      'signingKeys.replace',
      () => signingKeys.replace({ expectedVersion: 0, keys: [signingKeyRecord()], now: NOW }),
    ],
    ['signingKeys.read', () => signingKeys.read({ now: NOW })],
    ['revocations.revoke', () => revocations.revoke({ entries: [ENTRY], now: NOW })],
    ['revocations.find', () => revocations.find({ marks: [ENTRY, { kind: 'session', id: 's' }], now: NOW })],
    ['revocations.sweep', () => revocations.sweep(sweep)],
    ['oneTime.put', () => oneTime.put({ ...ONE_TIME, value: {} })],
    ['oneTime.take', () => oneTime.take(ONE_TIME)],
    ['oneTime.reserve', () => oneTime.reserve({ ...ONE_TIME, key: 'other' })],
    ['oneTime.sweep', () => oneTime.sweep(sweep)],
    ['rateLimits.take', () => rateLimits.take(LIMIT)],
    ['rateLimits.reset', () => rateLimits.reset(LIMIT)],
    ['rateLimits.sweep', () => rateLimits.sweep(sweep)],
    ...(documents === undefined ? [] : ordinaryDocumentCalls(documents)),
  ]
}

function ordinaryDocumentCalls(
  documents: DocumentStore,
): readonly (readonly [method: string, call: () => Promise<unknown>])[] {
  const replacement = lastingPutCommand({ expectedVersion: 1, writeId: 'write-2' })
  return [
    ['documents.put', () => documents.put(lastingPutCommand())],
    ['documents.put (a replacement)', () => documents.put(replacement)],
    ['documents.find', () => documents.find({ ...KEY, now: NOW })],
    ['documents.list', () => documents.list(LIST)],
    ['documents.remove', () => documents.remove({ ...KEY, now: NOW })],
    ['documents.removeAll', () => documents.removeAll(LIST)],
    ['documents.sweep', () => documents.sweep({ now: NOW, limit: 10 })],
  ]
}

/** Each method with an operator where a string or an instant belongs. */
function malformedCalls(stores: Stores): readonly (() => unknown)[] {
  const { sessions, apiKeys, signingKeys, revocations, oneTime, rateLimits, documents } = stores
  const text = untyped<string>({ $ne: '' })
  const now = untyped<number>({ $gt: 0 })
  const sweep = { now, limit: 10 }
  return [
    () => sessions.insert({ session: sessionRecord({ id: text }), now: NOW }),
    () => sessions.find({ id: text, now: NOW }),
    () => sessions.rotate(rotation(0, { id: text })),
    () => sessions.list({ subject: text, now: NOW, limit: 10 }),
    () => sessions.revoke({ ...REVOKE, id: text }),
    () => sessions.revokeAll({ ...REVOKE, subject: text }),
    () => apiKeys.insert({ apiKey: apiKeyRecord({ id: text }), now: NOW }),
    () => apiKeys.find({ id: text, now: NOW }),
    () => apiKeys.consumeUse({ id: text, now: NOW }),
    () => apiKeys.touch({ uses: [{ id: text, lastUsedAt: NOW }], now: NOW }),
    () => apiKeys.update({ id: text, patch: {}, now: NOW }),
    () => apiKeys.rotate(keyRotation({ id: text })),
    () => apiKeys.list({ ownerId: text, now: NOW, limit: 10 }),
    () => apiKeys.revoke({ id: text, now: NOW }),
    () => signingKeys.replace({ expectedVersion: now, keys: [], now: NOW }),
    () => signingKeys.read({ now }),
    () => revocations.revoke({ entries: [ENTRY, { ...ENTRY, id: text }], now: NOW }),
    () => revocations.find({ marks: [ENTRY, { ...ENTRY, id: text }], now: NOW }),
    () => oneTime.put({ ...ONE_TIME, key: text, value: {} }),
    () => oneTime.take({ ...ONE_TIME, key: text }),
    () => oneTime.reserve({ ...ONE_TIME, key: text }),
    () => rateLimits.take({ ...LIMIT, key: text }),
    () => rateLimits.reset({ key: text, now: NOW }),
    () => sessions.sweep(sweep),
    () => apiKeys.sweep(sweep),
    () => revocations.sweep(sweep),
    () => oneTime.sweep(sweep),
    () => rateLimits.sweep(sweep),
    ...(documents === undefined ? [] : malformedDocumentCalls(documents)),
  ]
}

function malformedDocumentCalls(documents: DocumentStore): readonly (() => unknown)[] {
  const text = untyped<string>({ $ne: '' })
  const now = untyped<number>({ $gt: 0 })
  return [
    () => documents.put(putCommand({ id: text })),
    () => documents.put(putCommand({ tags: [text] })),
    () => documents.put(putCommand({ value: { text: 'x'.repeat(65_536) } })),
    () => documents.find({ ...KEY, id: text, now: NOW }),
    () => documents.list({ ...LIST, tag: text }),
    () => documents.remove({ ...KEY, id: text, now: NOW }),
    () => documents.remove({ ...KEY, tag: text, now: NOW }),
    () => documents.removeAll({ ...LIST, tag: text }),
    () => documents.sweep({ now, limit: 10 }),
  ]
}
