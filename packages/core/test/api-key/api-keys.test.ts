import { createHmac, hkdfSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apiKeyPattern } from '../../src/index.js'
import { deploy, OTHER_SECRET, override, race, SECRET, START } from '../fixtures.js'

const settings = { ownerId: 'owner-1', name: 'CI', scope: ['read', 'write'] }

describe('issuing', () => {
  // covers ASVS-11.5.1
  it('gives a key of the documented form and keeps only a peppered hash', async () => {
    const { auth, clock, stores } = deploy()
    const { apiKey, record } = await auth.apiKeys.issue({ ...settings, metadata: { team: 'a' } })

    expect(apiKey).toMatch(/^sk_live_[0-9A-Za-z]{71}$/)
    expect(record).toEqual({
      id: apiKey.slice(3, 3 + 5 + 22),
      ownerId: 'owner-1',
      name: 'CI',
      environment: 'live',
      scope: ['read', 'write'],
      metadata: { team: 'a' },
      lineageId: record.id,
      createdAt: START,
    })
    const stored = await stores.apiKeys.find({ id: record.id, now: clock() })
    const pepper = hkdfSync('sha256', SECRET, '', 'authcore/v1/api_key', 32)
    expect(stored?.hash).toBe(createHmac('sha256', Buffer.from(pepper)).update(apiKey).digest('base64url'))
  })

  it('never repeats an id or a secret', async () => {
    const { auth } = deploy()
    const { values } = await race(200, () => auth.apiKeys.issue(settings))
    expect(new Set(values.map(({ apiKey }) => apiKey.slice(30, 73))).size).toBe(200)
    expect(new Set(values.map(({ record }) => record.id)).size).toBe(200)
  })

  it.each([
    ['an empty owner', { ownerId: '' }],
    ['an owner that is an object', { ownerId: { $ne: null } }],
    ['a name with a line feed', { name: 'a\nb' }],
    ['a name that is too long', { name: 'n'.repeat(201) }],
    ['an unknown environment', { environment: 'prod' }],
    ['a lifetime of zero', { expiresInSeconds: 0 }],
    ['a lifetime that is not whole', { expiresInSeconds: 1.5 }],
    ['uses below zero', { remainingUses: -1 }],
    ['a rate limit that is a number', { rateLimit: 5 }],
    ['a rate limit without a window', { rateLimit: { limit: 5 } }],
    ['a rate limit of 0', { rateLimit: { limit: 0, windowSeconds: 60 } }],
    ['a rate limit that is too large', { rateLimit: { limit: 1e9 + 1, windowSeconds: 60 } }],
    ['a rate limit of a window that is not whole', { rateLimit: { limit: 5, windowSeconds: 0.5 } }],
    ['a scope with a space', { scope: ['a b'] }],
    ['too many scopes', { scope: Array.from({ length: 65 }, (_, index) => `s${index}`) }],
    ['metadata that is too long', { metadata: { a: 'x'.repeat(9000) } }],
    ['metadata that JSON would change', { metadata: { a: new Date() } }],
    ['a not-before that is no instant', { notBeforeAt: Number.NaN }],
  ])('refuses %s', async (_, wrong) => {
    const { auth } = deploy()
    const options = { ...settings, ...wrong } as unknown as typeof settings
    await expect(auth.apiKeys.issue(options)).rejects.toMatchObject({ code: 'argument_invalid' })
  })

  it('accepts each limit to its last value', async () => {
    const { auth } = deploy()
    const limits = { name: 'n'.repeat(200), remainingUses: 2 ** 31 - 1, expiresInSeconds: 3650 * 86_400 }
    await expect(auth.apiKeys.issue({ ...settings, ...limits })).resolves.toMatchObject({
      record: { remainingUses: 2 ** 31 - 1 },
    })
    const longer = { ...settings, expiresInSeconds: 3650 * 86_400 + 1 }
    await expect(auth.apiKeys.issue(longer)).rejects.toMatchObject({ code: 'argument_invalid' })
  })

  it('is told in an event', async () => {
    const { auth, eventsOf } = deploy()
    const { record } = await auth.apiKeys.issue(settings)
    expect(eventsOf('api_key.issued')).toMatchObject([
      { apiKeyId: record.id, ownerId: 'owner-1', lineageId: record.id },
    ])
  })

  it('refuses a scope that the service does not define', async () => {
    const { auth } = deploy({ scopes: ['read'] })
    await expect(auth.apiKeys.issue(settings)).rejects.toMatchObject({ code: 'scope_unknown' })
  })
})

