import type { ApiKeyPatch, ApiKeyRecord, ApiKeyStore } from '@authcore/core/ports'
import { expect, expectFailure } from '../expect.js'
import { apiKeyRecord, HOUR, lastingApiKeyRecord, MINUTE, PAST, SECOND, START, untyped } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import { findApiKey, insertApiKey, keyRotation, NOW } from './api-key-fixtures.js'

const LIST = { ownerId: 'owner-1', now: NOW, limit: 10 } as const

/** What an API key store does for one caller after the other. */
export function describeApiKeyStore(kit: PortKit<ApiKeyStore>): void {
  kit.describe('insert and find', () => describeInsert(kit))
  kit.describe('consumeUse', () => describeConsumeUse(kit))
  kit.describe('rotate', () => describeRotate(kit))
  kit.describe('revoke', () => describeRevoke(kit))
  kit.describe('update', () => describeUpdate(kit))
  kit.describe('list', () => describeList(kit))
  kit.describe('touch', () => describeTouch(kit))
  kit.describe('sweep', () => describeSweep(kit))
}

function describeInsert({ it }: PortKit<ApiKeyStore>): void {
  it('returns what was stored, with every field, and none that was absent', async store => {
    const full = await insertApiKey(store, {
      id: 'full',
      notBeforeAt: START + 1,
      disabledAt: START + 2,
      revokedAt: START + 3,
      lastUsedAt: START + 4,
      remainingUses: 0,
      rateLimit: { limit: 1000, windowSeconds: 3600 },
      successorId: 'live_2',
    })
    const plain = lastingApiKeyRecord({ id: 'plain', scope: [], metadata: {} })
    await store.insert({ apiKey: plain, now: START })
    expect(await findApiKey(store, 'full')).toEqual(full)
    expect(await findApiKey(store, 'plain')).toEqual(plain)
  })

  it('leaves an id that exists untouched', async store => {
    const first = await insertApiKey(store)
    await insertApiKey(store, { ownerId: 'owner-2', hash: 'other' })
    expect(await findApiKey(store)).toEqual(first)
    expect(await store.list({ ...LIST, ownerId: 'owner-2' })).toEqual([])
  })

  it('does not bring a revoked key back, nor a spent use', async store => {
    const apiKey = await insertApiKey(store, { remainingUses: 2 })
    await store.consumeUse({ id: 'live_1', now: NOW })
    await store.revoke({ id: 'live_1', now: NOW })
    await store.insert({ apiKey, now: NOW })
    expect(await findApiKey(store)).toEqual({ ...apiKey, remainingUses: 1, revokedAt: NOW })
  })

  it('forgets a key at the millisecond of its expiry, and never one without', async store => {
    const apiKey = await insertApiKey(store, { expiresAt: START + MINUTE })
    const lasting = lastingApiKeyRecord({ id: 'lasting' })
    await store.insert({ apiKey: lasting, now: START })
    const at = async (now: number) => [
      await findApiKey(store, 'live_1', now),
      await store.list({ ...LIST, now }),
    ]
    expect(await at(START + MINUTE - 1)).toEqual([apiKey, [lasting, apiKey]])
    expect(await at(START + MINUTE)).toEqual([undefined, [lasting]])
    expect(await findApiKey(store, 'lasting', START + 100_000 * HOUR)).toEqual(lasting)
  })

  it('keeps nothing that has expired before it came', async store => {
    await insertApiKey(store, { expiresAt: START })
    expect(await findApiKey(store, 'live_1', START)).toBeAbsent()
  })

  it('takes an id again whose key has expired', async store => {
    await insertApiKey(store, { expiresAt: START + 5 })
    const second = await insertApiKey(store, { ownerId: 'owner-2', createdAt: START + 5 })
    expect(await findApiKey(store)).toEqual(second)
    expect(await store.list(LIST)).toEqual([])
    expect(await store.list({ ...LIST, ownerId: 'owner-2' })).toEqual([second])
  })

  it('is not ended early by the clock of the database', async store => {
    const apiKey = await insertApiKey(store, { createdAt: PAST, remainingUses: 3 })
    expect(await findApiKey(store, 'live_1', PAST + 1)).toEqual(apiKey)
    expect(await store.consumeUse({ id: 'live_1', now: PAST + 2 })).toMatch({ outcome: 'consumed' })
    const rotated = await store.rotate(keyRotation({ now: PAST + 3, overlapExpiresAt: PAST + MINUTE }))
    expect(rotated).toMatch({ outcome: 'rotated' })
    expect(await findApiKey(store, 'live_1', PAST + 4)).toMatch({ successorId: 'live_2' })
    expect(await findApiKey(store, 'live_2', PAST + 4)).toMatch({ remainingUses: 2 })
  })

  it('stays apart from what a caller holds', async store => {
    const metadata = { list: [1] }
    await insertApiKey(store, { metadata })
    metadata.list.push(2)
    const patch = { scope: ['read'] }
    await store.update({ id: 'live_1', patch, now: NOW })
    patch.scope.push('admin')
    expect(await findApiKey(store)).toMatch({ scope: ['read'], metadata: { list: [1] } })
  })
}

