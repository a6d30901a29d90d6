import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type AccessTokenVerifierOptions, ConfigError, createAccessTokenVerifier } from '../../src/index.js'
import { importSigningKey } from '../../src/jws/import-key.js'
import { createJwsSigner } from '../../src/jws/sign.js'
import type { VerificationKey } from '../../src/jws/types.js'
import { importKey } from '../../src/jwt.js'
import { memoryStores } from '../../src/memory/index.js'
import type { Fetch } from '../../src/ports/index.js'
import { AUDIENCE, deploy, holdClock, ISSUER, override, START } from '../fixtures.js'

const second = Math.floor(START / 1000)
const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'user-1', iat: second, exp: second + 60, jti: 'token-1' }
const secret = crypto.getRandomValues(new Uint8Array(32))

async function verifierOf(options: Partial<AccessTokenVerifierOptions> = {}) {
  const key = await importKey(secret, { algorithm: 'HS256', kid: 'key-1' })
  const signer = await importSigningKey(secret, { algorithm: 'HS256', kid: 'key-1' })
  const clock = holdClock()
  const verifier = createAccessTokenVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    keys: [key],
    algorithms: ['HS256'],
    clock,
    ...options,
  })
  // signJwt would refuse to sign most of these
  const sign = async (payload: object, typ = 'at+jwt') =>
    createJwsSigner(signer, { typ })(JSON.stringify(payload))
  return { verifier, sign, clock, key }
}

