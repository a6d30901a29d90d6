import { describe, expect, it } from 'vitest'
import { createAccessTokenVerifier, createInternalTokenVerifier } from '../../src/index.js'
import { AUDIENCE, deploy, ISSUER, type TestDeployment } from '../fixtures.js'

const INNER = 'https://orders.internal'

async function innerVerifier({ auth, clock }: TestDeployment, audience = INNER) {
  const jwks = await auth.signingKeys.jwks()
  return createInternalTokenVerifier({ issuer: ISSUER, audience, jwks, clock })
}

async function loggedIn(deployment: TestDeployment) {
  const { auth } = deployment
  const { accessToken } = await auth.sessions.start({
    subject: 'user-1',
    scope: ['read'],
    roles: ['editor'],
    claims: { plan: 'pro' },
    clientId: 'web',
    amr: ['pwd', 'otp'],
    acr: 'aal2',
  })
  return { accessToken, principal: await auth.accessTokens.verify(accessToken) }
}

describe('an internal token', () => {
  // covers ASVS-8.3.3
  it('says of the caller what the access token said', async () => {
    const deployment = deploy()
    const { principal } = await loggedIn(deployment)
    const { internalToken, expiresAt } = await deployment.auth.internalTokens.issue(principal, {
      audience: INNER,
    })
    const inner = await (await innerVerifier(deployment)).verify(internalToken)
    const { tokenId: _own, audience, issuedAt: _issued, expiresAt: until, claims, ...said } = inner
    const {
      tokenId: _other,
      audience: _outer,
      issuedAt: _at,
      expiresAt: _exp,
      claims: outer,
      ...known
    } = principal
    expect(said).toEqual(known)
    expect(claims).toEqual({ ...outer, auth_method: 'access_token' })
    expect(audience).toEqual([INNER])
    expect(until).toBe(expiresAt)
    expect(expiresAt - deployment.clock()).toBeLessThanOrEqual(60_000)
  })

  it('speaks for the owner of an API key, with the rights of the key', async () => {
    const deployment = deploy()
    const { apiKey } = await deployment.auth.apiKeys.issue({ ownerId: 'user-2', name: 'ci', scope: ['read'] })
    const principal = await deployment.auth.apiKeys.verify(apiKey)
    const { internalToken } = await deployment.auth.internalTokens.issue(principal, {
      audience: [INNER, 'b'],
    })
    const inner = await (await innerVerifier(deployment, 'b')).verify(internalToken)
    expect(inner).toMatchObject({ subject: 'user-2', scope: ['read'], claims: { auth_method: 'api_key' } })
    expect(inner.roles).toEqual([])
  })

  // covers ASVS-9.2.2, RFC8725-3.12
  it('is no access token, and an access token is no internal token', async () => {
    const deployment = deploy()
    const { accessToken, principal } = await loggedIn(deployment)
    const { internalToken } = await deployment.auth.internalTokens.issue(principal, { audience: AUDIENCE })
    const wrongType = { code: 'token_type_invalid' }
    await expect(deployment.auth.accessTokens.verify(internalToken)).rejects.toMatchObject(wrongType)
    await expect((await innerVerifier(deployment, AUDIENCE)).verify(accessToken)).rejects.toMatchObject(
      wrongType,
    )
    const jwks = await deployment.auth.signingKeys.jwks()
    const outer = createAccessTokenVerifier({
      issuer: ISSUER,
      audience: AUDIENCE,
      jwks,
      clock: deployment.clock,
    })
    await expect(outer.verify(internalToken)).rejects.toMatchObject(wrongType)
  })

  it('counts for its audience and its minute only', async () => {
    const deployment = deploy()
    const { principal } = await loggedIn(deployment)
    const { internalToken } = await deployment.auth.internalTokens.issue(principal, { audience: INNER })
    const other = await innerVerifier(deployment, 'https://billing.internal')
    await expect(other.verify(internalToken)).rejects.toMatchObject({ code: 'token_audience_mismatch' })
    const inner = await innerVerifier(deployment)
    deployment.clock.advance(60)
    await expect(inner.verify(internalToken)).rejects.toMatchObject({ code: 'token_expired' })
  })

  it('never outlives the credential of the caller', async () => {
    const deployment = deploy()
    const { principal } = await loggedIn(deployment)
    deployment.clock.advance(890)
    const { expiresAt } = await deployment.auth.internalTokens.issue(principal, {
      audience: INNER,
      ttlSeconds: 300,
    })
    expect(expiresAt).toBe(principal.expiresAt)
  })

  it.each<[string, object]>([
    ['no audience', {}],
    ['an empty audience', { audience: '' }],
    ['no audiences', { audience: [] }],
    ['too many audiences', { audience: Array.from({ length: 65 }, () => 'a') }],
    ['an audience of 10 kB', { audience: 'a'.repeat(10_000) }],
    ['a lifetime of nothing', { audience: INNER, ttlSeconds: 0 }],
    ['a lifetime of an hour', { audience: INNER, ttlSeconds: 3600 }],
    ['a lifetime that is text', { audience: INNER, ttlSeconds: '60' }],
  ])('is refused for %s', async (_, options) => {
    const { auth } = deploy()
    const { principal } = await loggedIn(deploy())
    const issue = auth.internalTokens.issue(principal, options as { audience: string })
    await expect(issue).rejects.toMatchObject({ code: 'argument_invalid' })
  })

  it('is refused where the claims of the principal are no JSON', async () => {
    const { auth } = deploy()
    const { principal } = await loggedIn(deploy())
    const dated = { ...principal, claims: { since: new Date(0) } }
    await expect(auth.internalTokens.issue(dated, { audience: INNER })).rejects.toMatchObject({
      code: 'argument_invalid',
    })
  })
})