function describeConsumeUse({ it }: PortKit<ApiKeyStore>): void {
  const consume = (store: ApiKeyStore, now: number = NOW) => store.consumeUse({ id: 'live_1', now })

  it('counts down to zero and no further, and touches no other field', async store => {
    const apiKey = await insertApiKey(store, { remainingUses: 2, lastUsedAt: START })
    expect(await consume(store)).toEqual({ outcome: 'consumed', remainingUses: 1 })
    expect(await consume(store)).toEqual({ outcome: 'consumed', remainingUses: 0 })
    expect(await consume(store)).toEqual({ outcome: 'exhausted' })
    expect(await findApiKey(store)).toEqual({ ...apiKey, remainingUses: 0 })
  })

  const refused: readonly (readonly [string, Partial<ApiKeyRecord>])[] = [
    ['has no limit', {}],
    ['has expired', { remainingUses: 5, expiresAt: NOW }],
    ['is not valid yet', { remainingUses: 5, notBeforeAt: NOW + 1 }],
    ['is disabled', { remainingUses: 5, disabledAt: START }],
    ['was revoked', { remainingUses: 5, revokedAt: START }],
    ['is disabled and has no uses left', { remainingUses: 0, disabledAt: START }],
    ['is unknown', { remainingUses: 5, id: 'live_9' }],
  ]
  for (const [state, fields] of refused) {
    it(`refuses a key that ${state}`, async store => {
      const apiKey = await insertApiKey(store, fields)
      expect(await consume(store)).toEqual({ outcome: 'refused' })
      expect(await findApiKey(store, apiKey.id, START)).toEqual(apiKey)
    })
  }

  it('accepts a key from the millisecond on at which it becomes valid', async store => {
    await insertApiKey(store, { remainingUses: 1, notBeforeAt: NOW })
    expect(await consume(store, NOW - 1)).toEqual({ outcome: 'refused' })
    expect(await consume(store, NOW)).toEqual({ outcome: 'consumed', remainingUses: 0 })
  })
}

