import { createAccessTokenVerifier, createDpopProofVerifier } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AuthRequest,
  authenticateRequest,
  type CredentialVerifiers,
  createHttpAuth,
  guardRequest,
  type HttpAuthOptions,
  toErrorResponse,
} from '../src/index.js'
import { createProofKey } from './dpop-proofs.js'
import { codeOf, createFixture, ISSUER, START } from './fixture.js'

const POLICY = { methods: ['access_token'] } as const
const key = createProofKey()
const fixture = createFixture()
const auth = createHttpAuth(fixture.auth, { dpop: {} })
const { jkt } = await fixture.auth.dpop.verify(key.prove({ htu: `${ISSUER}/key` }), {
  method: 'GET',
  url: `${ISSUER}/key`,
})
const tokenFor = async (confirmation?: object) =>
  (await fixture.auth.accessTokens.issue({ subject: 'user-1', ...(confirmation && { confirmation }) }))
    .accessToken
const bound = await tokenFor({ jkt })
const unbound = await tokenFor()

const URL_OF_REQUEST = `${ISSUER}/v1/reports`
const requestWith = (headers: AuthRequest['headers'], url = '/v1/reports?page=2'): AuthRequest => ({
  method: 'GET',
  url,
  headers,
})
const proofFor = (token: string, claims = {}) => key.prove({ htu: URL_OF_REQUEST, token, ...claims })
const send = (headers: AuthRequest['headers'], verifiers: CredentialVerifiers = auth, url?: string) =>
  codeOf(authenticateRequest(verifiers, requestWith(headers, url), POLICY))
const challengeOf = async (request: AuthRequest, verifiers: CredentialVerifiers = auth) => {
  const guarded = await guardRequest(verifiers, request, POLICY)
  if (guarded.outcome === 'passed') throw new Error('passed')
  const { status, headers } = guarded.response
  return { status, challenge: headers['www-authenticate'], nonce: headers['dpop-nonce'] }
}