describe('verifying', () => {
  it('gives a frozen principal', async () => {
    const { auth } = deploy()
    const { apiKey, record } = await auth.apiKeys.issue({ ...settings, expiresInSeconds: 60 })
    const principal = await auth.apiKeys.verify(apiKey, { scope: ['read'] })
    expect(principal).toEqual({
      method: 'api_key',
      subject: 'owner-1',
      apiKeyId: record.id,
      lineageId: record.id,
      name: 'CI',
      environment: 'live',
      scope: ['read', 'write'],
      roles: [],
      metadata: {},
      issuedAt: START,
      expiresAt: START + 60_000,
    })
    expect(Object.isFrozen(principal)).toBe(true)
  })

  it('tells the rate limit of the record, through rotation and update', async () => {
    const { auth } = deploy()
    const rateLimit = { limit: 100, windowSeconds: 60 }
    const extra = { ...rateLimit, cost: 9 } as typeof rateLimit
    const { apiKey, record } = await auth.apiKeys.issue({ ...settings, rateLimit: extra })
    expect(record.rateLimit).toEqual(rateLimit)
    expect(await auth.apiKeys.verify(apiKey)).toMatchObject({ rateLimit, lineageId: record.id })

    const rotated = await auth.apiKeys.rotate(record.id, { overlapSeconds: 60 })
    expect(rotated.record.rateLimit).toEqual(rateLimit)
    expect(await auth.apiKeys.verify(rotated.apiKey)).toMatchObject({ rateLimit, lineageId: record.id })

    const { id } = rotated.record
    await auth.apiKeys.update(id, { rateLimit: { limit: 7, windowSeconds: 1 } })
    expect(await auth.apiKeys.verify(rotated.apiKey)).toMatchObject({
      rateLimit: { limit: 7, windowSeconds: 1 },
    })
    expect(await auth.apiKeys.update(id, { rateLimit: null })).not.toHaveProperty('rateLimit')
    expect(await auth.apiKeys.verify(rotated.apiKey)).not.toHaveProperty('rateLimit')
    const wrong = { rateLimit: { limit: -1, windowSeconds: 1 } }
    await expect(auth.apiKeys.update(id, wrong)).rejects.toMatchObject({ code: 'argument_invalid' })
  })

  it('refuses text of another form without asking the store', async () => {
    const { auth, stores, eventsOf } = deploy()
    const { apiKey } = await auth.apiKeys.issue(settings)
    const asked: unknown[] = []
    const counting = deploy({
      stores: {
        ...stores,
        apiKeys: new Proxy(stores.apiKeys, {
          get: (target, name) => (query: never) => {
            asked.push(name)
            return Reflect.get(target, name).call(target, query)
          },
        }),
      },
    })
    const flipped = apiKey.slice(0, 40) + (apiKey[40] === 'A' ? 'B' : 'A') + apiKey.slice(41)
    const wrong = [
      '',
      'sk_live_',
      flipped,
      apiKey.slice(0, -1),
      `${apiKey}0`,
      ` ${apiKey}`,
      `${apiKey}\n`,
      apiKey.replace('live', 'test'),
      apiKey.replace('sk_', 'pk_'),
      apiKey.toUpperCase(),
      'x'.repeat(1_000_000),
      null,
      undefined,
      42,
      {},
      [apiKey],
      { toString: () => apiKey },
    ]
    for (const text of wrong) {
      await expect(counting.auth.apiKeys.verify(text as string)).rejects.toMatchObject({
        name: 'InvalidApiKeyError',
        code: 'api_key_malformed',
      })
    }
    expect(asked).toEqual([])
    expect(counting.eventsOf('credential.refused')).toHaveLength(wrong.length)
    expect(counting.eventsOf('credential.refused')[0]).toMatchObject({
      method: 'api_key',
      code: 'api_key_malformed',
    })
    expect(eventsOf('credential.refused')).toEqual([])
  })

  it('refuses a key of another deployment: the secret is compared, not only found', async () => {
    const here = deploy()
    const there = deploy({ secrets: [OTHER_SECRET], stores: here.stores })
    const { apiKey } = await there.auth.apiKeys.issue(settings)
    await expect(here.auth.apiKeys.verify(apiKey)).rejects.toMatchObject({ code: 'api_key_unknown' })

    const { record } = await here.auth.apiKeys.issue(settings)
    const forged = await forgeKey(record.id)
    await expect(here.auth.apiKeys.verify(forged)).rejects.toMatchObject({ code: 'api_key_secret_invalid' })
  })

  it('keeps keys alive while their pepper is on the list', async () => {
    const before = deploy()
    const { apiKey } = await before.auth.apiKeys.issue(settings)
    const during = deploy({ secrets: [OTHER_SECRET, SECRET], stores: before.stores })
    await expect(during.auth.apiKeys.verify(apiKey)).resolves.toBeDefined()
    const after = deploy({ secrets: [OTHER_SECRET], stores: before.stores })
    await expect(after.auth.apiKeys.verify(apiKey)).rejects.toMatchObject({ code: 'api_key_unknown' })
  })

  it('says which state refuses a key', async () => {
    const { auth, clock } = deploy()
    const { apiKey, record } = await auth.apiKeys.issue({
      ...settings,
      expiresInSeconds: 100,
      notBeforeAt: START + 1000,
    })
    await expect(auth.apiKeys.verify(apiKey)).rejects.toMatchObject({ code: 'api_key_not_yet_valid' })
    clock.advance(1)
    await expect(auth.apiKeys.verify(apiKey)).resolves.toBeDefined()
    await auth.apiKeys.update(record.id, { disabled: true })
    await expect(auth.apiKeys.verify(apiKey)).rejects.toMatchObject({ code: 'api_key_disabled' })
    await auth.apiKeys.update(record.id, { disabled: false })
    await expect(auth.apiKeys.verify(apiKey)).resolves.toBeDefined()
    clock.advanceMs(98_999)
    await expect(auth.apiKeys.verify(apiKey)).resolves.toBeDefined()
    clock.advanceMs(1)
    await expect(auth.apiKeys.verify(apiKey)).rejects.toMatchObject({
      code: expect.stringMatching(/^api_key_(expired|unknown)$/),
    })
  })

  it('gives a principal without the limits that a key has not', async () => {
    const { auth } = deploy()
    const { apiKey } = await auth.apiKeys.issue(settings)
    const names = [
      'method',
      'subject',
      'apiKeyId',
      'lineageId',
      'name',
      'environment',
      'scope',
      'roles',
      'metadata',
      'issuedAt',
    ]
    expect(Object.keys(await auth.apiKeys.verify(apiKey))).toEqual(names)
  })

  it('looks at the state itself: a store may answer for what has just ended', async () => {
    const { auth, clock, stores } = deploy()
    const { apiKey, record } = await auth.apiKeys.issue({
      ...settings,
      expiresInSeconds: 60,
      remainingUses: 1,
    })
    const stored = await stores.apiKeys.find({ id: record.id, now: clock() })
    const late = override(stores.apiKeys, {
      find: async () => stored,
      consumeUse: async () => ({ outcome: 'refused' }),
    })
    const { auth: lazy } = deploy({ clock, stores: { ...stores, apiKeys: late } })
    // revoked between the read and the use
    await expect(lazy.apiKeys.verify(apiKey)).rejects.toMatchObject({ code: 'api_key_revoked' })
    clock.advance(60)
    await expect(lazy.apiKeys.verify(apiKey)).rejects.toMatchObject({ code: 'api_key_expired' })
  })

  it('refuses a stored hash that is no hash', async () => {
    const { auth, clock, stores } = deploy()
    const { apiKey, record } = await auth.apiKeys.issue(settings)
    const stored = await stores.apiKeys.find({ id: record.id, now: clock() })
    for (const hash of ['', '!', `${stored?.hash}=`]) {
      const damaged = override(stores.apiKeys, { find: async () => stored && { ...stored, hash } })
      const other = deploy({ clock, stores: { ...stores, apiKeys: damaged } })
      await expect(other.auth.apiKeys.verify(apiKey)).rejects.toMatchObject({
        code: 'api_key_secret_invalid',
      })
    }
  })

  it('demands scopes', async () => {
    const { auth } = deploy()
    const { apiKey } = await auth.apiKeys.issue({ ...settings, scope: ['read'], remainingUses: 1 })
    await expect(auth.apiKeys.verify(apiKey, { scope: ['read', 'admin'] })).rejects.toMatchObject({
      code: 'insufficient_scope',
      missing: ['admin'],
    })
    // the refusal spent no use
    await expect(auth.apiKeys.verify(apiKey, { scope: ['read'] })).resolves.toMatchObject({
      remainingUses: 0,
    })
  })

  it('lets 50 of 200 concurrent callers use a key with 50 uses', async () => {
    const { auth } = deploy()
    const { apiKey } = await auth.apiKeys.issue({ ...settings, remainingUses: 50 })
    const { values, codes } = await race(200, () => auth.apiKeys.verify(apiKey))
    expect(values.map(({ remainingUses }) => remainingUses).sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 50 }, (_, index) => index),
    )
    expect(new Set(codes)).toEqual(new Set(['api_key_exhausted']))
  })
})