function describeRotate({ it }: PortKit<ApiKeyStore>): void {
  it('copies the settings and limits the old key to the overlap', async store => {
    const apiKey = await insertApiKey(store, {
      lineageId: 'live_0',
      notBeforeAt: START + 1,
      disabledAt: START + 2,
      lastUsedAt: START + 3,
      remainingUses: 7,
      rateLimit: { limit: 10, windowSeconds: 1 },
    })
    const predecessor = { ...apiKey, successorId: 'live_2', expiresAt: NOW + MINUTE, remainingUses: 0 }
    const { lastUsedAt: _, ...kept } = apiKey
    const successor = {
      ...kept,
      id: 'live_2',
      hash: 'hash-2',
      secretId: 'secret-2',
      createdAt: NOW,
      expiresAt: NOW + HOUR,
    }
    expect(await store.rotate(keyRotation())).toEqual({ outcome: 'rotated', predecessor, successor })
    expect(await findApiKey(store)).toEqual(predecessor)
    expect(await findApiKey(store, 'live_2')).toEqual(successor)
    expect(await findApiKey(store, 'live_1', NOW + MINUTE)).toBeAbsent()
    expect(await store.list(LIST)).toEqual([successor, predecessor])
  })

  it('gives no limit to the successor of a key without', async store => {
    const apiKey = lastingApiKeyRecord()
    await store.insert({ apiKey, now: START })
    const predecessor = { ...apiKey, successorId: 'live_2', expiresAt: NOW + MINUTE }
    const successor = { ...apiKey, id: 'live_2', hash: 'hash-2', secretId: 'secret-2', createdAt: NOW }
    expect(await store.rotate(keyRotation())).toEqual({ outcome: 'rotated', predecessor, successor })
    expect(await findApiKey(store)).toEqual(predecessor)
    expect(await findApiKey(store, 'live_2')).toEqual(successor)
  })

  it('takes the expiry that is given', async store => {
    await insertApiKey(store)
    const successor = { id: 'live_2', hash: 'h', secretId: 's', expiresAt: NOW + 30 * SECOND }
    await store.rotate(keyRotation({ successor }))
    expect(await findApiKey(store, 'live_2', NOW + 30 * SECOND - 1)).toMatch({
      expiresAt: NOW + 30 * SECOND,
    })
    expect(await findApiKey(store, 'live_2', NOW + 30 * SECOND)).toBeAbsent()
  })

  it('never lets the old key outlive its own expiry', async store => {
    await insertApiKey(store, { expiresAt: NOW + 30 * SECOND })
    await store.rotate(keyRotation())
    expect(await findApiKey(store, 'live_1', NOW + 30 * SECOND - 1)).toMatch({
      expiresAt: NOW + 30 * SECOND,
    })
    expect(await findApiKey(store, 'live_1', NOW + 30 * SECOND)).toBeAbsent()
  })

  it('ends the old key at once without overlap', async store => {
    await insertApiKey(store)
    expect(await store.rotate(keyRotation({ overlapExpiresAt: NOW }))).toMatch({
      outcome: 'rotated',
      predecessor: { id: 'live_1', expiresAt: NOW },
    })
    expect(await findApiKey(store)).toBeAbsent()
    expect(await store.list(LIST)).toMatch([{ id: 'live_2' }])
    // the answer was lost: the successor tells that the first attempt arrived
    expect(await store.rotate(keyRotation({ overlapExpiresAt: NOW }))).toEqual({ outcome: 'not_found' })
    expect(await findApiKey(store, 'live_2')).toBePresent()
  })

  it('answers a repeat again and changes nothing', async store => {
    await insertApiKey(store, { remainingUses: 3 })
    const first = await store.rotate(keyRotation())
    const again = keyRotation({
      successor: { id: 'live_2', hash: 'other', secretId: 'other' },
      overlapExpiresAt: NOW + 5 * MINUTE,
      now: NOW + 5,
    })
    expect(await store.rotate(again)).toEqual(first)
    await store.consumeUse({ id: 'live_2', now: NOW })
    await store.rotate(again)
    expect(await findApiKey(store, 'live_2')).toMatch({ remainingUses: 2, hash: 'hash-2' })
  })

  it('rotates the successor in its turn, in one lineage', async store => {
    await insertApiKey(store)
    await store.rotate(keyRotation())
    const next = keyRotation({ id: 'live_2', successor: { id: 'live_3', hash: 'h', secretId: 's' } })
    expect(await store.rotate(next)).toMatch({ outcome: 'rotated', successor: { lineageId: 'live_1' } })
    expect(await findApiKey(store)).toMatch({ successorId: 'live_2' })
  })

  it('checks for not found, revoked and already rotated, in this order', async store => {
    await insertApiKey(store)
    const other = keyRotation({ successor: { id: 'live_3', hash: 'h', secretId: 's' } })
    await store.rotate(keyRotation())
    expect(await store.rotate({ ...other, ownerId: 'owner-1' })).toEqual({ outcome: 'already_rotated' })
    await store.revoke({ id: 'live_1', now: NOW })
    expect(await store.rotate(other)).toEqual({ outcome: 'revoked' })
    expect(await store.rotate(keyRotation())).toEqual({ outcome: 'revoked' })
    expect(await store.rotate({ ...other, ownerId: 'owner-2' })).toEqual({ outcome: 'not_found' })
    expect(await store.rotate({ ...other, now: NOW + MINUTE })).toEqual({ outcome: 'not_found' })
    expect(await store.rotate({ ...other, id: 'live_9' })).toEqual({ outcome: 'not_found' })
    expect(await findApiKey(store, 'live_3')).toBeAbsent()
  })

  it('leaves a key alone whose scope is not within the bounds', async store => {
    const apiKey = await insertApiKey(store, { scope: ['read', 'write'] })
    for (const scopeWithin of [[], ['read'], ['write', 'admin']]) {
      expect(await store.rotate({ ...keyRotation(), scopeWithin })).toEqual({ outcome: 'scope_exceeded' })
      expect(await findApiKey(store)).toEqual(apiKey)
    }
    const scopeWithin = ['write', 'other', 'read']
    expect(await store.rotate({ ...keyRotation(), scopeWithin })).toMatch({ outcome: 'rotated' })
    const second = keyRotation({ id: 'live_2', successor: { id: 'live_3', hash: 'h', secretId: 's' } })
    expect(await store.rotate({ ...second, scopeWithin: ['read'] })).toEqual({ outcome: 'scope_exceeded' })
  })

  it('lets any bounds pass for a key without scope', async store => {
    await insertApiKey(store, { scope: [] })
    expect(await store.rotate({ ...keyRotation(), scopeWithin: [] })).toMatch({ outcome: 'rotated' })
  })

  it('returns no successor that has expired', async store => {
    await insertApiKey(store)
    const successor = { id: 'live_2', hash: 'h', secretId: 's', expiresAt: NOW + 5 * SECOND }
    await store.rotate(keyRotation({ successor }))
    const late = keyRotation({ successor, now: NOW + 5 * SECOND })
    expect(await store.rotate(late)).toEqual({ outcome: 'already_rotated' })
  })

  it('never overwrites a key that is in use', async store => {
    const apiKey = await insertApiKey(store)
    const other = await insertApiKey(store, { id: 'live_2', ownerId: 'owner-2' })
    await expectFailure(() => store.rotate(keyRotation()))
    expect(await findApiKey(store, 'live_2')).toEqual(other)
    expect(await findApiKey(store)).toEqual(apiKey)
  })
}