describe('a token that is bound to a DPoP key', () => {
  // covers ASVS-10.3.5, RFC9700-2.2.1, RFC9700-4.10
  it('passes with a proof of that key', async () => {
    const headers = { authorization: `DPoP ${bound}`, dpop: proofFor(bound) }
    const guarded = await guardRequest(auth, requestWith(headers), POLICY)
    expect(guarded).toMatchObject({
      outcome: 'passed',
      principal: { subject: 'user-1', confirmation: { jkt } },
      headers: {},
    })
  })

  it.each([
    ['the scheme in any case', () => ({ authorization: `dPoP ${bound}`, dpop: proofFor(bound) }), 'accepted'],
    ['no proof', () => ({ authorization: `DPoP ${bound}` }), 'dpop_proof_missing'],
    ['an empty proof', () => ({ authorization: `DPoP ${bound}`, dpop: '' }), 'dpop_proof_malformed'],
    [
      'two proofs',
      () => ({ authorization: `DPoP ${bound}`, dpop: [proofFor(bound), proofFor(bound)] }),
      'credentials_repeated',
    ],
    [
      'two proofs in one field',
      () => ({ authorization: `DPoP ${bound}`, dpop: `${proofFor(bound)}, ${proofFor(bound)}` }),
      'credentials_repeated',
    ],
    ['the plain scheme', () => ({ authorization: `Bearer ${bound}` }), 'token_binding_mismatch'],
    [
      'the plain scheme and a proof',
      () => ({ authorization: `Bearer ${bound}`, dpop: proofFor(bound) }),
      'token_binding_mismatch',
    ],
    [
      'a proof of another key',
      () => ({
        authorization: `DPoP ${bound}`,
        dpop: createProofKey().prove({ htu: URL_OF_REQUEST, token: bound }),
      }),
      'token_binding_mismatch',
    ],
    [
      'a proof for another token',
      () => ({ authorization: `DPoP ${bound}`, dpop: proofFor(unbound) }),
      'dpop_proof_invalid',
    ],
    [
      'a proof for no token',
      () => ({ authorization: `DPoP ${bound}`, dpop: key.prove({ htu: URL_OF_REQUEST }) }),
      'dpop_proof_invalid',
    ],
    [
      'a proof for another method',
      () => ({ authorization: `DPoP ${bound}`, dpop: proofFor(bound, { htm: 'POST' }) }),
      'dpop_proof_invalid',
    ],
    [
      'a proof for another path',
      () => ({ authorization: `DPoP ${bound}`, dpop: proofFor(bound, { htu: `${ISSUER}/reports` }) }),
      'dpop_proof_invalid',
    ],
    [
      'a proof for another host',
      () => ({
        authorization: `DPoP ${bound}`,
        host: 'evil.example',
        dpop: proofFor(bound, { htu: 'https://evil.example/v1/reports' }),
      }),
      'dpop_proof_invalid',
    ],
    [
      'an old proof',
      () => ({ authorization: `DPoP ${bound}`, dpop: proofFor(bound, { iat: START / 1000 - 60 }) }),
      'dpop_proof_expired',
    ],
    [
      'an unbound token and a proof',
      () => ({ authorization: `DPoP ${unbound}`, dpop: proofFor(unbound) }),
      'token_binding_mismatch',
    ],
    ['an unbound token and no proof', () => ({ authorization: `Bearer ${unbound}` }), 'accepted'],
    [
      'an unbound token and a proof beside it',
      () => ({ authorization: `Bearer ${unbound}`, dpop: 'x' }),
      'accepted',
    ],
    ['no token', () => ({ authorization: 'DPoP', dpop: proofFor(bound) }), 'credentials_malformed'],
    [
      'two tokens',
      () => ({ authorization: [`DPoP ${bound}`, `Bearer ${unbound}`], dpop: proofFor(bound) }),
      'credentials_repeated',
    ],
    [
      'something else for a token',
      () => ({ authorization: 'DPoP abc', dpop: proofFor('abc') }),
      'token_malformed',
    ],
  ])('with %s', async (_, headers, code) => {
    expect(await send(headers())).toBe(code)
  })

  it.each([
    ['an absolute URL', `${ISSUER}/v1/reports`],
    ['an absolute URL of an inner host', 'http://inner:8080/v1/reports?a=b'],
    ['a URL with a fragment', '/v1/reports#top'],
  ])('is found by the path of %s', async (_, url) => {
    expect(await send({ authorization: `DPoP ${bound}`, dpop: proofFor(bound) }, auth, url)).toBe('accepted')
  })

  it.each(['*', 'api.example.com:443', ''])('is not found by a URL such as %j', async url => {
    const headers = { authorization: `DPoP ${bound}`, dpop: proofFor(bound) }
    expect(await send(headers, auth, url)).toBe('dpop_proof_invalid')
  })

  it('passes once: of 50 that come at once one', async () => {
    const headers = { authorization: `DPoP ${bound}`, dpop: proofFor(bound) }
    const codes = await Promise.all(Array.from({ length: 50 }, () => send(headers)))
    expect(codes.filter(code => code === 'accepted')).toHaveLength(1)
    expect(codes.filter(code => code === 'dpop_proof_replayed')).toHaveLength(49)
  })

  it('costs no store call of its guard while anything else is wrong', async () => {
    const { auth: core } = createFixture()
    const calls: string[] = []
    const dpop = createDpopProofVerifier({
      clock: () => START,
      oneTime: {
        ...memoryStores().oneTime,
        reserve: async ({ key: name }) => {
          calls.push(name)
          return { outcome: 'reserved' }
        },
      },
    })
    const verifiers = createHttpAuth({ ...core, dpop }, { dpop: {} })
    const { accessToken } = await core.accessTokens.issue({
      subject: 's',
      scope: ['read'],
      confirmation: { jkt },
    })
    const guard = async (dpopHeader: string, scope: readonly string[]) =>
      codeOf(
        authenticateRequest(
          verifiers,
          requestWith({ authorization: `DPoP ${accessToken}`, dpop: dpopHeader }),
          { ...POLICY, scope },
        ),
      )
    expect(await guard(proofFor(bound), [])).toBe('dpop_proof_invalid')
    expect(await guard(proofFor(accessToken), ['write'])).toBe('insufficient_scope')
    await core.revocation.revokeSubject('s')
    expect(await guard(proofFor(accessToken), [])).toBe('token_revoked')
    expect(calls).toEqual([])
  })
})

