import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAuthCore, type Stores } from '@authcore/core'
import { describeOnStores } from '@authcore/test-stores'
import * as oauth from 'oauth4webapi'
import Provider, { type AdapterPayload, errors } from 'oidc-provider'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createOidcProviderAdapter, createOidcProviderKeys } from '../../src/index.js'
import { ISSUER, SECRET } from '../support/token-fixture.js'

const CLIENT = {
  client_id: 'web',
  client_secret: 'a-secret-of-a-test-that-is-long-enough',
  redirect_uris: ['https://app.example.com/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code' as const],
}
const [REDIRECT_URI = ''] = CLIENT.redirect_uris
const CLIENT_AUTH = oauth.ClientSecretBasic(CLIENT.client_secret)

/** A real provider on the stores of a deployment; the client is a certified library. */
describeOnStores('oidc-provider on the stores of a deployment', (stores: () => Stores) => {
  let server: Server
  let origin: string
  let as: oauth.AuthorizationServer
  const id: oauth.Client = { client_id: CLIENT.client_id }
  const options = { [oauth.allowInsecureRequests]: true } as const

  beforeAll(async () => {
    const auth = createAuthCore({ issuer: ISSUER, audience: ISSUER, secrets: [SECRET], stores: stores() })
    server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const keys = createOidcProviderKeys(auth, { algorithm: 'RS256' })
    const { keys: signingKeys } = await keys.load()
    const provider = new Provider(origin, {
      adapter: createOidcProviderAdapter<AdapterPayload>(auth, errors),
      jwks: { keys: [...signingKeys] },
      cookies: { keys: [...keys.cookieKeys] },
      clients: [CLIENT],
      // a person who has logged in and agreed, without pages
      findAccount: (_context, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
      features: { devInteractions: { enabled: false } },
      issueRefreshToken: async () => true,
      rotateRefreshToken: true,
      interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    })
    const serve = provider.callback()
    server.on('request', async (request, response) => {
      if (!request.url?.startsWith('/interaction/')) return serve(request, response)
      const { params, session } = await provider.interactionDetails(request, response)
      const accountId = session?.accountId ?? 'user-1'
      const grant = new provider.Grant({ accountId, clientId: String(params['client_id']) })
      grant.addOIDCScope('openid offline_access')
      const result = { login: { accountId }, consent: { grantId: await grant.save() } }
      await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true })
    })
    const issuer = new URL(origin)
    as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))
  })

  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  /** What a browser does: follows redirects with its cookies until it is sent back to the client. */
  const authorize = async () => {
    const verifier = oauth.generateRandomCodeVerifier()
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
    const url = new URL(String(as.authorization_endpoint))
    url.search = new URLSearchParams({
      client_id: CLIENT.client_id,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'openid offline_access',
      prompt: 'consent',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    }).toString()
    const jar = new Map<string, string>()
    let next = url
    while (next.origin === origin) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const response = await fetch(next, { redirect: 'manual', headers: { cookie } })
      for (const line of response.headers.getSetCookie()) {
        const [name = '', value = ''] = line.split(';', 1)[0]?.split(/=(.*)/s) ?? []
        if (value === '') jar.delete(name)
        else jar.set(name, value)
      }
      expect(response.status, await response.text()).toBe(303)
      next = new URL(String(response.headers.get('location')), next)
    }
    return { parameters: oauth.validateAuthResponse(as, id, next, state), verifier, nonce }
  }

  type Authorized = Awaited<ReturnType<typeof authorize>>

  const exchange = async ({ parameters, verifier, nonce }: Authorized) => {
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      id,
      CLIENT_AUTH,
      parameters,
      REDIRECT_URI,
      verifier,
      options,
    )
    return oauth.processAuthorizationCodeResponse(as, id, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    })
  }

  const refresh = async (refreshToken: string) => {
    const response = await oauth.refreshTokenGrantRequest(as, id, CLIENT_AUTH, refreshToken, options)
    return oauth.processRefreshTokenResponse(as, id, response)
  }

  const userInfo = async (accessToken: string) => {
    const response = await oauth.userInfoRequest(as, id, accessToken, options)
    return response.status
  }

  it('runs the whole code flow with PKCE, refresh and user info', async () => {
    const tokens = await exchange(await authorize())
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ sub: 'user-1', aud: 'web', iss: origin })
    expect(await userInfo(tokens.access_token)).toBe(200)
    const refreshed = await refresh(String(tokens.refresh_token))
    expect(await userInfo(refreshed.access_token)).toBe(200)
  })

  it('revokes everything when a code is used a second time', async () => {
    const authorized = await authorize()
    const tokens = await exchange(authorized)
    await expect(exchange(authorized)).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
    expect(await userInfo(tokens.access_token)).toBe(401)
    await expect(refresh(String(tokens.refresh_token))).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  it('of many that use one code at once lets one pass at most, and no token lives on', async () => {
    const authorized = await authorize()
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => exchange(authorized)))
    const granted = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    expect(granted.length).toBeLessThanOrEqual(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ error: 'invalid_grant' })
    }
    for (const { access_token } of granted) expect(await userInfo(access_token)).toBe(401)
  })

  it('ends the grant when a refresh token that was replaced comes again', async () => {
    const tokens = await exchange(await authorize())
    const first = String(tokens.refresh_token)
    const refreshed = await refresh(first)
    await expect(refresh(first)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(await userInfo(refreshed.access_token)).toBe(401)
  })
})