function describeRevoke({ it }: PortKit<ApiKeyStore>): void {
  it('ends a key once; the first instant stays', async store => {
    const apiKey = await insertApiKey(store)
    expect(await store.revoke({ id: 'live_1', now: NOW, ownerId: 'owner-1' })).toEqual({ found: true })
    expect(await store.revoke({ id: 'live_1', now: NOW + 5 })).toEqual({ found: true })
    expect(await findApiKey(store)).toEqual({ ...apiKey, revokedAt: NOW })
  })

  it('does not find unknown keys, expired ones and those of another owner', async store => {
    const apiKey = await insertApiKey(store)
    expect(await store.revoke({ id: 'live_9', now: NOW })).toEqual({ found: false })
    expect(await store.revoke({ id: 'live_1', now: NOW, ownerId: 'owner-2' })).toEqual({ found: false })
    expect(await store.revoke({ id: 'live_1', now: START + HOUR })).toEqual({ found: false })
    expect(await findApiKey(store)).toEqual(apiKey)
  })
}

function describeUpdate({ it }: PortKit<ApiKeyStore>): void {
  const update = (store: ApiKeyStore, patch: ApiKeyPatch, now: number = NOW) =>
    store.update({ id: 'live_1', patch, now })

  it('changes what the patch names', async store => {
    await insertApiKey(store)
    const patch = {
      name: 'new',
      scope: ['a', 'b'],
      metadata: { x: [1] },
      expiresAt: NOW + 30 * SECOND,
      notBeforeAt: NOW + 1,
      remainingUses: 4,
      rateLimit: { limit: 2, windowSeconds: 60 },
    }
    const updated = await update(store, patch)
    expect(updated).toEqual(apiKeyRecord(patch))
    expect(await findApiKey(store)).toEqual(updated)
    expect(await findApiKey(store, 'live_1', NOW + 30 * SECOND)).toBeAbsent()
  })

  it('replaces metadata and scope as a whole', async store => {
    await insertApiKey(store, { scope: ['a', 'b'], metadata: { a: 1, b: { c: 2 } } })
    expect(await update(store, { scope: [], metadata: { b: {} } })).toMatch({ scope: [] })
    expect((await findApiKey(store))?.metadata).toEqual({ b: {} })
  })

  it('takes limits away with null', async store => {
    const rateLimit = { limit: 2, windowSeconds: 60 }
    await insertApiKey(store, { notBeforeAt: START, remainingUses: 4, rateLimit })
    const nothing = { expiresAt: null, notBeforeAt: null, remainingUses: null, rateLimit: null }
    const updated = await update(store, nothing)
    expect(updated).toEqual(lastingApiKeyRecord())
    expect(await findApiKey(store, 'live_1', START + 100_000 * HOUR)).toEqual(lastingApiKeyRecord())
  })

  it('changes one field and leaves every other as it is', async store => {
    const apiKey = await insertApiKey(store, { notBeforeAt: START, remainingUses: 4, disabledAt: START })
    expect(await update(store, {})).toEqual(apiKey)
    expect(await update(store, { remainingUses: 0 })).toEqual({ ...apiKey, remainingUses: 0 })
    expect(await update(store, { name: '' })).toEqual({ ...apiKey, remainingUses: 0, name: '' })
  })

  it('disables and enables; the first instant stays', async store => {
    const apiKey = await insertApiKey(store)
    expect(await update(store, { disabled: true })).toMatch({ disabledAt: NOW })
    expect(await update(store, { disabled: true }, NOW + 5)).toMatch({ disabledAt: NOW })
    expect(await update(store, {})).toMatch({ disabledAt: NOW })
    expect(await update(store, { disabled: false })).toEqual(apiKey)
    expect(await update(store, { disabled: true }, NOW + 9)).toMatch({ disabledAt: NOW + 9 })
  })

  it('answers with the record as written, also when that made it expire', async store => {
    const apiKey = await insertApiKey(store)
    expect(await update(store, { expiresAt: NOW })).toEqual({ ...apiKey, expiresAt: NOW })
    expect(await findApiKey(store)).toBeAbsent()
    expect(await update(store, { expiresAt: null })).toBeAbsent()
  })

  it('touches nothing else, whatever the patch carries', async store => {
    await insertApiKey(store)
    const patch = { name: 'new', ownerId: 'owner-2', hash: 'x', revokedAt: 1, ['__proto__']: { hash: 'y' } }
    expect(await update(store, untyped<ApiKeyPatch>(patch))).toEqual(apiKeyRecord({ name: 'new' }))
    expect(await findApiKey(store)).toEqual(apiKeyRecord({ name: 'new' }))
  })

  it('refuses keys that are unknown, expired, revoked or of another owner', async store => {
    const apiKey = await insertApiKey(store)
    expect(await store.update({ id: 'live_9', patch: {}, now: NOW })).toBeAbsent()
    expect(await store.update({ id: 'live_1', patch: {}, now: START + HOUR })).toBeAbsent()
    const foreign = { id: 'live_1', patch: { name: 'x' }, now: NOW, ownerId: 'owner-2' }
    expect(await store.update(foreign)).toBeAbsent()
    await store.revoke({ id: 'live_1', now: NOW })
    expect(await update(store, { name: 'x' })).toBeAbsent()
    expect(await findApiKey(store)).toEqual({ ...apiKey, revokedAt: NOW })
  })
}

