import { createAccessTokenVerifier, createRateLimiter, type RateLimitPolicy } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AuthPolicy,
  type AuthRequest,
  createHttpAuth,
  guardRequest,
  type HttpAuthOptions,
  parsePolicy,
  type RateLimitOptions,
} from '../src/index.js'
import { toAddressBucket } from '../src/rate-limits/address-bucket.js'
import { bearer, createFixture, ISSUER, request, START } from './fixture.js'

const TOKEN: AuthPolicy = { methods: ['access_token'] }
const EITHER: AuthPolicy = { methods: ['access_token', 'api_key'] }
const PER_ADDRESS = { name: 'address', limit: 3, windowSeconds: 60 } as const
const PER_CALLER = { name: 'caller', limit: 2, windowSeconds: 10 } as const

function limited(rateLimits: RateLimitOptions, more: HttpAuthOptions = {}) {
  const fixture = createFixture()
  const auth = createHttpAuth(fixture.auth, { ...more, rateLimits })
  const send = async (policy: AuthPolicy, headers: AuthRequest['headers'], ip = '192.0.2.1') => {
    const outcome = await guardRequest(auth, { ...request(headers), ip }, policy)
    return outcome.outcome === 'passed'
      ? { status: 200, headers: outcome.headers }
      : { status: outcome.response.status, headers: outcome.response.headers, body: outcome.response.body }
  }
  const token = async (subject = 'user-1', clientId?: string) => {
    const options = { subject, ...(clientId !== undefined && { clientId }) }
    return bearer((await fixture.auth.accessTokens.issue(options)).accessToken)
  }
  return { ...fixture, auth, send, token }
}