describe('rotating', () => {
  it('lets both keys live for the overlap and copies the settings', async () => {
    const { auth, clock } = deploy()
    const first = await auth.apiKeys.issue({ ...settings, expiresInSeconds: 1000, metadata: { team: 'a' } })
    clock.advance(100)
    const second = await auth.apiKeys.rotate(first.record.id, { overlapSeconds: 60 })

    expect(second.record).toMatchObject({
      ownerId: 'owner-1',
      name: 'CI',
      environment: 'live',
      scope: ['read', 'write'],
      metadata: { team: 'a' },
      lineageId: first.record.id,
      expiresAt: clock() + 1_000_000,
    })
    expect(second.predecessor).toMatchObject({ successorId: second.record.id, expiresAt: clock() + 60_000 })
    await expect(auth.apiKeys.verify(first.apiKey)).resolves.toBeDefined()
    await expect(auth.apiKeys.verify(second.apiKey)).resolves.toBeDefined()
    clock.advance(60)
    await expect(auth.apiKeys.verify(first.apiKey)).rejects.toMatchObject({
      code: expect.stringMatching(/^api_key_(expired|unknown)$/),
    })
    await expect(auth.apiKeys.verify(second.apiKey)).resolves.toBeDefined()
  })

  it('is told in an event, with the end of the overlap', async () => {
    const { auth, eventsOf, clock } = deploy()
    const { record } = await auth.apiKeys.issue(settings)
    const successor = await auth.apiKeys.rotate(record.id, { overlapSeconds: 60 })
    expect(eventsOf('api_key.rotated')).toMatchObject([
      {
        apiKeyId: record.id,
        successorId: successor.record.id,
        ownerId: 'owner-1',
        overlapExpiresAt: clock() + 60_000,
      },
    ])
  })

  it('never lets the old key outlive its own expiry', async () => {
    const { auth, clock } = deploy()
    const { record } = await auth.apiKeys.issue({ ...settings, expiresInSeconds: 30 })
    const { predecessor } = await auth.apiKeys.rotate(record.id, { overlapSeconds: 3600 })
    expect(predecessor.expiresAt).toBe(clock() + 30_000)
  })

  it('lets one of 20 concurrent callers rotate', async () => {
    const { auth } = deploy()
    const { record } = await auth.apiKeys.issue(settings)
    const { values, codes } = await race(20, () => auth.apiKeys.rotate(record.id, { overlapSeconds: 60 }))
    expect(values).toHaveLength(1)
    expect(new Set(codes)).toEqual(new Set(['api_key_already_rotated']))
  })

  it('refuses keys that are unknown, revoked, or of somebody else', async () => {
    const { auth } = deploy()
    const { record } = await auth.apiKeys.issue(settings)
    const rotate = (id: string, ownerId?: string) =>
      auth.apiKeys.rotate(id, { overlapSeconds: 0, ...(ownerId !== undefined && { ownerId }) })
    await expect(rotate('live_nothing')).rejects.toMatchObject({ code: 'api_key_not_found' })
    await expect(rotate(`live_${'0'.repeat(22)}`)).rejects.toMatchObject({ code: 'api_key_not_found' })
    await expect(rotate(record.id, 'owner-2')).rejects.toMatchObject({ code: 'api_key_not_found' })
    await auth.apiKeys.revoke(record.id)
    await expect(rotate(record.id)).rejects.toMatchObject({ code: 'api_key_not_rotatable' })
  })

  it('keeps the new text when the answer of the store is lost', async () => {
    const { stores, clock, auth: plain } = deploy()
    let answersToLose = 1
    const lossy = override(stores.apiKeys, {
      rotate: async command => {
        const outcome = await stores.apiKeys.rotate(command)
        if (answersToLose-- > 0) throw new Error('connection reset')
        return outcome
      },
    })
    const { auth } = deploy({ clock, stores: { ...stores, apiKeys: lossy } })
    const first = await auth.apiKeys.issue(settings)
    const { apiKey, record } = await auth.apiKeys.rotate(first.record.id, { overlapSeconds: 60 })
    await expect(plain.apiKeys.verify(apiKey)).resolves.toMatchObject({ apiKeyId: record.id })
    expect(await plain.apiKeys.list('owner-1')).toHaveLength(2)

    answersToLose = 1
    await expect(auth.apiKeys.rotate(record.id, { overlapSeconds: 0 })).rejects.toMatchObject({
      code: 'store_unavailable',
    })
  })

  it('refuses a key that reaches further than the caller', async () => {
    const { auth } = deploy()
    const { record, apiKey } = await auth.apiKeys.issue(settings)
    const rotate = (scopeWithin: readonly string[]) =>
      auth.apiKeys.rotate(record.id, { overlapSeconds: 60, scopeWithin })
    await expect(rotate(['read'])).rejects.toMatchObject({ code: 'scope_exceeds_grant' })
    await expect(rotate([])).rejects.toMatchObject({ code: 'scope_exceeds_grant' })
    await expect(auth.apiKeys.verify(apiKey)).resolves.toBeDefined()
    await expect(rotate(['write', 'read', 'other'])).resolves.toMatchObject({
      record: { scope: ['read', 'write'] },
    })
  })

  it('moves the uses to the successor', async () => {
    const { auth } = deploy()
    const first = await auth.apiKeys.issue({ ...settings, remainingUses: 5 })
    await auth.apiKeys.verify(first.apiKey)
    const second = await auth.apiKeys.rotate(first.record.id, { overlapSeconds: 60 })
    await expect(auth.apiKeys.verify(first.apiKey)).rejects.toMatchObject({ code: 'api_key_exhausted' })
    await expect(auth.apiKeys.verify(second.apiKey)).resolves.toMatchObject({ remainingUses: 3 })
  })
})

