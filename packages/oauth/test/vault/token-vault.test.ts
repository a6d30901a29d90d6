import type { Stores } from '@authcore/core'
import { describeOnStores } from '@authcore/test-stores'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openIdProvider } from '../../src/index.js'
import { OutboundError } from '../../src/outbound/outbound-error.js'
import {
  CALLBACK,
  type DeployOptions,
  deploy,
  NEXT_SECRET,
  openBrowser,
  SECRET,
  whoIs,
} from '../support/fixture.js'
import { CLIENT, type OpenIdServer, startOpenIdServer } from '../support/open-id-server.js'

let op: OpenIdServer
beforeAll(async () => {
  op = await startOpenIdServer({ redirectUris: [CALLBACK] })
})
afterAll(() => op.stop())

const HOUR = 3600

/** Somebody has signed in, and their tokens are kept. */
async function keep(stores: Stores, options: DeployOptions = {}) {
  op.person = { login: `user-${Math.random()}` }
  const deployment = deploy({ issuer: op.issuer, stores, keepTokens: true, ...options })
  const browser = openBrowser(deployment)
  await browser.signIn()
  op.person = {}
  const { subject } = await whoIs(deployment.auth, browser)
  const { tokens } = deployment.signIn
  if (tokens === undefined) throw new Error('no vault')
  const [kept] = await tokens.list(subject)
  return { ...deployment, tokens, subject, identityId: kept?.identityId ?? '' }
}

/** Another process: the same stores and clock, nothing else in common. */
function another(
  { stores, clock }: { stores: Stores; clock: ReturnType<typeof deploy>['clock'] },
  secrets = [SECRET],
) {
  const next = deploy({ issuer: op.issuer, stores, clock, keepTokens: true, core: { secrets } })
  if (next.signIn.tokens === undefined) throw new Error('no vault')
  return { ...next, tokens: next.signIn.tokens }
}

const storedValue = async ({ stores, clock }: { stores: Stores; clock: () => number }, id: string) =>
  (await stores.documents?.find({ namespace: 'oauth.tokens', id, now: clock() }))?.value