describe('a verifier with keys at hand', () => {
  it('verifies what an issuer issued, from a set or from imported keys', async () => {
    const { auth, clock } = deploy()
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', scope: ['read'] })
    const jwks = await auth.signingKeys.jwks()
    const imported = await importKey(jwks.keys[0] ?? { kty: 'none' })
    const sources = [{ jwks }, { keys: jwks.keys }, { keys: [imported] }]
    for (const source of sources) {
      const verifier = createAccessTokenVerifier({ issuer: ISSUER, audience: AUDIENCE, clock, ...source })
      for (let repeat = 0; repeat < 2; repeat++) {
        await expect(verifier.verify(accessToken, { scope: ['read'] })).resolves.toMatchObject({
          subject: 'user-1',
          issuedAt: START,
        })
      }
      await expect(verifier.verify(`${accessToken.slice(0, -4)}AAAA`)).rejects.toMatchObject({
        code: 'token_signature_invalid',
      })
    }
  })

  it('takes the beginning of the second where an issuer writes no milliseconds', async () => {
    const { verifier, sign } = await verifierOf()
    expect(await verifier.verify(await sign(claims))).toMatchObject({ issuedAt: second * 1000, scope: [] })
  })

  it('keeps claims that have no place of their own', async () => {
    const { verifier, sign } = await verifierOf()
    const token = await sign({ ...claims, groups: ['a'], azp: 'web', scope: ['read', 'write'] })
    expect(await verifier.verify(token)).toMatchObject({
      claims: { groups: ['a'], azp: 'web' },
      scope: ['read', 'write'],
    })
  })

  it.each([
    ['token_claim_missing', { iss: undefined }],
    ['token_claim_missing', { sub: undefined }],
    ['token_claim_missing', { exp: undefined }],
    ['token_claim_missing', { aud: undefined }],
    ['token_claim_missing', { iat: undefined }],
    ['token_claim_missing', { jti: undefined }],
    ['token_claim_invalid', { iss: [ISSUER] }],
    ['token_claim_invalid', { sub: 7 }],
    ['token_claim_invalid', { sub: '' }],
    ['token_claim_invalid', { exp: '9999999999' }],
    ['token_claim_invalid', { exp: 1e30 }],
    ['token_claim_invalid', { exp: -1 }],
    ['token_claim_invalid', { exp: null }],
    ['token_claim_invalid', { nbf: 'now' }],
    ['token_claim_invalid', { aud: [] }],
    ['token_claim_invalid', { aud: [7] }],
    ['token_claim_invalid', { aud: {} }],
    ['token_claim_invalid', { jti: { $ne: '' } }],
    ['token_claim_invalid', { scope: { read: true } }],
    ['token_claim_invalid', { roles: 'admin' }],
    ['token_claim_invalid', { cnf: {} }],
    ['token_claim_invalid', { cnf: { kid: 'x' } }],
    ['token_claim_invalid', { cnf: 'x' }],
    ['token_claim_invalid', { auth_time: 'x' }],
    ['token_claim_invalid', { iat_ms: START + 5000 }],
    ['token_claim_invalid', { iat_ms: 1.5 }],
    ['token_issuer_mismatch', { iss: `${ISSUER}/` }],
    ['token_audience_mismatch', { aud: `${AUDIENCE}/` }],
    ['token_expired', { exp: second }],
    ['token_not_yet_valid', { nbf: second + 1 }],
    ['token_not_yet_valid', { iat: second + 100, exp: second + 200 }],
    ['token_binding_mismatch', { cnf: { jkt: 'x' } }],
  ])('refuses with %s the claims %o', async (code, wrong) => {
    const { verifier, sign } = await verifierOf()
    const payload = Object.fromEntries(
      Object.entries({ ...claims, ...wrong }).filter(([, value]) => value !== undefined),
    )
    await expect(verifier.verify(await sign(payload))).rejects.toMatchObject({
      name: 'InvalidTokenError',
      code,
    })
  })

  // covers ASVS-9.2.2, RFC8725-3.11, RFC8725-3.12
  it.each(['JWT', 'dpop+jwt', 'at+jwt;x', 'application/jwt'])('refuses the type %s', async typ => {
    const { verifier, sign } = await verifierOf()
    await expect(verifier.verify(await sign(claims, typ))).rejects.toMatchObject({
      code: 'token_type_invalid',
    })
  })

  it.each(['AT+JWT', 'application/at+jwt'])('accepts the type %s', async typ => {
    const { verifier, sign } = await verifierOf()
    await expect(verifier.verify(await sign(claims, typ))).resolves.toBeDefined()
  })

  it('accepts another type by name', async () => {
    const { verifier, sign } = await verifierOf({ types: ['JWT'] })
    await expect(verifier.verify(await sign(claims, 'JWT'))).resolves.toBeDefined()
    await expect(verifier.verify(await sign(claims))).rejects.toMatchObject({ code: 'token_type_invalid' })
  })

  // covers ASVS-9.1.2
  it('accepts HMAC only when it is named', async () => {
    const { key, sign } = await verifierOf()
    const verifier = createAccessTokenVerifier({ issuer: ISSUER, audience: AUDIENCE, keys: [key] })
    await expect(verifier.verify(await sign(claims))).rejects.toMatchObject({
      code: 'token_algorithm_not_allowed',
    })
  })

  it('says that revocation cannot be checked while the store is away, whatever the driver throws', async () => {
    const { revocations } = memoryStores()
    const store = override(revocations, { find: () => Promise.reject(new TypeError('read ECONNRESET')) })
    const { verifier, sign } = await verifierOf({ revocations: { store } })
    await expect(verifier.verify(await sign(claims))).rejects.toMatchObject({
      name: 'StoreError',
      code: 'store_unavailable',
    })
  })

  it('asks the issuer’s revocations where a store is given', async () => {
    const { revocations } = memoryStores()
    const { verifier, sign, clock } = await verifierOf({ revocations: { store: revocations } })
    const token = await sign({ ...claims, client_id: 'web', sid: 'session-1' })
    await expect(verifier.verify(token)).resolves.toMatchObject({ clientId: 'web', sessionId: 'session-1' })
    const entry = { kind: 'session', id: 'session-1', revokedAt: 0, expiresAt: clock() + 1000 } as const
    await revocations.revoke({ entries: [entry], now: clock() })
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'token_revoked' })
  })

  it('types private claims with a schema', async () => {
    const key = await importKey(secret, { algorithm: 'HS256' })
    const verifier = createAccessTokenVerifier({
      issuer: ISSUER,
      audience: AUDIENCE,
      keys: [key],
      algorithms: ['HS256'],
      clock: holdClock(),
      claims: z.object({ plan: z.string() }),
    })
    const sign = async (payload: object) =>
      createJwsSigner(signer, { typ: 'at+jwt' })(JSON.stringify(payload))
    const signer = await importSigningKey(secret, { algorithm: 'HS256' })
    const principal = await verifier.verify(await sign({ ...claims, plan: 'pro' }))
    const plan: string = principal.claims.plan
    expect(plan).toBe('pro')
    await expect(verifier.verify(await sign(claims))).rejects.toMatchObject({ code: 'token_claim_invalid' })
  })
})