describe('managing', () => {
  it('revokes for good, only for the owner, and may be repeated', async () => {
    const { auth } = deploy()
    const { apiKey, record } = await auth.apiKeys.issue(settings)
    expect(await auth.apiKeys.revoke(record.id, { ownerId: 'owner-2' })).toEqual({ found: false })
    expect(await auth.apiKeys.revoke(record.id, { ownerId: 'owner-1' })).toEqual({ found: true })
    expect(await auth.apiKeys.revoke(record.id)).toEqual({ found: true })
    expect(await auth.apiKeys.revoke('../etc/passwd')).toEqual({ found: false })
    await expect(auth.apiKeys.verify(apiKey)).rejects.toMatchObject({ code: 'api_key_revoked' })
    await expect(auth.apiKeys.update(record.id, { disabled: false })).rejects.toMatchObject({
      code: 'api_key_not_found',
    })
  })

  it('changes settings and takes limits away', async () => {
    const { auth, eventsOf } = deploy()
    const { record } = await auth.apiKeys.issue({ ...settings, expiresInSeconds: 60, remainingUses: 1 })
    const patch = {
      name: 'Deploy',
      scope: ['read'],
      expiresAt: null,
      remainingUses: null,
      metadata: { a: 1 },
    }
    const updated = await auth.apiKeys.update(record.id, patch)
    expect(updated).toMatchObject({ name: 'Deploy', scope: ['read'], metadata: { a: 1 } })
    expect(updated).not.toHaveProperty('expiresAt')
    expect(updated).not.toHaveProperty('remainingUses')
    expect(eventsOf('api_key.updated')).toMatchObject(
      [{ fields: Object.keys(patch).sort() }].map(event => ({
        ...event,
        fields: expect.arrayContaining(event.fields),
      })),
    )
    await expect(
      auth.apiKeys.update(record.id, { disabled: 'yes' as unknown as boolean }),
    ).rejects.toMatchObject({
      code: 'argument_invalid',
    })
  })

  it('lists the keys of one owner without hashes, newest first', async () => {
    const { auth, clock } = deploy()
    await auth.apiKeys.issue({ ...settings, name: 'first' })
    clock.advance(1)
    await auth.apiKeys.issue({ ...settings, name: 'second' })
    await auth.apiKeys.issue({ ...settings, ownerId: 'owner-2' })
    const listed = await auth.apiKeys.list('owner-1')
    expect(listed.map(({ name }) => name)).toEqual(['second', 'first'])
    expect(JSON.stringify(listed)).not.toMatch(/hash|secretId/)
  })
})