function describeList({ it }: PortKit<ApiKeyStore>): void {
  it('is newest first, then by id, limited, with revoked keys and without expired ones', async store => {
    const created = [
      ['b', 2],
      ['d', 1],
      ['a', 2],
      ['e', 3],
      ['B', 2],
    ] as const
    for (const [id, age] of created) await insertApiKey(store, { id, createdAt: START + age })
    await insertApiKey(store, { id: 'x', createdAt: START + 9, expiresAt: NOW })
    await insertApiKey(store, { id: 'y', ownerId: 'owner-2' })
    await store.revoke({ id: 'e', now: START + 5 })
    const list = async (limit: number) => (await store.list({ ...LIST, limit })).map(({ id }) => id)
    expect(await list(10)).toEqual(['e', 'B', 'a', 'b', 'd'])
    expect(await list(2)).toEqual(['e', 'B'])
    expect(await list(0)).toEqual([])
  })
}

function describeTouch({ it }: PortKit<ApiKeyStore>): void {
  it('moves the last use forward only and touches no other field', async store => {
    const apiKey = await insertApiKey(store, { remainingUses: 3 })
    const touch = (id: string, lastUsedAt: number) => store.touch({ uses: [{ id, lastUsedAt }], now: NOW })
    await touch('live_1', START + 50)
    await touch('live_1', START + 40)
    await touch('unknown', START + 60)
    expect(await findApiKey(store)).toEqual({ ...apiKey, lastUsedAt: START + 50 })
    await store.touch({
      uses: [
        { id: 'live_1', lastUsedAt: START + 90 },
        { id: 'unknown', lastUsedAt: START + 90 },
        { id: 'live_1', lastUsedAt: START + 70 },
      ],
      now: NOW,
    })
    expect(await findApiKey(store)).toEqual({ ...apiKey, lastUsedAt: START + 90 })
    expect(await findApiKey(store, 'unknown')).toBeAbsent()
  })

  it('takes many uses at once, or none', async store => {
    const ids = Array.from({ length: 300 }, (_, index) => `key-${index}`)
    for (const id of ids.slice(0, 20)) await insertApiKey(store, { id })
    await store.touch({ uses: [], now: NOW })
    await store.touch({ uses: ids.map((id, index) => ({ id, lastUsedAt: START + index })), now: NOW })
    const listed = await store.list({ ...LIST, limit: 100 })
    const expected = ids.slice(0, 20).map((id, index) => [id, START + index])
    expect(listed.map(({ id, lastUsedAt }) => [id, lastUsedAt]).toSorted(byInstant)).toEqual(expected)
  })

  it('does not bring an expired key back, nor a revoked one', async store => {
    await insertApiKey(store)
    await store.touch({ uses: [{ id: 'live_1', lastUsedAt: START + HOUR }], now: START + HOUR })
    expect(await findApiKey(store, 'live_1', START + HOUR)).toBeAbsent()
    await insertApiKey(store, { id: 'revoked', revokedAt: START })
    await store.touch({ uses: [{ id: 'revoked', lastUsedAt: NOW }], now: NOW })
    expect(await findApiKey(store, 'revoked')).toMatch({ revokedAt: START })
  })
}