describe('options of a verifier', () => {
  it('count where they are given', async () => {
    const { revocations } = memoryStores()
    const asked: unknown[] = []
    const store = override(revocations, {
      find(query) {
        asked.push(query)
        return revocations.find(query)
      },
    })
    const { verifier, sign } = await verifierOf({
      maxLength: 512,
      clockToleranceSeconds: 10,
      types: ['application/AT+JWT'],
      revocations: { store, maxStalenessSeconds: 60 },
    })
    const token = await sign({ ...claims, exp: second - 9 })
    for (let repeat = 0; repeat < 2; repeat++) await expect(verifier.verify(token)).resolves.toBeDefined()
    expect(asked).toHaveLength(1)
    await expect(verifier.verify(await sign({ ...claims, pad: 'x'.repeat(300) }))).rejects.toMatchObject({
      code: 'token_too_long',
    })
  })

  it('take types as media types: application/ counts only in front', async () => {
    const { verifier, sign } = await verifierOf({ types: ['x/application/at+jwt'] })
    await expect(verifier.verify(await sign(claims, 'x/at+jwt'))).rejects.toMatchObject({
      code: 'token_type_invalid',
    })
    await expect(verifier.verify(await sign(claims, 'x/application/at+jwt'))).resolves.toBeDefined()
  })

  it('are exact: a part of an issuer or an audience is another one', async () => {
    const { verifier, sign } = await verifierOf()
    const refuse = async (wrong: object, code: string) =>
      expect(verifier.verify(await sign({ ...claims, ...wrong }))).rejects.toMatchObject({ code })
    await refuse({ iss: ISSUER.slice(0, -1) }, 'token_issuer_mismatch')
    await refuse({ aud: AUDIENCE.slice(0, -1) }, 'token_audience_mismatch')
    await refuse({ aud: AUDIENCE.slice(1) }, 'token_audience_mismatch')
  })

  it('remember 1,000 verified signatures unless told otherwise', async () => {
    const { key, sign } = await verifierOf()
    let count = 0
    const counting: VerificationKey = {
      ...key,
      verify(input, signature) {
        count++
        return key.verify(input, signature)
      },
    }
    const { verifier } = await verifierOf({ keys: [counting] })
    const tokens = await Promise.all(
      Array.from({ length: 1001 }, (_, index) => sign({ ...claims, jti: `token-${index}` })),
    )
    for (const token of [...tokens, ...tokens.slice(1)]) await verifier.verify(token)
    expect(count).toBe(1001)
    await verifier.verify(tokens[0] ?? '')
    expect(count).toBe(1002)
  })

  it('remember as many verified signatures as they are told', async () => {
    for (const [options, count] of [
      [{}, 1],
      [{ cacheSize: 0 }, 2],
      [{ cacheSize: 1 }, 1],
    ] as const) {
      const { key, sign } = await verifierOf()
      const verified: string[] = []
      const counting: VerificationKey = {
        ...key,
        verify(input, signature) {
          verified.push(input)
          return key.verify(input, signature)
        },
      }
      const { verifier } = await verifierOf({ keys: [counting], ...options })
      const token = await sign(claims)
      await verifier.verify(token)
      await verifier.verify(token)
      expect(verified).toHaveLength(count)
    }
  })
})