describe('last-used instants', () => {
  it('are gathered and written in one batch, only forward, touching nothing else', async () => {
    const { auth, clock, stores } = deploy()
    const touches: unknown[] = []
    const touch = stores.apiKeys.touch.bind(stores.apiKeys)
    stores.apiKeys.touch = command => {
      touches.push(command)
      return touch(command)
    }
    const { apiKey, record } = await auth.apiKeys.issue(settings)
    for (let use = 0; use < 5; use++) {
      clock.advance(1)
      await auth.apiKeys.verify(apiKey)
    }
    expect(touches).toEqual([])
    await auth.apiKeys.update(record.id, { disabled: true })
    await auth.close()
    expect(touches).toHaveLength(1)
    const stored = await stores.apiKeys.find({ id: record.id, now: clock() })
    expect(stored).toMatchObject({ lastUsedAt: START + 5000, disabledAt: expect.any(Number) })
  })

  it('are written by a use after the interval', async () => {
    const { auth, clock, stores } = deploy()
    const { apiKey, record } = await auth.apiKeys.issue(settings)
    clock.advance(61)
    await auth.apiKeys.verify(apiKey)
    await auth.apiKeys.flushLastUsed()
    expect(await stores.apiKeys.find({ id: record.id, now: clock() })).toMatchObject({ lastUsedAt: clock() })
  })

  it('survive a failed write', async () => {
    const { auth, clock, stores } = deploy()
    const { apiKey, record } = await auth.apiKeys.issue(settings)
    await auth.apiKeys.verify(apiKey)
    const touch = stores.apiKeys.touch.bind(stores.apiKeys)
    stores.apiKeys.touch = () => Promise.reject(new Error('connection reset'))
    await expect(auth.apiKeys.flushLastUsed()).rejects.toMatchObject({ code: 'store_unavailable' })
    stores.apiKeys.touch = touch
    await auth.apiKeys.flushLastUsed()
    expect(await stores.apiKeys.find({ id: record.id, now: clock() })).toMatchObject({ lastUsedAt: START })
  })
})