describe('the address', () => {
  it('is counted before anything is verified, and told on every answer', async () => {
    const { send, token, storeCalls } = limited({ address: PER_ADDRESS })
    expect(await send(TOKEN, await token())).toEqual({
      status: 200,
      headers: { ratelimit: '"address";r=2;t=20', 'ratelimit-policy': '"address";q=3;w=60' },
    })
    expect(await send(TOKEN, bearer('a.b.c'))).toMatchObject({
      status: 401,
      headers: {
        ratelimit: '"address";r=1;t=40',
        'www-authenticate': expect.stringContaining('invalid_token'),
      },
    })
    expect(await send(TOKEN, {})).toMatchObject({ status: 401, headers: { ratelimit: '"address";r=0;t=60' } })
    const calls = storeCalls()
    const refused = await send(TOKEN, await token())
    expect(refused).toMatchObject({
      status: 429,
      headers: {
        'retry-after': '20',
        ratelimit: '"address";r=0;t=20',
        'ratelimit-policy': '"address";q=3;w=60',
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
      },
    })
    expect(refused.headers).not.toHaveProperty('www-authenticate')
    expect(JSON.parse(refused.body ?? '')).toMatchObject({ code: 'rate_limited', status: 429 })
    expect(storeCalls()).toBe(calls)
  })

  it('is its own: a neighbour is not refused, and time lifts the limit', async () => {
    const { send, token, advance } = limited({ address: { ...PER_ADDRESS, limit: 1 } })
    const headers = await token()
    expect((await send(TOKEN, headers)).status).toBe(200)
    expect((await send(TOKEN, headers)).status).toBe(429)
    expect((await send(TOKEN, headers, '192.0.2.2')).status).toBe(200)
    advance(59)
    expect((await send(TOKEN, headers)).headers['retry-after']).toBe('1')
    advance(1)
    expect((await send(TOKEN, headers)).status).toBe(200)
  })

  it.each([
    ['an IPv4 address and the same mapped into IPv6', '192.0.2.1', '::ffff:192.0.2.1', true],
    ['the same in hexadecimal', '192.0.2.1', '::ffff:c000:201', true],
    ['two addresses of one /64', '2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
    ['one address written twice', '2001:db8:0:0:0:0:0:1', '2001:DB8::1', true],
    ['a zone and none', 'fe80::1%eth0', 'fe80::1', true],
    ['two unknown addresses', 'nonsense', '', true],
    ['two IPv4 addresses', '192.0.2.1', '192.0.2.2', false],
    ['two /64 of one /48', '2001:db8:1:2::1', '2001:db8:1:3::1', false],
  ])('of %s', async (_, one, other, isOne) => {
    const { send, token } = limited({ address: { ...PER_ADDRESS, limit: 1 } })
    const headers = await token()
    expect((await send(TOKEN, headers, one)).status).toBe(200)
    expect((await send(TOKEN, headers, other)).status).toBe(isOne ? 429 : 200)
  })

  it('is what trusted proxies say, and never what a client says', async () => {
    const rule = { address: { ...PER_ADDRESS, limit: 1 } }
    const direct = limited(rule)
    const headers = await direct.token()
    for (const [index, status] of [200, 429, 429].entries()) {
      const forged = { ...headers, 'x-forwarded-for': `203.0.113.${index}` }
      expect((await direct.send(TOKEN, forged)).status).toBe(status)
    }
    const proxied = limited(rule, { trustedProxies: ['10.0.0.0/8'] })
    const own = await proxied.token()
    const via = (address: string) => proxied.send(TOKEN, { ...own, 'x-forwarded-for': address }, '10.0.0.7')
    expect((await via('203.0.113.1')).status).toBe(200)
    expect((await via('203.0.113.2')).status).toBe(200)
    expect((await via('198.51.100.1, 203.0.113.2')).status).toBe(429)
  })

  it('pays for refused credentials when that is asked for, and not for other refusals', async () => {
    const { send, token, auth } = limited({ address: { ...PER_ADDRESS, limit: 20, failureCost: 5 } })
    const headers = await token()
    expect((await send(TOKEN, headers)).headers['ratelimit']).toContain('r=19')
    expect((await send(TOKEN, bearer('a.b.c'))).headers['ratelimit']).toContain('r=13')
    const { apiKey } = await auth.apiKeys.issue({ ownerId: 'user-1', name: 'x' })
    const wrong = apiKey.slice(0, -1) + (apiKey.endsWith('0') ? '1' : '0')
    expect((await send(EITHER, { 'x-api-key': wrong })).headers['ratelimit']).toContain('r=7')
    expect((await send(TOKEN, {})).headers['ratelimit']).toContain('r=6')
    expect((await send({ ...TOKEN, scope: ['x'] }, headers)).headers['ratelimit']).toContain('r=5')
    // less is left than a failure costs: nothing more is taken, and the answer is still that of the credential
    const last = await send(TOKEN, bearer('a.b.c'))
    expect([last.status, last.headers['ratelimit']]).toEqual([401, expect.stringContaining('r=4')])
  })
})

describe('the caller', () => {
  it('is counted once verified: tokens by subject, keys by lineage', async () => {
    const { send, token, auth } = limited({ caller: PER_CALLER })
    const headers = await token('user-1')
    const { apiKey, record } = await auth.apiKeys.issue({ ownerId: 'user-1', name: 'x' })
    expect((await send(EITHER, headers)).headers).toEqual({
      ratelimit: '"caller";r=1;t=5',
      'ratelimit-policy': '"caller";q=2;w=10',
    })
    expect((await send(EITHER, await token('user-1'), '198.51.100.1')).status).toBe(200)
    expect((await send(EITHER, headers)).status).toBe(429)
    expect((await send(EITHER, await token('user-2'))).status).toBe(200)
    expect((await send(EITHER, { 'x-api-key': apiKey })).status).toBe(200)
    const rotated = await auth.apiKeys.rotate(record.id, { overlapSeconds: 60 })
    expect((await send(EITHER, { 'x-api-key': rotated.apiKey })).status).toBe(200)
    expect((await send(EITHER, { 'x-api-key': apiKey })).status).toBe(429)
  })

  it('is not counted for credentials that are refused: they are answered 401, never 429', async () => {
    const { send, token, auth } = limited({ caller: { ...PER_CALLER, limit: 1 } })
    for (let time = 0; time < 3; time += 1) {
      const refused = await send(TOKEN, bearer('a.b.c'))
      expect(refused.status).toBe(401)
      expect(refused.headers).not.toHaveProperty('ratelimit')
    }
    const headers = await token()
    await auth.revocation.revokeSubject('user-1')
    expect((await send(TOKEN, headers)).status).toBe(401)
    expect((await send({ methods: ['access_token'], optional: true }, {})).status).toBe(200)
  })

  it.each([
    ['subject', ['user-1', 'web'], ['user-1', 'app'], 429],
    ['subject', ['user-1', 'web'], ['user-2', 'web'], 200],
    ['client', ['user-1', 'web'], ['user-2', 'web'], 429],
    ['client', ['user-1', 'web'], ['user-1', 'app'], 200],
    ['api_key', ['user-1', 'web'], ['user-1', 'web'], 200],
  ] as const)('is counted by %s: %j, then %j', async (by, first, second, status) => {
    const { send, token } = limited({ caller: { ...PER_CALLER, limit: 1, by } })
    expect((await send(TOKEN, await token(...first))).status).toBe(200)
    expect((await send(TOKEN, await token(...second))).status).toBe(status)
  })

  it('is counted by several limits, each told with what is left of it', async () => {
    const caller = [
      { name: 'burst', limit: 2, windowSeconds: 1 },
      { name: 'day', limit: 100, windowSeconds: 86_400, cost: 10 },
    ]
    const { send, token } = limited({ address: PER_ADDRESS, caller })
    const headers = await token()
    await send(TOKEN, headers)
    await send(TOKEN, headers)
    const refused = await send(TOKEN, headers)
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1'])
    expect(refused.headers).toMatchObject({
      ratelimit: '"address";r=0;t=60, "burst";r=0;t=1',
      'ratelimit-policy': '"address";q=3;w=60, "burst";q=2;w=1',
    })
  })

  it('lets exactly the limit of 1,000 parallel requests pass', async () => {
    const { send, token } = limited({ caller: { name: 'race', limit: 250, windowSeconds: 3600 } })
    const headers = await token()
    const answers = await Promise.all(Array.from({ length: 1000 }, () => send(TOKEN, headers)))
    const count = (status: number) => answers.filter(answer => answer.status === status).length
    expect([count(200), count(429)]).toEqual([250, 750])
  })
})

describe('an API key with a limit of its own', () => {
  it('is counted wherever it is used, also without any settings, and through its rotation', async () => {
    const { auth } = createFixture()
    const rateLimit = { limit: 2, windowSeconds: 60 }
    const { apiKey, record } = await auth.apiKeys.issue({ ownerId: 'o', name: 'x', rateLimit })
    const send = (key: string, policy: AuthPolicy = { methods: ['api_key'] }) =>
      guardRequest(auth, request({ 'x-api-key': key }), policy)
    expect(await send(apiKey)).toMatchObject({
      outcome: 'passed',
      headers: { ratelimit: '"api-key";r=1;t=30', 'ratelimit-policy': '"api-key";q=2;w=60' },
    })
    const rotated = await auth.apiKeys.rotate(record.id, { overlapSeconds: 60 })
    const uncounted: AuthPolicy = { methods: ['api_key'], rateLimit: false }
    expect(await send(rotated.apiKey, uncounted)).toMatchObject({ outcome: 'passed' })
    expect(await send(apiKey)).toMatchObject({ outcome: 'answered', response: { status: 429 } })
    expect(await send(rotated.apiKey)).toMatchObject({ response: { headers: { 'retry-after': '30' } } })
    await auth.apiKeys.update(rotated.record.id, { rateLimit: null })
    expect(await send(rotated.apiKey)).toMatchObject({ outcome: 'passed', headers: {} })
  })

  it('is counted beside a token that says who is calling', async () => {
    const { auth } = createFixture()
    const { apiKey } = await auth.apiKeys.issue({
      ownerId: 'o',
      name: 'x',
      rateLimit: { limit: 1, windowSeconds: 60 },
    })
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    const both = { ...bearer(accessToken), 'x-api-key': apiKey }
    expect(await guardRequest(auth, request(both), EITHER)).toMatchObject({
      principal: { method: 'access_token' },
      headers: { ratelimit: '"api-key";r=0;t=60' },
    })
    expect(await guardRequest(auth, request(both), EITHER)).toMatchObject({ response: { status: 429 } })
  })

  it('is no silent exception where a service cannot count', async () => {
    const { auth } = createFixture()
    const rateLimit = { limit: 2, windowSeconds: 60 }
    const { apiKey } = await auth.apiKeys.issue({ ownerId: 'o', name: 'x', rateLimit })
    const verifiers = { apiKeys: auth.apiKeys }
    const guarded = guardRequest(verifiers, request({ 'x-api-key': apiKey }), { methods: ['api_key'] })
    await expect(guarded).rejects.toMatchObject({ code: 'config_invalid' })
  })
})

describe('a route', () => {
  it('replaces a stage, keeps the other, shares counters by name, or counts nothing', async () => {
    const { send, token } = limited({ address: PER_ADDRESS, caller: PER_CALLER })
    const headers = await token()
    const upload = { name: 'upload', limit: 10, windowSeconds: 60, cost: 5 }
    const costly = { ...TOKEN, rateLimit: { caller: upload } } satisfies AuthPolicy
    expect((await send(costly, headers)).headers['ratelimit']).toBe('"address";r=2;t=20, "upload";r=5;t=30')
    const free = { ...TOKEN, rateLimit: false } satisfies AuthPolicy
    expect((await send(free, headers)).headers).toEqual({})
    const uncounted = { ...TOKEN, rateLimit: { address: [] } } satisfies AuthPolicy
    expect((await send(uncounted, headers)).headers['ratelimit']).toBe('"caller";r=1;t=5')
    expect((await send(costly, headers)).headers['ratelimit']).toContain('"upload";r=0')
    expect((await send({ ...uncounted, rateLimit: { address: [], caller: upload } }, headers)).status).toBe(
      429,
    )
  })
})

describe('a store that is away', () => {
  const broken = (rateLimits: RateLimitOptions) => {
    const { auth, events } = createFixture()
    const store = memoryStores().rateLimits
    const limiter = createRateLimiter({
      store: {
        ...store,
        take: () => Promise.reject(new Error('down')),
        reset: store.reset,
        sweep: store.sweep,
      },
      clock: () => START,
    })
    return { auth: createHttpAuth({ ...auth, rateLimits: limiter }, { rateLimits }), events }
  }

  it.each([undefined, 'refuse', 'accept'] as const)('is answered as whenUnavailable: %s says', async when => {
    const options = when === undefined ? {} : { whenUnavailable: when }
    for (const stage of [{ address: PER_ADDRESS }, { caller: PER_CALLER }]) {
      const { auth } = broken({ ...stage, ...options })
      const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
      const outcome = await guardRequest(auth, request(bearer(accessToken)), TOKEN)
      if (when === 'accept') expect(outcome).toMatchObject({ outcome: 'passed', headers: {} })
      else expect(outcome).toMatchObject({ response: { status: 503, headers: { 'retry-after': '5' } } })
    }
  })

  it('changes no answer to refused credentials', async () => {
    const address = { ...PER_ADDRESS, failureCost: 2 }
    const { auth } = broken({ address, whenUnavailable: 'accept' })
    const outcome = await guardRequest(auth, request(bearer('a.b.c')), TOKEN)
    expect(outcome).toMatchObject({ response: { status: 401 } })
  })
})

describe('a resource server without stores of its own', () => {
  it('counts with a limiter beside its verifier', async () => {
    const { auth } = createFixture()
    const jwks = await auth.signingKeys.jwks()
    const accessTokens = createAccessTokenVerifier({
      issuer: ISSUER,
      audience: ISSUER,
      jwks,
      clock: () => START,
    })
    const rateLimits = createRateLimiter({ store: memoryStores().rateLimits, clock: () => START })
    const server = createHttpAuth({ accessTokens, rateLimits }, { rateLimits: { caller: PER_CALLER } })
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    const guarded = await guardRequest(server, request(bearer(accessToken)), TOKEN)
    expect(guarded).toMatchObject({ headers: { ratelimit: '"caller";r=1;t=5' } })
  })

  it('is told while wiring that a limit needs a limiter', () => {
    const { auth } = createFixture()
    const verifiers = { accessTokens: auth.accessTokens }
    expect(() => createHttpAuth(verifiers, { rateLimits: { caller: PER_CALLER } })).toThrow(
      'createRateLimiter',
    )
    expect(() => parsePolicy({ ...TOKEN, rateLimit: { caller: PER_CALLER } }, verifiers)).toThrow(
      'rateLimits',
    )
    expect(() => createHttpAuth(verifiers, { rateLimits: {} })).not.toThrow()
    expect(() => parsePolicy({ ...TOKEN, rateLimit: false }, verifiers)).not.toThrow()
  })
})

describe('options', () => {
  const rule = (fields: object) => ({ address: { ...PER_ADDRESS, ...fields } })
  it.each<[string, unknown]>([
    ['rateLimits', null],
    ['rateLimits', []],
    ['rateLimits', true],
    ['rateLimits.adress', { adress: PER_ADDRESS }],
    ['rateLimits.whenUnavailable', { whenUnavailable: 'ignore' }],
    ['rateLimits.address', { address: 5 }],
    ['rateLimits.address', { address: null }],
    ['rateLimits.address', { address: Array.from({ length: 5 }, () => PER_ADDRESS) }],
    ['rateLimits.address.0.limit', { address: [{ ...PER_ADDRESS, limit: 0 }] }],
    ['rateLimits.address.name', rule({ name: undefined })],
    ['rateLimits.address.name', rule({ name: 'a";q=1' })],
    ['rateLimits.address.name', rule({ name: 'Ä' })],
    ['rateLimits.address.limit', rule({ limit: '3' })],
    ['rateLimits.address.limit', rule({ limit: 1e9 + 1 })],
    ['rateLimits.address.windowSeconds', rule({ windowSeconds: 0.5 })],
    ['rateLimits.address.windowSeconds', rule({ windowSeconds: Number.NaN })],
    ['rateLimits.address.cost', rule({ cost: 4 })],
    ['rateLimits.address.failureCost', rule({ failureCost: -1 })],
    ['rateLimits.address.by', rule({ by: 'subject' })],
    ['rateLimits.caller.by', { caller: { ...PER_CALLER, by: 'ip' } }],
    ['rateLimits.caller.failureCost', { caller: { ...PER_CALLER, failureCost: 1 } }],
  ])('are refused with their path: %s of %j', (path, rateLimits) => {
    const { auth } = createFixture()
    const wire = () => createHttpAuth(auth, { rateLimits: rateLimits as RateLimitOptions })
    expect(wire).toThrow(`- ${path}: `)
  })

  it('are refused in a policy', () => {
    const { auth } = createFixture()
    for (const rateLimit of [true, 5, null, { caller: { name: 'x' } }, { whenUnavailable: 'accept' }]) {
      const policy = { ...TOKEN, rateLimit } as unknown as AuthPolicy
      expect(() => parsePolicy(policy, auth)).toThrow('policy.rateLimit')
    }
  })

  it('take nothing from a polluted Object.prototype', async () => {
    const polluted: Record<string, unknown> = Object.prototype as never
    Object.assign(polluted, {
      rateLimit: false,
      whenUnavailable: 'accept',
      cost: 3,
      by: 'client',
      failureCost: 9,
    })
    try {
      const { send, token } = limited({ address: { ...PER_ADDRESS }, caller: { ...PER_CALLER } })
      const answer = await send({ methods: ['access_token'] }, await token())
      expect(answer.headers['ratelimit']).toBe('"address";r=2;t=20, "caller";r=1;t=5')
    } finally {
      for (const name of ['rateLimit', 'whenUnavailable', 'cost', 'by', 'failureCost']) delete polluted[name]
    }
  })

  it('are copied: changing them later changes nothing', async () => {
    const address: RateLimitPolicy & { limit: number } = { ...PER_ADDRESS, limit: 1 }
    const { send, token } = limited({ address })
    address.limit = 100
    await send(TOKEN, await token())
    expect((await send(TOKEN, await token())).status).toBe(429)
  })
})

describe('the bucket of an address', () => {
  it('is the same for the whole of a /64 and for no other', () => {
    const group = fc.integer({ min: 0, max: 0xffff })
    const address = fc.tuple(
      fc.integer({ min: 0x2000, max: 0x3fff }),
      ...Array.from({ length: 7 }, () => group),
    )
    fc.assert(
      fc.property(address, address, (one, other) => {
        const text = (parts: readonly number[]) => parts.map(part => part.toString(16)).join(':')
        const sibling = [...one.slice(0, 4), ...other.slice(4)]
        expect(toAddressBucket(text(one))).toBe(toAddressBucket(text(sibling)))
        const isSame = one.slice(0, 4).join() === other.slice(0, 4).join()
        expect(toAddressBucket(text(one)) === toAddressBucket(text(other))).toBe(isSame)
      }),
    )
  })

  it('of every IPv4 address is itself, mapped or not', () => {
    fc.assert(
      fc.property(fc.ipV4(), ip => {
        expect(toAddressBucket(ip)).toBe(ip)
        expect(toAddressBucket(`::ffff:${ip}`)).toBe(ip)
      }),
    )
  })

  it.each([undefined, '', 'unknown', '::1::2', '300.1.1.1', '-'])('of %j is that of nobody known', ip => {
    expect(toAddressBucket(ip)).toBe('unknown')
  })
})