describe('challenges', () => {
  const algs = 'algs="RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519"'

  it('name both schemes to whoever sends nothing', async () => {
    expect(await challengeOf(requestWith({}))).toEqual({
      status: 401,
      challenge: `Bearer realm="api", DPoP ${algs}`,
      nonce: undefined,
    })
  })

  it('answer a bound token that comes as a bearer token', async () => {
    const { status, challenge } = await challengeOf(requestWith({ authorization: `Bearer ${bound}` }))
    expect(status).toBe(401)
    expect(challenge).toMatch(
      /^Bearer realm="api", error="invalid_token", error_description="[^"]+", DPoP algs="/,
    )
  })

  it('answer the scheme that was used', async () => {
    const headers = { authorization: `DPoP ${bound}`, dpop: proofFor(unbound) }
    const { status, challenge } = await challengeOf(requestWith(headers))
    expect(status).toBe(401)
    expect(challenge).toBe(
      `DPoP error="invalid_dpop_proof", error_description="ath of the DPoP proof is not the hash of the access token.", ${algs}`,
    )
    const other = await challengeOf(requestWith({ authorization: 'DPoP abc', dpop: proofFor('abc') }))
    expect(other.challenge).toMatch(/^DPoP error="invalid_token", error_description="[^"]+", algs="/)
  })

  it('of a scheme that is not spoken is passed over, however malformed', async () => {
    expect(await send({ authorization: 'DPoP a b' }, fixture.auth)).toBe('credentials_missing')
    expect(await send({ authorization: 'DPoP a b' })).toBe('credentials_malformed')
  })

  it('stay as they were where DPoP is not spoken', async () => {
    const verifiers = fixture.auth
    expect((await challengeOf(requestWith({}), verifiers)).challenge).toBe('Bearer realm="api"')
    const headers = { authorization: `DPoP ${bound}`, dpop: proofFor(bound) }
    expect((await challengeOf(requestWith(headers), verifiers)).challenge).toBe('Bearer realm="api"')
    const plain = await challengeOf(requestWith({ authorization: `Bearer ${bound}` }), verifiers)
    expect(plain.challenge).not.toContain('DPoP ')
  })

  it('of a proof without knowledge of the deployment name the scheme alone', async () => {
    const error = await fixture.auth.dpop.verify('x', { method: 'GET', url: ISSUER }).catch((e: unknown) => e)
    expect(toErrorResponse(error)?.headers['www-authenticate']).toMatch(/^DPoP error="invalid_dpop_proof", /)
  })
})

describe('nonces', () => {
  const strict = createFixture({ dpop: { nonce: 'required', nonceSeconds: 300 } })
  const verifiers = createHttpAuth(strict.auth, { dpop: {} })

  it('are demanded with the one to use, and renewed on success', async () => {
    const { accessToken } = await strict.auth.accessTokens.issue({ subject: 'user-1', confirmation: { jkt } })
    const headersWith = (claims: object) => ({
      authorization: `DPoP ${accessToken}`,
      dpop: key.prove({ htu: URL_OF_REQUEST, token: accessToken, ...claims }),
    })
    const { status, challenge, nonce } = await challengeOf(requestWith(headersWith({})), verifiers)
    expect(status).toBe(401)
    expect(challenge).toMatch(/^DPoP error="use_dpop_nonce", error_description="[^"]+", algs="/)
    expect(nonce).toMatch(/^[\w-]+$/)

    const passed = await guardRequest(verifiers, requestWith(headersWith({ nonce })), POLICY)
    expect(passed).toMatchObject({ outcome: 'passed', headers: {} })
    strict.advance(300)
    const iat = START / 1000 + 300
    const renewed = await guardRequest(verifiers, requestWith(headersWith({ nonce, iat })), POLICY)
    expect(renewed).toMatchObject({
      outcome: 'passed',
      headers: { 'dpop-nonce': expect.stringMatching(/^[\w-]+$/) },
    })
    expect(renewed).not.toMatchObject({ headers: { 'dpop-nonce': nonce } })
  })
})