describe('the keys of a verifier', () => {
  const other = crypto.getRandomValues(new Uint8Array(32))

  it('are found by kid and algorithm, and by the algorithm alone where one side has no kid', async () => {
    const { key, sign } = await verifierOf()
    const nameless = await importKey(secret, { algorithm: 'HS256' })
    const elsewhere = await importKey(other, { algorithm: 'HS256', kid: 'key-2' })
    const longer = await importKey(crypto.getRandomValues(new Uint8Array(64)), { algorithm: 'HS512' })
    const verdict = async (keys: readonly VerificationKey[]) => {
      const { verifier } = await verifierOf({ keys })
      const token = await sign(claims)
      return verifier.verify(token).then(
        () => 'accepted',
        error => error.code,
      )
    }
    expect(await verdict([key])).toBe('accepted')
    expect(await verdict([nameless])).toBe('accepted')
    expect(await verdict([elsewhere, key])).toBe('accepted')
    expect(await verdict([longer, key])).toBe('accepted')
    expect(await verdict([elsewhere])).toBe('token_key_unknown')
    expect(await verdict([longer])).toBe('token_key_unknown')
    // two keys that fit leave open which one is meant
    expect(await verdict([nameless, key])).toBe('token_key_unknown')
  })

  it('fit a token without kid when there is one of its algorithm', async () => {
    const { key } = await verifierOf()
    const signer = await importSigningKey(secret, { algorithm: 'HS256' })
    const token = await createJwsSigner(signer, { typ: 'at+jwt' })(JSON.stringify(claims))
    const { verifier } = await verifierOf({ keys: [key] })
    await expect(verifier.verify(token)).resolves.toBeDefined()
    const elsewhere = await importKey(other, { algorithm: 'HS256', kid: 'key-2' })
    const ambiguous = await verifierOf({ keys: [key, elsewhere] })
    await expect(ambiguous.verifier.verify(token)).rejects.toMatchObject({ code: 'token_key_unknown' })
  })

  it('may be imported ones and JWKs side by side', async () => {
    const { auth, clock } = deploy()
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    const [jwk = { kty: 'none' }] = (await auth.signingKeys.jwks()).keys
    const { key, sign } = await verifierOf()
    const verifier = createAccessTokenVerifier({
      issuer: [ISSUER],
      audience: [AUDIENCE],
      keys: [key, jwk],
      algorithms: ['HS256', 'EdDSA'],
      clock,
    })
    await expect(verifier.verify(accessToken)).resolves.toBeDefined()
    await expect(verifier.verify(await sign(claims))).resolves.toBeDefined()
  })
})

describe('a verifier with a key set at a URL', () => {
  it('fetches it once and follows a rotation of the issuer', async () => {
    const { auth, clock } = deploy()
    let fetches = 0
    const fetch: Fetch = async url => {
      expect(url).toBe('https://auth.example.com/.well-known/jwks.json')
      fetches++
      return new Response(JSON.stringify(await auth.signingKeys.jwks()))
    }
    const verifier = createAccessTokenVerifier({
      issuer: ISSUER,
      audience: AUDIENCE,
      jwksUri: new URL('https://auth.example.com/.well-known/jwks.json'),
      fetch,
      clock,
    })
    for (let repeat = 0; repeat < 5; repeat++) {
      const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
      await expect(verifier.verify(accessToken)).resolves.toBeDefined()
    }
    expect(fetches).toBe(1)
    const { activatesAt } = await auth.signingKeys.rotate()
    clock.advanceMs(activatesAt - clock())
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    await expect(verifier.verify(accessToken)).resolves.toBeDefined()
    expect(fetches).toBe(2)
  })

  // covers ASVS-16.5.2
  it('says that the issuer is away, and accepts nothing meanwhile', async () => {
    const { auth, clock } = deploy()
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    const verifier = createAccessTokenVerifier({
      issuer: ISSUER,
      audience: AUDIENCE,
      jwksUri: 'https://auth.example.com/jwks.json',
      fetch: () => Promise.reject(new Error('connection refused')),
      clock,
    })
    await expect(verifier.verify(accessToken)).rejects.toMatchObject({
      name: 'StoreError',
      code: 'jwk_set_unavailable',
    })
  })
})