function byInstant(one: readonly unknown[], other: readonly unknown[]): number {
  return Number(one[1]) - Number(other[1])
}

function describeSweep({ it, isSweeping }: PortKit<ApiKeyStore>): void {
  const now = START + 20 * SECOND
  const insertOld = async (store: ApiKeyStore): Promise<void> => {
    for (let count = 0; count < 5; count += 1) {
      await insertApiKey(store, { id: `old-${count}`, expiresAt: START + 10 * SECOND + count })
    }
    await insertApiKey(store)
    await store.insert({ apiKey: lastingApiKeyRecord({ id: 'lasting' }), now: START })
  }

  if (isSweeping) {
    it('deletes expired keys in batches and nothing else', async store => {
      await insertOld(store)
      expect(await store.sweep({ now: START + 10 * SECOND - 1, limit: 10 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now, limit: 0 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now, limit: 2 })).toEqual({ removed: 2 })
      expect(await store.sweep({ now, limit: 10 })).toEqual({ removed: 3 })
      expect(await store.list({ ...LIST, now })).toMatch([{ id: 'lasting' }, { id: 'live_1' }])
    })
  } else {
    it('leaves deleting to the database, and live keys alone', async store => {
      await insertOld(store)
      const { removed } = await store.sweep({ now, limit: 2 })
      expect(removed).toBeAtMost(2)
      expect(await store.list({ ...LIST, now })).toMatch([{ id: 'lasting' }, { id: 'live_1' }])
    })
  }
}