describeOnStores('tokens of a provider', stores => {
  it('are handed out while they are good, and open at the provider', async () => {
    const { tokens, subject, identityId } = await keep(stores())
    expect(await tokens.list(subject)).toEqual([{ identityId, provider: 'op', isUsable: true }])
    const before = op.requestsOf('/token')
    const { accessToken, expiresAt, scope } = await tokens.accessToken(subject, identityId)
    expect(op.requestsOf('/token')).toBe(before)
    expect(scope).toBe('openid email profile')
    expect(expiresAt).toBeGreaterThan(Date.now())
    const me = await fetch(`${op.issuer}/me`, { headers: { authorization: `Bearer ${accessToken}` } })
    expect(me.status).toBe(200)
  })

  // covers ASVS-11.3.2
  it('are sealed at rest, for their owner', async () => {
    const deployment = await keep(stores())
    const { tokens, subject, identityId } = deployment
    const { accessToken } = await tokens.accessToken(subject, identityId)
    expect(JSON.stringify(await storedValue(deployment, identityId))).not.toContain(accessToken)
    // a copy under another owner does not open
    const value = await storedValue(deployment, identityId)
    await deployment.stores.documents?.put({
      namespace: 'oauth.tokens',
      id: identityId,
      tags: [],
      value: { ...value, account: 'the thief' },
      expectedVersion: 1,
      writeId: 'w',
      now: deployment.clock(),
    })
    await expect(tokens.accessToken('the thief', identityId)).rejects.toMatchObject({
      code: 'provider_grant_ended',
    })
  })

  it('of somebody else are not found', async () => {
    const { tokens, identityId } = await keep(stores())
    await expect(tokens.accessToken('somebody else', identityId)).rejects.toMatchObject({
      code: 'identity_not_found',
    })
    expect(await tokens.remove('somebody else', identityId)).toEqual({ found: false, isRevoked: false })
    expect(await tokens.list('somebody else')).toEqual([])
  })

  it('are refreshed once for forty callers in four processes', async () => {
    const first = await keep(stores())
    const { subject, identityId, clock } = first
    clock.advance(HOUR - 30)
    const others = [another(first), another(first), another(first)]
    const before = op.requestsOf('/token')
    const asked = [first, ...others].flatMap(({ tokens }) =>
      Array.from({ length: 10 }, () => tokens.accessToken(subject, identityId)),
    )
    const texts = (await Promise.all(asked)).map(({ accessToken }) => accessToken)
    expect(new Set(texts).size).toBe(1)
    expect(op.requestsOf('/token')).toBe(before + 1)
    const refreshed = [first, ...others].flatMap(({ eventsOf }) => eventsOf('provider_tokens.refreshed'))
    expect(refreshed).toMatchObject([{ subject, provider: 'op' }])
  })

  it('are refreshed again and again, by the refresh token that came last', async () => {
    const { tokens, subject, identityId, clock } = await keep(stores())
    const texts = new Set<string>()
    for (let hour = 0; hour < 3; hour += 1) {
      texts.add((await tokens.accessToken(subject, identityId)).accessToken)
      clock.advance(HOUR)
    }
    expect(texts.size).toBe(3)
  })

  it('a grant that has ended is said to have ended, and is not asked for again', async () => {
    const { tokens, subject, identityId, clock, tampering, eventsOf } = await keep(stores())
    clock.advance(HOUR)
    tampering.with = async () => ({
      status: 400,
      headers: new Headers({ 'content-type': 'application/json' }),
      body: new TextEncoder().encode('{"error":"invalid_grant"}'),
    })
    const before = op.requestsOf('/token')
    for (let i = 0; i < 2; i += 1) {
      await expect(tokens.accessToken(subject, identityId)).rejects.toMatchObject({
        code: 'provider_grant_ended',
      })
    }
    expect(op.requestsOf('/token')).toBe(before)
    expect(await tokens.list(subject)).toEqual([{ identityId, provider: 'op', isUsable: false }])
    expect(eventsOf('provider_tokens.ended')).toMatchObject([{ subject, provider: 'op' }])
  })

  it('while the provider is away what is still good is handed out, and then it is an outage', async () => {
    const { tokens, subject, identityId, clock, tampering } = await keep(stores())
    const { accessToken } = await tokens.accessToken(subject, identityId)
    clock.advance(HOUR - 30)
    tampering.with = () => Promise.reject(new OutboundError('network'))
    expect((await tokens.accessToken(subject, identityId)).accessToken).toBe(accessToken)
    clock.advance(60)
    await expect(tokens.accessToken(subject, identityId)).rejects.toMatchObject({
      code: 'provider_unavailable',
    })
    // nothing was lost: when it is back, and the lock has run out, they are refreshed
    delete tampering.with
    clock.advance(60)
    expect((await tokens.accessToken(subject, identityId)).accessToken).not.toBe(accessToken)
  })

  it('signing in again brings new ones', async () => {
    const { tokens, subject, identityId, ...deployment } = await keep(stores())
    const { accessToken } = await tokens.accessToken(subject, identityId)
    const [identity] = await deployment.identities.list(subject)
    op.person = { login: identity?.label?.split('@')[0] ?? '' }
    await openBrowser(deployment).signIn()
    op.person = {}
    expect(await tokens.list(subject)).toHaveLength(1)
    expect((await tokens.accessToken(subject, identityId)).accessToken).not.toBe(accessToken)
  })

  it('are revoked at the provider when the identity is taken away', async () => {
    const { tokens, subject, identityId, signIn, eventsOf } = await keep(stores())
    const { accessToken } = await tokens.accessToken(subject, identityId)
    expect(await signIn.unlink(subject, identityId)).toEqual({ found: true })
    await expect(tokens.accessToken(subject, identityId)).rejects.toMatchObject({
      code: 'identity_not_found',
    })
    const me = await fetch(`${op.issuer}/me`, { headers: { authorization: `Bearer ${accessToken}` } })
    expect(me.status).toBe(401)
    expect(eventsOf('provider_tokens.removed')).toMatchObject([{ subject, provider: 'op', isRevoked: true }])
  })

  it('are deleted although the provider is away, which is told', async () => {
    const { tokens, subject, identityId, tampering } = await keep(stores())
    tampering.with = () => Promise.reject(new OutboundError('network'))
    expect(await tokens.remove(subject, identityId)).toEqual({ found: true, isRevoked: false })
    expect(await tokens.list(subject)).toEqual([])
  })

  it('are sealed again under a new root secret, all of them, and then live without the old one', async () => {
    const first = await keep(stores())
    const { subject, identityId } = first
    const rotating = another(first, [NEXT_SECRET, SECRET])
    let resealed = 0
    for (let round = 0; round < 100; round += 1) {
      const step = await rotating.tokens.reseal({ limit: 10 })
      if (step.resealed === 0) break
      resealed += step.resealed
    }
    expect(resealed).toBeGreaterThan(0)
    const { accessToken } = await another(first, [NEXT_SECRET]).tokens.accessToken(subject, identityId)
    expect(accessToken).toBeDefined()
    await expect(first.tokens.accessToken(subject, identityId)).rejects.toMatchObject({
      code: 'provider_grant_ended',
    })
    expect(await rotating.tokens.reseal()).toEqual({ resealed: 0 })
  })

  it('what is read is sealed again by itself', async () => {
    const first = await keep(stores())
    const { subject, identityId } = first
    const before = await storedValue(first, identityId)
    await another(first, [NEXT_SECRET, SECRET]).tokens.accessToken(subject, identityId)
    const after = await storedValue(first, identityId)
    expect(after?.['keyId']).not.toBe(before?.['keyId'])
    expect((await another(first, [NEXT_SECRET]).tokens.accessToken(subject, identityId)).scope).toBeDefined()
  })

  it('under a root secret that is gone they are of no use, and say so', async () => {
    const first = await keep(stores())
    const later = another(first, [NEXT_SECRET])
    await expect(later.tokens.accessToken(first.subject, first.identityId)).rejects.toMatchObject({
      code: 'provider_grant_ended',
    })
    expect(await later.tokens.remove(first.subject, first.identityId)).toEqual({
      found: true,
      isRevoked: false,
    })
  })
})

it('keepTokens needs documents', () => {
  const { documents: _, ...stores } = deploy().stores
  expect(() => deploy({ stores, keepTokens: true })).toThrow(
    expect.objectContaining({ code: 'config_invalid' }),
  )
})

it.each([0, 1.5, 1001, 'x'])('reseal refuses the limit %j', async limit => {
  const { tokens } = another(deploy())
  await expect(tokens.reseal({ limit: limit as number })).rejects.toMatchObject({ code: 'argument_invalid' })
})

it('without keepTokens there is no vault', () => {
  const providers = { op: openIdProvider({ issuer: 'https://op.example.com', ...CLIENT }) }
  expect(deploy({ providers }).signIn.tokens).toBeUndefined()
})