describe('wrong options', () => {
  const names = 'must be a string or a non-empty array of strings'
  const source = 'exactly one of jwks, jwksUri and keys must say whose signatures are accepted'
  const fetched = { keys: undefined, jwksUri: 'https://a.example/' }

  it.each([
    ['issuer', names, { issuer: '' }],
    ['issuer', names, { issuer: undefined }],
    ['issuer', names, { issuer: [ISSUER, ''] }],
    ['issuer', names, { issuer: [ISSUER, 7] }],
    ['audience', names, { audience: [] }],
    ['', source, { keys: undefined }],
    ['', source, { jwks: { keys: [] } }],
    ['keys', 'must be a non-empty array of imported keys or JWKs', { keys: [] }],
    ['jwks', 'must be a JWK set: { keys: [...] }', { keys: undefined, jwks: [] }],
    ['algorithms', 'must name at least one supported algorithm, and no others', { algorithms: ['none'] }],
    ['algorithms', 'must name at least one', { algorithms: [] }],
    ['algorithms', 'must name at least one', { algorithms: ['ES256', 'none'] }],
    ['algorithms', 'must name at least one', { algorithms: 'ES256' }],
    ['types', 'must be an array of media types', { types: 'JWT' }],
    ['types', 'must be an array of media types', { types: ['at+jwt', 7] }],
    ['maxLength', 'must be a whole number from 256 to 1048576', { maxLength: 255 }],
    ['maxLength', 'must be a whole number', { maxLength: 1_048_577 }],
    ['maxLength', 'must be a whole number', { maxLength: 256.5 }],
    ['maxLength', 'must be a whole number', { maxLength: '4096' }],
    ['maxLength', 'must be a whole number', { maxLength: [4096] }],
    ['cacheSize', 'must be a whole number from 0 to 1000000', { cacheSize: -1 }],
    ['cacheSize', 'must be a whole number', { cacheSize: 1_000_001 }],
    ['clockToleranceSeconds', 'must be a whole number from 0 to 300', { clockToleranceSeconds: 301 }],
    ['clock', 'must be a function that returns epoch milliseconds', { clock: 7 }],
    ['fetch', 'must be a function with the signature of fetch', { fetch: 7 }],
    ['jwksUri', 'https://', { keys: undefined, jwksUri: 'http://auth.example.com/jwks' }],
    ['jwksOptions.maxAgeSeconds', 'must be a number', { ...fetched, jwksOptions: { maxAgeSeconds: 0 } }],
    ['claims', 'must be a Standard Schema, such as z.object({ ... }) of zod', { claims: {} }],
    ['claims', 'must be a Standard Schema', { claims: null }],
    ['revocations', 'must hold a store with the method find', { revocations: {} }],
    ['revocations', 'must hold a store with the method find', { revocations: { store: { find: 7 } } }],
    [
      'revocations.maxStalenessSeconds',
      'must be a whole number from 0 to 86400',
      { revocations: { store: memoryStores().revocations, maxStalenessSeconds: 86_401 } },
    ],
  ])('name the path %j and say that it %s', async (path, message, wrong) => {
    const key = await importKey(secret, { algorithm: 'HS256' })
    const options = { issuer: ISSUER, audience: AUDIENCE, keys: [key], ...wrong }
    try {
      createAccessTokenVerifier(options as AccessTokenVerifierOptions)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      expect(error).toMatchObject({ code: 'config_invalid' })
      expect((error as ConfigError).problems).toContainEqual({
        path,
        message: expect.stringContaining(message),
      })
    }
  })

  it('are none at their limits', async () => {
    const store = memoryStores().revocations
    for (const limits of [
      {
        maxLength: 256,
        cacheSize: 0,
        clockToleranceSeconds: 0,
        revocations: { store, maxStalenessSeconds: 0 },
      },
      { maxLength: 1_048_576, cacheSize: 1_000_000, clockToleranceSeconds: 300 },
      { issuer: [ISSUER, 'https://b.example'], audience: [AUDIENCE], types: ['at+jwt', 'JWT'] },
      { revocations: { store, maxStalenessSeconds: 86_400 } },
    ]) {
      await expect(verifierOf(limits)).resolves.toBeDefined()
    }
  })
})
