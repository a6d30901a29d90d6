import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createAuthCore } from '../../src/index.js'
import type { Algorithm } from '../../src/jws/algorithms.js'
import { memoryStores } from '../../src/memory/index.js'
import type { StandardSchema } from '../../src/standard-schema.js'
import { AUDIENCE, deploy, ISSUER, SECRET, START } from '../fixtures.js'

describe('issuing', () => {
  // covers ASVS-9.2.4, RFC8725-3.9
  it('writes the claims of RFC 9068', async () => {
    const { auth } = deploy()
    const { accessToken, expiresAt, expiresInSeconds, tokenId } = await auth.accessTokens.issue({
      subject: 'user-1',
      scope: ['read', 'write', 'read'],
      roles: ['admin'],
      claims: { plan: 'pro' },
      clientId: 'web',
      sessionId: 'session-1',
      authenticatedAt: START - 5000,
      amr: ['pwd'],
      acr: 'aal1',
    })
    expect(decodeProtectedHeader(accessToken)).toEqual({
      alg: 'EdDSA',
      typ: 'at+jwt',
      kid: expect.any(String),
    })
    const iat = Math.floor(START / 1000)
    expect(decodeJwt(accessToken)).toEqual({
      iss: ISSUER,
      sub: 'user-1',
      aud: AUDIENCE,
      client_id: 'web',
      jti: tokenId,
      iat,
      iat_ms: START,
      exp: iat + 900,
      sid: 'session-1',
      scope: 'read write',
      roles: ['admin'],
      auth_time: iat - 5,
      amr: ['pwd'],
      acr: 'aal1',
      plan: 'pro',
    })
    expect(expiresAt).toBe((iat + 900) * 1000)
    expect(expiresInSeconds).toBe(900)
  })

  it.each<Algorithm>(['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'RS384', 'PS512'])(
    'with %s makes tokens that jose verifies with the published set',
    async algorithm => {
      const { auth, clock } = deploy({ accessToken: { algorithm } })
      const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
      const keys = createLocalJWKSet(JSON.parse(JSON.stringify(await auth.signingKeys.jwks())))
      const { payload } = await jwtVerify(accessToken, keys, {
        issuer: ISSUER,
        audience: AUDIENCE,
        typ: 'at+jwt',
        currentDate: new Date(clock()),
      })
      expect(payload.sub).toBe('user-1')
      await expect(auth.accessTokens.verify(accessToken)).resolves.toMatchObject({ subject: 'user-1' })
    },
  )

  it('uses RS256 unless told', async () => {
    const auth = createAuthCore({
      issuer: ISSUER,
      audience: AUDIENCE,
      secrets: [SECRET],
      stores: memoryStores(),
    })
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    expect(decodeProtectedHeader(accessToken).alg).toBe('RS256')
  })

  it.each([
    ['an empty subject', { subject: '' }],
    ['a subject that is an object', { subject: { $gt: '' } }],
    ['a subject with NUL', { subject: 'a\0b' }],
    ['a subject of 256 characters', { subject: 'a'.repeat(256) }],
    ['a lone surrogate', { subject: 'a\ud800' }],
    ['scope as a string', { scope: 'read write' }],
    ['a scope with a quote', { scope: ['a"b'] }],
    ['roles that are no strings', { roles: [1] }],
    ['an empty confirmation', { confirmation: {} }],
    ['an unknown confirmation', { confirmation: { kid: 'x' } }],
    ['amr that is no list', { amr: 'pwd' }],
    ['a login in the year 300000', { authenticatedAt: 1e16 }],
  ])('refuses %s', async (_, wrong) => {
    const { auth } = deploy()
    const options = { subject: 'user-1', ...wrong } as unknown as { subject: string }
    await expect(auth.accessTokens.issue(options)).rejects.toMatchObject({
      name: 'InvalidRequestError',
      code: 'argument_invalid',
    })
  })

  const thumbprint = 'A'.repeat(43)

  it.each([
    ['subject', { subject: '' }],
    ['clientId', { clientId: '' }],
    ['acr', { acr: '' }],
    ['sessionId', { sessionId: '' }],
    ['authenticatedAt', { authenticatedAt: -1 }],
    ['amr', { amr: [''] }],
    ['amr', { amr: 'pwd' }],
    ['amr', { amr: Array(17).fill('pwd') }],
    ['amr', { amr: ['x'.repeat(65)] }],
    ['confirmation', { confirmation: null }],
    ['confirmation', { confirmation: { jkt: 'short' } }],
    ['confirmation', { confirmation: { jkt: `${thumbprint}A` } }],
    ['confirmation', { confirmation: { jkt: `A${thumbprint}` } }],
    ['confirmation', { confirmation: { jkt: `${thumbprint}\n` } }],
    ['confirmation', { confirmation: { jkt: [thumbprint] } }],
    ['confirmation', { confirmation: { jkt: thumbprint, kid: thumbprint } }],
    ['confirmation', { confirmation: { jkt: thumbprint, 'x5t#S256': 'short' } }],
  ])('names %s when it is wrong', async (name, wrong) => {
    const { auth } = deploy()
    const options = { subject: 'user-1', ...wrong } as unknown as { subject: string }
    await expect(auth.accessTokens.issue(options)).rejects.toMatchObject({
      code: 'argument_invalid',
      message: expect.stringMatching(new RegExp(`^${name} must `)),
    })
  })

  it('accepts 16 methods of a login', async () => {
    const { auth } = deploy()
    const amr = Array.from({ length: 16 }, (_, index) => `m${index}`)
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', amr })
    expect(decodeJwt(accessToken)['amr']).toEqual(amr)
  })

  it('answers how the token is to be used, and tells of it in an event', async () => {
    const { auth, events } = deploy()
    const plain = await auth.accessTokens.issue({ subject: 'user-1' })
    const named = await auth.accessTokens.issue({ subject: 'user-1', clientId: 'web', sessionId: 's-1' })
    expect(plain).toMatchObject({ tokenType: 'Bearer', issuedAt: START })
    const event = { type: 'access_token.issued', at: START, subject: 'user-1' }
    expect(events.filter(({ type }) => type === 'access_token.issued')).toStrictEqual([
      { ...event, tokenId: plain.tokenId, clientId: ISSUER },
      { ...event, tokenId: named.tokenId, clientId: 'web', sessionId: 's-1' },
    ])
  })

  it('ends with its session, in whole seconds', async () => {
    const { auth } = deploy({ session: { idleSeconds: 60, absoluteSeconds: 60 } })
    const { accessToken, expiresInSeconds } = await auth.sessions.start({ subject: 'user-1' })
    expect(decodeJwt(accessToken).exp).toBe(Math.floor(START / 1000) + 60)
    expect(expiresInSeconds).toBe(60)
  })

  it('may be as long as verify would look at, to the character', async () => {
    const { auth, stores } = deploy()
    const options = { subject: 'user-1', claims: { pad: 'x'.repeat(1000) } }
    const { accessToken } = await auth.accessTokens.issue(options)
    const limited = (maxLength: number) => deploy({ stores, accessToken: { maxLength } }).auth.accessTokens
    await expect(limited(accessToken.length).issue(options)).resolves.toBeDefined()
    await expect(limited(accessToken.length - 1).issue(options)).rejects.toMatchObject({
      code: 'argument_invalid',
    })
  })

  it.each([
    ['claims_reserved', { sub: 'user-2' }],
    ['claims_reserved', { scope: 'admin' }],
    ['claims_reserved', JSON.parse('{"__proto__":{"admin":true}}')],
    ['claims_sensitive', { password: 'hunter2' }],
    ['claims_sensitive', { profile: [{ cardNumber: '4111' }] }],
    ['claims_sensitive', { 'Credit Card': '4111' }],
    ['claims_sensitive', { 'api-key': 'x' }],
    ['claims_sensitive', { refreshToken: 'x' }],
    ['claims_sensitive', { ssn: 'x' }],
    ['claims_invalid', { at: new Date() }],
    ['claims_invalid', { at: Number.NaN }],
    ['claims_invalid', { at: undefined }],
    ['claims_invalid', { text: '\udc00' }],
    ['claims_invalid', { text: 'x'.repeat(5000) }],
    ['claims_invalid', [1]],
    ['claims_invalid', 'text'],
  ])('refuses with %s the claims %j', async (code, claims) => {
    const { auth } = deploy()
    await expect(auth.accessTokens.issue({ subject: 'user-1', claims })).rejects.toMatchObject({ code })
  })

  it('does not take names for secrets that only resemble one', async () => {
    const { auth } = deploy()
    const claims = { passport: 'x', secretary: 'y', company: 'z', pinned: true, cardinality: 1 }
    await expect(auth.accessTokens.issue({ subject: 'user-1', claims })).resolves.toBeDefined()
  })

  it('refuses to issue what verify would find too long', async () => {
    const { auth } = deploy()
    const names = Array.from({ length: 64 }, (_, index) => `${index}`.padEnd(128, 'x'))
    await expect(
      auth.accessTokens.issue({ subject: 'user-1', scope: names, roles: names }),
    ).rejects.toMatchObject({
      code: 'argument_invalid',
      message: expect.stringContaining('maxLength'),
    })
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', scope: names })
    await expect(auth.accessTokens.verify(accessToken)).resolves.toBeDefined()
  })

  // covers ASVS-10.4.11
  it('refuses scopes and roles that the service does not define', async () => {
    const { auth } = deploy({ scopes: ['read'], roles: ['user'] })
    await expect(auth.accessTokens.issue({ subject: 'u', scope: ['write'] })).rejects.toMatchObject({
      code: 'scope_unknown',
    })
    await expect(auth.accessTokens.issue({ subject: 'u', roles: ['admin'] })).rejects.toMatchObject({
      code: 'role_unknown',
    })
  })
})

describe('verifying', () => {
  // covers ASVS-10.3.3
  it('gives a deeply frozen principal that one caller cannot change for another', async () => {
    const { auth } = deploy()
    const { accessToken } = await auth.accessTokens.issue({
      subject: 'user-1',
      scope: ['read'],
      claims: { nested: { list: [1] } },
    })
    const principal = await auth.accessTokens.verify(accessToken)
    expect(principal).toMatchObject({ method: 'access_token', issuedAt: START, audience: [AUDIENCE] })
    expect(() => (principal.scope as string[]).push('admin')).toThrow(TypeError)
    expect(() => (principal.claims as { nested: { list: number[] } }).nested.list.push(2)).toThrow(TypeError)
    expect(await auth.accessTokens.verify(accessToken)).toEqual(principal)
  })

  // covers ASVS-9.2.1
  it('expires to the millisecond, remembered or not', async () => {
    for (const cacheSize of [0, 1000]) {
      const { auth, clock } = deploy({ accessToken: { cacheSize } })
      const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
      clock.advanceMs(900_000 - 250 - 1)
      await expect(auth.accessTokens.verify(accessToken)).resolves.toBeDefined()
      clock.advanceMs(1)
      await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_expired' })
    }
  })

  it('allows the clock tolerance and no more', async () => {
    const { auth, clock } = deploy({ accessToken: { clockToleranceSeconds: 30 } })
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    clock.advanceMs(930_000 - 250 - 1)
    await expect(auth.accessTokens.verify(accessToken)).resolves.toBeDefined()
    clock.advanceMs(1)
    await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_expired' })
  })

  it('refuses tokens from the future beyond a minute', async () => {
    const { auth, clock } = deploy()
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    clock.advance(-60)
    await expect(auth.accessTokens.verify(accessToken)).resolves.toBeDefined()
    clock.advance(-1)
    await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_not_yet_valid' })
  })

  // covers ASVS-9.2.3, ASVS-10.3.1, ASVS-10.3.2, ASVS-10.3.4, RFC9700-2.3, RFC8725-3.8
  it('demands audience, scope and a recent login', async () => {
    const { auth, clock } = deploy({ audience: ['https://a.example', 'https://b.example'] })
    const { accessToken } = await auth.accessTokens.issue({
      subject: 'user-1',
      scope: ['read'],
      authenticatedAt: START - 100_000,
    })
    const verify = (options: Parameters<typeof auth.accessTokens.verify>[1]) =>
      auth.accessTokens.verify(accessToken, options)
    await expect(verify({ audience: 'https://b.example' })).resolves.toBeDefined()
    await expect(verify({ audience: ['https://c.example'] })).rejects.toMatchObject({
      code: 'token_audience_mismatch',
    })
    await expect(verify({ scope: ['read'] })).resolves.toBeDefined()
    await expect(verify({ scope: ['read', 'write'] })).rejects.toMatchObject({
      code: 'insufficient_scope',
      missing: ['write'],
    })
    await expect(verify({ maxAgeSeconds: 101 })).resolves.toBeDefined()
    clock.advance(10)
    await expect(verify({ maxAgeSeconds: 101 })).rejects.toMatchObject({ code: 'authentication_too_old' })
    const loose = await auth.accessTokens.issue({ subject: 'user-1' })
    await expect(auth.accessTokens.verify(loose.accessToken, { maxAgeSeconds: 1e6 })).rejects.toMatchObject({
      code: 'authentication_too_old',
    })
  })

  // covers ASVS-10.3.5, RFC9700-2.2.1, RFC9700-4.10
  it('refuses a token bound to a key unless the key was proved', async () => {
    const { auth } = deploy()
    const confirmation = { 'x5t#S256': 'A'.repeat(43), jkt: 'B'.repeat(43) }
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', confirmation })
    const mismatch = { code: 'token_binding_mismatch' }
    await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject(mismatch)
    for (const proved of [{}, { jkt: 'B'.repeat(43) }, { ...confirmation, jkt: 'C'.repeat(43) }]) {
      await expect(auth.accessTokens.verify(accessToken, { confirmation: proved })).rejects.toMatchObject(
        mismatch,
      )
    }
    await expect(auth.accessTokens.verify(accessToken, { confirmation })).resolves.toMatchObject({
      confirmation,
    })
  })

  it.each([undefined, null, 1, true, {}, [], Symbol('x'), () => 'a.b.c', '', '.', '..', 'a.b.c', 'a.b.c.d'])(
    'refuses %o with a typed error',
    async text => {
      const { auth } = deploy()
      await expect(auth.accessTokens.verify(text as string)).rejects.toMatchObject({
        name: 'InvalidTokenError',
        code: 'token_malformed',
      })
    },
  )

  it('tells of a refusal in an event', async () => {
    const { auth, eventsOf } = deploy()
    await expect(auth.accessTokens.verify('x')).rejects.toThrow()
    expect(eventsOf('credential.refused')).toMatchObject([
      { method: 'access_token', code: 'token_malformed' },
    ])
  })

  it('refuses a token that names no key of the ring', async () => {
    const { auth } = deploy()
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    const [, payload, signature] = accessToken.split('.')
    const header = Buffer.from('{"alg":"EdDSA","typ":"at+jwt"}').toString('base64url')
    await expect(auth.accessTokens.verify(`${header}.${payload}.${signature}`)).rejects.toMatchObject({
      code: 'token_key_unknown',
    })
  })

  it('looks at no more text than the cap', async () => {
    const { auth } = deploy()
    await expect(auth.accessTokens.verify('a'.repeat(16_385))).rejects.toMatchObject({
      code: 'token_too_long',
    })
  })

  it('believes a schema that finds issues, whatever value it gives beside them', async () => {
    const claims: StandardSchema<{ plan: string }> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: value => ({ value: Object(value), issues: [{ message: 'no plan of ours' }] }),
      },
    }
    const auth = createAuthCore({
      issuer: ISSUER,
      audience: AUDIENCE,
      secrets: [SECRET],
      stores: memoryStores(),
      accessToken: { algorithm: 'EdDSA', claims },
    })
    await expect(
      auth.accessTokens.issue({ subject: 'user-1', claims: { plan: 'gold' } }),
    ).rejects.toMatchObject({ code: 'claims_invalid' })
  })

  it('types and checks private claims with the schema of the options', async () => {
    const stores = memoryStores()
    const options = { issuer: ISSUER, audience: AUDIENCE, secrets: [SECRET], stores }
    const schema = z.object({ plan: z.enum(['free', 'pro']), seats: z.number().default(1) })
    const auth = createAuthCore({ ...options, accessToken: { algorithm: 'EdDSA', claims: schema } })
    const { accessToken } = await auth.accessTokens.issue({
      subject: 'user-1',
      claims: { plan: 'pro', seats: 1 },
    })
    const { claims } = await auth.accessTokens.verify(accessToken)
    const plan: 'free' | 'pro' = claims.plan
    expect(plan).toBe('pro')
    await expect(
      // @ts-expect-error the schema does not know this plan
      auth.accessTokens.issue({ subject: 'user-1', claims: { plan: 'gold', seats: 1 } }),
    ).rejects.toMatchObject({ code: 'claims_invalid' })

    const loose = createAuthCore({ ...options, accessToken: { algorithm: 'EdDSA' } })
    const foreign = await loose.accessTokens.issue({ subject: 'user-1', claims: { plan: 'gold' } })
    await expect(auth.accessTokens.verify(foreign.accessToken)).rejects.toMatchObject({
      code: 'token_claim_invalid',
    })
  })
})
