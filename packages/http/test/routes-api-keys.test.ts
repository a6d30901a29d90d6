import { beforeEach, describe, expect, it } from 'vitest'
import { createRoutesFixture, type RoutesFixture, START_SECONDS } from './routes-fixture.js'

let fixture: RoutesFixture
let token: string

beforeEach(async () => {
  fixture = createRoutesFixture()
  token = (await fixture.auth.sessions.start({ subject: 'user-1', scope: ['read', 'write'] })).accessToken
})

const issue = (body: unknown = { name: 'ci', scope: 'read' }) =>
  fixture.send('POST', '/api-keys', { token, body })

const verify = (apiKey: string) => fixture.auth.apiKeys.verify(apiKey)

describe('POST /api-keys', () => {
  it('issues a key to the caller', async () => {
    const response = await issue({
      name: 'ci',
      scope: 'read write',
      environment: 'test',
      expires_in: 3600,
      not_before: START_SECONDS,
      remaining_uses: 2,
      metadata: { team: 'a' },
    })
    expect(response).toMatchObject({ status: 201, headers: { 'cache-control': 'no-store' } })
    const { api_key: apiKey, ...record } = response.json
    expect(apiKey).toMatch(/^sk_test_/)
    expect(record).toEqual({
      id: expect.stringMatching(/^test_/),
      name: 'ci',
      environment: 'test',
      scope: 'read write',
      metadata: { team: 'a' },
      lineage_id: record.id,
      created_at: START_SECONDS,
      not_before: START_SECONDS,
      expires_at: START_SECONDS + 3600,
      remaining_uses: 2,
    })
    expect(await verify(apiKey)).toMatchObject({
      subject: 'user-1',
      scope: ['read', 'write'],
      remainingUses: 1,
    })
  })

  it('gives a key no scope unless it is asked for', async () => {
    const { json } = await issue({ name: 'ci' })
    expect(await verify(json.api_key)).toMatchObject({ scope: [] })
  })

  it('never gives a key more than the caller has', async () => {
    const response = await issue({ name: 'ci', scope: 'read admin' })
    expect(response).toMatchObject({ status: 403, json: { code: 'scope_exceeds_grant' } })
    expect(await fixture.auth.apiKeys.list('user-1')).toEqual([])
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'request_body_malformed'],
    ['no name', {}, 'request_body_malformed'],
    ['an empty name', { name: '' }, 'request_body_malformed'],
    ['a name of 300 characters', { name: 'n'.repeat(300) }, 'request_body_malformed'],
    ['a number for a name', { name: 7 }, 'request_body_malformed'],
    ['an array for a name', { name: ['ci'] }, 'request_body_malformed'],
    ['a NUL in a name', { name: 'c\0i' }, 'argument_invalid'],
    ['an owner', { name: 'ci', owner_id: 'user-2' }, 'request_body_malformed'],
    ['an owner under our own name', { name: 'ci', ownerId: 'user-2' }, 'request_body_malformed'],
    ['a misspelt member', { name: 'ci', expires_in_second: 5 }, 'request_body_malformed'],
    ['a member that objects inherit', '{"name":"ci","__proto__":{"owner_id":"x"}}', 'request_body_malformed'],
    ['an array for a scope', { name: 'ci', scope: ['read'] }, 'request_body_malformed'],
    ['a scope of 5 kB', { name: 'ci', scope: 'r'.repeat(5000) }, 'request_body_malformed'],
    ['a string for a lifetime', { name: 'ci', expires_in: '60' }, 'request_body_malformed'],
    ['a negative lifetime', { name: 'ci', expires_in: -1 }, 'request_body_malformed'],
    ['a fraction for a lifetime', { name: 'ci', expires_in: 1.5 }, 'request_body_malformed'],
    ['a lifetime beyond all dates', { name: 'ci', expires_in: Number.MAX_SAFE_INTEGER }, 'argument_invalid'],
    ['a start beyond all dates', { name: 'ci', not_before: Number.MAX_SAFE_INTEGER }, 'argument_invalid'],
    ['an array for metadata', { name: 'ci', metadata: [] }, 'request_body_malformed'],
    ['null for metadata', { name: 'ci', metadata: null }, 'request_body_malformed'],
    ['an environment that is none', { name: 'ci', environment: 'prod' }, 'argument_invalid'],
    ['an object for an environment', { name: 'ci', environment: {} }, 'request_body_malformed'],
  ])('refuses %s', async (_, body, code) => {
    const headers = typeof body === 'string' ? { 'content-type': 'application/json' } : {}
    const response = await fixture.send('POST', '/api-keys', { token, body, headers })
    expect(response).toMatchObject({ status: 400, json: { code } })
    expect(await fixture.auth.apiKeys.list('user-1')).toEqual([])
  })

  it('demands an access token before it looks at the body', async () => {
    const { json } = await issue()
    const headers = { 'x-api-key': json.api_key }
    const withKey = await fixture.send('POST', '/api-keys', { headers, body: { name: 'more' } })
    expect(withKey).toMatchObject({ status: 401, json: { code: 'credentials_missing' } })
    expect((await fixture.send('POST', '/api-keys', { body: 7 })).status).toBe(401)
  })
})