describe('the pattern', () => {
  it('finds keys in text and nothing else', async () => {
    const { auth } = deploy()
    const { apiKey } = await auth.apiKeys.issue(settings)
    expect(`key=${apiKey}; next`.match(apiKeyPattern())).toEqual([apiKey])
    expect(`"${apiKey}x"`.match(apiKeyPattern())).toBeNull()
    expect(auth.apiKeys.pattern().source).toBe(apiKeyPattern().source)
    expect(auth.apiKeys.isApiKey(apiKey)).toBe(true)
    for (const text of ['', 'sk', 'skx', 'pk_live_x', 'eyJhbGciOiJub25lIn0.e30.']) {
      expect(auth.apiKeys.isApiKey(text)).toBe(false)
    }
  })

  it('follows the prefix and the environments of the deployment', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.stringMatching(/^[a-z][a-z0-9]{0,15}$/),
        fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,15}$/), { minLength: 1, maxLength: 4 }),
        async (prefix, environments) => {
          const { auth } = deploy({ apiKey: { prefix, environments } })
          for (const environment of environments) {
            const { apiKey } = await auth.apiKeys.issue({ ...settings, environment })
            expect(apiKey.match(auth.apiKeys.pattern())).toEqual([apiKey])
            expect(auth.apiKeys.isApiKey(apiKey)).toBe(true)
            expect(await auth.apiKeys.verify(apiKey)).toMatchObject({ environment })
          }
        },
      ),
      { numRuns: 50 },
    )
  })
})

/** A key for a known id with a right checksum and a made-up secret. */
async function forgeKey(id: string): Promise<string> {
  const { createApiKeyText } = await import('../../src/api-key/api-key-text.js')
  const environment = id.slice(0, id.indexOf('_'))
  // the first 22 characters that are asked for are the id: spell out the known one
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  const indexes = Uint8Array.from(id.slice(environment.length + 1), character => alphabet.indexOf(character))
  const { text } = createApiKeyText('sk', environment, length =>
    length === 22 ? indexes : new Uint8Array(length),
  )
  return text
}