describe('a resource server without stores', () => {
  it('verifies bound tokens of the issuer', async () => {
    const accessTokens = createAccessTokenVerifier({
      issuer: ISSUER,
      audience: ISSUER,
      jwks: await fixture.auth.signingKeys.jwks(),
      clock: () => START,
    })
    const dpop = createDpopProofVerifier({ oneTime: memoryStores().oneTime, clock: () => START })
    const verifiers = createHttpAuth(
      { accessTokens, dpop },
      { dpop: { origin: 'https://files.example.com' } },
    )
    const headersFor = (htu: string) => ({
      authorization: `DPoP ${bound}`,
      dpop: key.prove({ htu, token: bound }),
    })
    expect(await send(headersFor('https://files.example.com/v1/reports'), verifiers)).toBe('accepted')
    expect(await send(headersFor(URL_OF_REQUEST), verifiers)).toBe('dpop_proof_invalid')
  })

  it('is told while wiring what is missing', () => {
    const wire = (verifiers: CredentialVerifiers, options: object) => () =>
      createHttpAuth(verifiers, options as HttpAuthOptions)
    const { accessTokens, dpop } = fixture.auth
    expect(wire({ accessTokens }, { dpop: { origin: ISSUER } })).toThrow(/dpop: needs/)
    expect(wire({ accessTokens, dpop }, { dpop: {} })).toThrow(/dpop\.origin/)
    expect(wire({ ...fixture.auth, issuer: 'not a URL' }, { dpop: {} })).toThrow(/dpop\.origin/)
    for (const origin of ['https://a.example/path', 'a.example', 'ftp://a.example', 7]) {
      expect(wire(fixture.auth, { dpop: { origin } }), String(origin)).toThrow(/dpop\.origin/)
    }
    expect(wire(fixture.auth, { dpop: { orgin: ISSUER } })).toThrow(/dpop\.orgin/)
    expect(wire(fixture.auth, { dpop: 7 })).toThrow(/dpop/)
  })
})

describe('an opaque token that is bound to a DPoP key', () => {
  const opaqueTokens: NonNullable<CredentialVerifiers['opaqueTokens']> = {
    isOpaqueToken: text => text.startsWith('at_'),
    verify: async token => ({
      method: 'opaque_token',
      subject: 'user-1',
      tokenId: 't',
      clientId: 'c',
      scope: [],
      roles: [],
      claims: {},
      issuedAt: START,
      expiresAt: START + 60_000,
      ...(token === 'at_bound' && { confirmation: { jkt } }),
    }),
  }
  const verifiers = createHttpAuth({ ...fixture.auth, opaqueTokens }, { dpop: {} })
  const policy = { methods: ['access_token', 'opaque_token'] } as const

  it.each([
    ['DPoP', 'at_bound', 'accepted'],
    ['Bearer', 'at_bound', 'token_binding_mismatch'],
    ['DPoP', 'at_unbound', 'token_binding_mismatch'],
    ['Bearer', 'at_unbound', 'accepted'],
  ])('%s %s: %s', async (scheme, token, code) => {
    const headers = { authorization: `${scheme} ${token}`, dpop: proofFor(token) }
    expect(await codeOf(authenticateRequest(verifiers, requestWith(headers), policy))).toBe(code)
  })

  it('an API key with the scheme DPoP is no key', async () => {
    const { apiKey } = await fixture.auth.apiKeys.issue({ ownerId: 'o', name: 'n' })
    const headers = { authorization: `DPoP ${apiKey}`, dpop: proofFor(apiKey) }
    const either = { methods: ['api_key', 'access_token'] } as const
    expect(await codeOf(authenticateRequest(verifiers, requestWith(headers), either))).toBe('token_malformed')
    const onlyKeys = { methods: ['api_key'] } as const
    expect(await codeOf(authenticateRequest(verifiers, requestWith(headers), onlyKeys))).toBe(
      'credentials_missing',
    )
  })
})

describe('a verifier of another make', () => {
  it('that does not ask whether the token is good has accepted nothing', async () => {
    const dpop = {
      algorithms: ['ES256'],
      verify: async () => ({ jkt, proofId: 'j', issuedAt: START }),
    } as const
    const verifiers = createHttpAuth({ ...fixture.auth, dpop }, { dpop: {} })
    expect(await send({ authorization: `DPoP ${bound}`, dpop: 'x' }, verifiers)).toBe(
      'token_binding_mismatch',
    )
  })

  it('that does not look at confirmations is not believed', async () => {
    const accessTokens = {
      verify: async (token: string) => fixture.auth.accessTokens.verify(token, { confirmation: { jkt } }),
    }
    const verifiers: CredentialVerifiers = { accessTokens }
    expect(await send({ authorization: `Bearer ${bound}` }, verifiers)).toBe('token_binding_mismatch')
    expect(await send({ authorization: `Bearer ${unbound}` }, verifiers)).toBe('accepted')
  })
})

it('whatever stands in the headers, the answer is from the catalogue', async () => {
  const part = fc.oneof(fc.string(), fc.constantFrom(bound, unbound, '', 'a.b.c', ','))
  await fc.assert(
    fc.asyncProperty(part, fc.oneof(part, fc.array(part)), async (token, dpop) => {
      const code = await send({ authorization: `DPoP ${token}`, dpop })
      expect(code).toMatch(/^(token|credentials|dpop_proof)_\w+$/)
    }),
    { numRuns: 500 },
  )
})