describe('GET /api-keys', () => {
  it('lists the keys of the caller without their texts', async () => {
    const { json } = await issue()
    await fixture.auth.apiKeys.issue({ ownerId: 'user-2', name: 'other' })
    await verify(json.api_key)
    await fixture.auth.apiKeys.flushLastUsed()
    await fixture.auth.apiKeys.update(json.id, { disabled: true })
    const response = await fixture.send('GET', '/api-keys', { token })
    expect(response.json.api_keys).toEqual([
      {
        id: json.id,
        name: 'ci',
        environment: 'live',
        scope: 'read',
        metadata: {},
        lineage_id: json.id,
        created_at: START_SECONDS,
        disabled_at: START_SECONDS,
        last_used_at: START_SECONDS,
      },
    ])
    expect(response.text).not.toContain(json.api_key)
    expect(response.text).not.toMatch(/hash|secret/i)
  })
})

describe('POST /api-keys/:id/rotate', () => {
  const rotate = (id: string, body?: unknown, as = token) =>
    fixture.send('POST', `/api-keys/${id}/rotate`, { token: as, body })

  it('replaces a key and lets the old one live for the overlap', async () => {
    const old = (await issue()).json
    const response = await rotate(old.id, { overlap_seconds: 60, expires_in: 3600 })
    expect(response).toMatchObject({ status: 201, headers: { 'cache-control': 'no-store' } })
    expect(response.json).toMatchObject({
      name: 'ci',
      scope: 'read',
      lineage_id: old.id,
      expires_at: START_SECONDS + 3600,
      predecessor: { id: old.id, successor_id: response.json.id, expires_at: START_SECONDS + 60 },
    })
    expect(await verify(old.api_key)).toMatchObject({ subject: 'user-1' })
    fixture.advance(61)
    await expect(verify(old.api_key)).rejects.toMatchObject({ code: expect.stringMatching(/^api_key_/) })
    expect(await verify(response.json.api_key)).toMatchObject({ subject: 'user-1' })
  })

  it('ends the old key at once unless an overlap is asked for', async () => {
    const old = (await issue()).json
    expect((await rotate(old.id)).status).toBe(201)
    await expect(verify(old.api_key)).rejects.toMatchObject({ code: expect.stringMatching(/^api_key_/) })
  })

  it('refuses to rotate twice, and what has ended', async () => {
    const old = (await issue()).json
    await rotate(old.id, { overlap_seconds: 60 })
    expect(await rotate(old.id)).toMatchObject({ status: 409, json: { code: 'api_key_already_rotated' } })
    const ended = (await issue()).json
    await fixture.auth.apiKeys.revoke(ended.id)
    expect(await rotate(ended.id)).toMatchObject({ status: 409, json: { code: 'api_key_not_rotatable' } })
  })

  it('never hands out a key that reaches further than the caller', async () => {
    const wide = (await issue({ name: 'ci', scope: 'read write' })).json
    const { accessToken } = await fixture.auth.accessTokens.issue({ subject: 'user-1', scope: ['read'] })
    const response = await rotate(wide.id, {}, accessToken)
    expect(response).toMatchObject({ status: 403, json: { code: 'scope_exceeds_grant' } })
    expect(await verify(wide.api_key)).toMatchObject({ scope: ['read', 'write'] })
  })

  // covers ASVS-8.2.2
  it('knows no key of somebody else', async () => {
    const { record } = await fixture.auth.apiKeys.issue({ ownerId: 'user-2', name: 'other' })
    for (const id of [record.id, 'nothing', '%2e', '🙂', 'a'.repeat(200)]) {
      expect(await rotate(id)).toMatchObject({ status: 404, json: { code: 'api_key_not_found' } })
    }
  })

  it.each([{ overlap_seconds: '60' }, { overlap_seconds: -1 }, { overlap_seconds: null }, { overlap: 60 }])(
    'refuses the body %j',
    async body => {
      const { json } = await issue()
      expect(await rotate(json.id, body)).toMatchObject({
        status: 400,
        json: { code: 'request_body_malformed' },
      })
      expect(await verify(json.api_key)).toMatchObject({ subject: 'user-1' })
    },
  )
})

describe('DELETE /api-keys/:id', () => {
  it('ends a key of the caller, and may be repeated', async () => {
    const { json } = await issue()
    for (const _ of [1, 2]) {
      expect((await fixture.send('DELETE', `/api-keys/${json.id}`, { token })).status).toBe(204)
    }
    await expect(verify(json.api_key)).rejects.toMatchObject({ code: 'api_key_revoked' })
  })

  it('knows no key of somebody else', async () => {
    const { apiKey, record } = await fixture.auth.apiKeys.issue({ ownerId: 'user-2', name: 'other' })
    for (const id of [record.id, 'nothing', '%00', '🙂']) {
      const response = await fixture.send('DELETE', `/api-keys/${id}`, { token })
      expect(response).toMatchObject({ status: 404, json: { code: 'api_key_not_found' } })
    }
    expect(await verify(apiKey)).toMatchObject({ subject: 'user-2' })
  })

  it('says "unavailable" while the stores are down', async () => {
    const { json } = await issue()
    fixture.setStoresUp(false)
    const response = await fixture.send('DELETE', `/api-keys/${json.id}`, { token })
    expect(response).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
  })
})
