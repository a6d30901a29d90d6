import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AuthCore, createAuthCore, type JwkSet } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { authErrorHandler, authRoutes, requireAuth } from '@authcore/express'
import { createHttpAuth } from '@authcore/http'
import express from 'express'
import { exportJWK } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createOAuthClients,
  createOpaqueTokens,
  type OAuthClientRegistry,
  oauthServerRoutes,
} from '../../src/index.js'
import { ISSUER, SECRET } from '../support/token-fixture.js'

const MAIL = 'https://mail.example.com'

/** The certified client library speaks to a real server; only its host name is another on the way. */
describe('the token endpoint with oauth4webapi as its client, over HTTP', () => {
  let server: Server
  let core: AuthCore
  let clients: OAuthClientRegistry
  let as: oauth.AuthorizationServer
  let origin: string

  const options = {
    // the options of the library are those of fetch, with `undefined` for what is absent
    [oauth.customFetch]: (url: string, init: object) => fetch(url.replace(ISSUER, origin), init),
  } as const

  beforeAll(async () => {
    core = createAuthCore({
      issuer: ISSUER,
      audience: [ISSUER, MAIL],
      secrets: [SECRET],
      stores: memoryStores(),
      accessToken: { algorithm: 'ES256' },
    })
    const opaqueTokens = createOpaqueTokens(core)
    clients = createOAuthClients(core, { assertionAudience: [`${ISSUER}/oauth/token`] })
    const auth = createHttpAuth({ ...core, opaqueTokens }, { dpop: {} })
    const routes = oauthServerRoutes(auth, { clients, opaqueTokens, introspection: true, revocation: true })
    const app = express()
    app.use(authRoutes(auth, { clients, extensions: [routes] }))
    const methods = ['access_token', 'api_key', 'opaque_token'] as const
    app.get('/me', requireAuth(auth, { methods, scope: ['read'] }), (req, res) => {
      res.json({ subject: req.auth?.subject, method: req.auth?.method })
    })
    app.use(authErrorHandler())
    server = createServer(app).listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const issuer = new URL(ISSUER)
    const response = await oauth.discoveryRequest(issuer, { ...options, algorithm: 'oauth2' })
    as = await oauth.processDiscoveryResponse(issuer, response)
  })

  afterAll(() => server.close())

  const register = async (members: object = {}) => {
    const registered = await clients.register({
      name: 'Machine',
      authMethod: 'client_secret_basic',
      grantTypes: ['client_credentials', 'refresh_token'],
      scope: ['read', 'write'],
      ...members,
    })
    return { ...registered, id: { client_id: registered.client.clientId } }
  }

  const me = async (headers: Readonly<Record<string, string>>) => {
    const response = await fetch(`${origin}/me`, { headers })
    return { status: response.status, json: await response.json() }
  }

  const clientCredentials = async (
    id: oauth.Client,
    clientAuth: oauth.ClientAuth,
    parameters: Record<string, string> = {},
    more: oauth.ClientCredentialsGrantRequestOptions = {},
  ) => {
    const given = { ...options, ...more }
    const response = await oauth.clientCredentialsGrantRequest(as, id, clientAuth, parameters, given)
    return oauth.processClientCredentialsResponse(as, id, response)
  }

  // covers RFC9700-2.6
  it('publishes metadata in which every endpoint is there', async () => {
    expect(as).toMatchObject({
      issuer: ISSUER,
      grant_types_supported: ['client_credentials', 'refresh_token'],
      response_types_supported: [],
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    })
    const endpoints = [as.token_endpoint, as.introspection_endpoint, as.revocation_endpoint]
    for (const endpoint of endpoints) {
      const response = await fetch(String(endpoint).replace(ISSUER, origin), { method: 'POST' })
      expect([400, 401, 415]).toContain(response.status)
    }
    const keys = await fetch(String(as.jwks_uri).replace(ISSUER, origin))
    expect((await keys.json()) as object).toHaveProperty('keys')
  })

  it('gives a client a token for itself, by every way to prove who it is', async () => {
    const basic = await register()
    const post = await register({ authMethod: 'client_secret_post' })
    const pair = await oauth.generateKeyPair('ES256')
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1' }
    const signer = await register({ authMethod: 'private_key_jwt', jwks: { keys: [jwk] } as JwkSet })
    const ways: readonly (readonly [oauth.Client, oauth.ClientAuth, string])[] = [
      [basic.id, oauth.ClientSecretBasic(String(basic.clientSecret)), basic.client.clientId],
      [post.id, oauth.ClientSecretPost(String(post.clientSecret)), post.client.clientId],
      [signer.id, oauth.PrivateKeyJwt({ key: pair.privateKey, kid: 'k1' }), signer.client.clientId],
    ]
    for (const [id, clientAuth, subject] of ways) {
      const granted = await clientCredentials(id, clientAuth)
      expect(granted).toMatchObject({ token_type: 'bearer', expires_in: 900, scope: 'read write' })
      expect(granted.refresh_token).toBeUndefined()
      expect(await me({ authorization: `Bearer ${granted.access_token}` })).toEqual({
        status: 200,
        json: { subject, method: 'access_token' },
      })
    }
  })

  // covers ASVS-10.4.11, RFC9700-2.3
  it('narrows scope and audience to what is asked for', async () => {
    const { id, clientSecret } = await register({ audience: [ISSUER, MAIL] })
    const clientAuth = oauth.ClientSecretBasic(String(clientSecret))
    const granted = await clientCredentials(id, clientAuth, { scope: 'read', resource: MAIL })
    expect(granted.scope).toBe('read')
    const principal = await core.accessTokens.verify(granted.access_token, { audience: MAIL })
    expect(principal).toMatchObject({ audience: [MAIL], scope: ['read'] })
    for (const [parameters, error] of [
      [{ scope: 'admin' }, 'invalid_scope'],
      [{ resource: 'https://other.example' }, 'invalid_target'],
    ] as const) {
      await expect(clientCredentials(id, clientAuth, parameters)).rejects.toMatchObject({
        error,
        status: 400,
      })
    }
  })

  it('gives opaque tokens to clients that are registered for them, on the same route', async () => {
    const { id, clientSecret, client } = await register({ accessTokens: 'opaque' })
    const clientAuth = oauth.ClientSecretBasic(String(clientSecret))
    const granted = await clientCredentials(id, clientAuth)
    expect(granted.access_token).toMatch(/^at_/)
    expect(await me({ authorization: `Bearer ${granted.access_token}` })).toEqual({
      status: 200,
      json: { subject: client.clientId, method: 'opaque_token' },
    })
    const { apiKey } = await core.apiKeys.issue({ ownerId: 'user-1', name: 'k', scope: ['read'] })
    expect((await me({ authorization: `Bearer ${apiKey}` })).json).toMatchObject({ method: 'api_key' })

    const introspect = async () => {
      const response = await oauth.introspectionRequest(as, id, clientAuth, granted.access_token, options)
      return oauth.processIntrospectionResponse(as, id, response)
    }
    expect(await introspect()).toMatchObject({
      active: true,
      client_id: client.clientId,
      sub: client.clientId,
      iss: ISSUER,
      aud: [ISSUER, MAIL],
      scope: 'read write',
      token_type: 'Bearer',
    })
    const revoked = await oauth.revocationRequest(as, id, clientAuth, granted.access_token, options)
    await oauth.processRevocationResponse(revoked)
    expect(await introspect()).toEqual({ active: false })
    expect((await me({ authorization: `Bearer ${granted.access_token}` })).json).toMatchObject({
      code: 'token_revoked',
    })
  })

  it('tells a client nothing of tokens of others, and ends none of them', async () => {
    const [mine, other] = [await register({ accessTokens: 'opaque' }), await register()]
    const granted = await clientCredentials(mine.id, oauth.ClientSecretBasic(String(mine.clientSecret)))
    const theirAuth = oauth.ClientSecretBasic(String(other.clientSecret))
    const response = await oauth.introspectionRequest(as, other.id, theirAuth, granted.access_token, options)
    expect(await oauth.processIntrospectionResponse(as, other.id, response)).toEqual({ active: false })
    await oauth.revocationRequest(as, other.id, theirAuth, granted.access_token, options)
    expect((await me({ authorization: `Bearer ${granted.access_token}` })).status).toBe(200)
  })

  // covers ASVS-10.4.5, RFC9700-4.14
  it('refreshes sessions of the client, in either form, and ends them on reuse', async () => {
    for (const accessTokens of ['jwt', 'opaque']) {
      const { id, clientSecret, client } = await register({ accessTokens })
      const clientAuth = oauth.ClientSecretBasic(String(clientSecret))
      const login = { subject: 'user-1', scope: ['read', 'write'], clientId: client.clientId, amr: ['pwd'] }
      const first = await core.sessions.start(login)
      const refresh = async (refreshToken: string, additionalParameters = {}) => {
        const given = { ...options, additionalParameters }
        const response = await oauth.refreshTokenGrantRequest(as, id, clientAuth, refreshToken, given)
        return oauth.processRefreshTokenResponse(as, id, response)
      }
      const second = await refresh(first.refreshToken, { scope: 'read', resource: ISSUER })
      expect(second).toMatchObject({ scope: 'read', token_type: 'bearer' })
      expect(second.access_token.startsWith('at_')).toBe(accessTokens === 'opaque')
      expect((await me({ authorization: `Bearer ${second.access_token}` })).json).toMatchObject({
        subject: 'user-1',
      })
      const third = await refresh(String(second.refresh_token))
      await refresh(String(third.refresh_token))
      await expect(refresh(first.refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' })
      const dead = await me({ authorization: `Bearer ${third.access_token}` })
      expect(dead).toMatchObject({ status: 401, json: { code: 'token_revoked' } })
    }
  })

  it('refreshes no session of another client, and public clients those of their own', async () => {
    const { client } = await register()
    const app = await register({ authMethod: 'none', grantTypes: ['refresh_token'] })
    const theirs = await core.sessions.start({ subject: 'user-1', clientId: client.clientId })
    const own = await core.sessions.start({ subject: 'user-1', clientId: app.client.clientId })
    const refresh = async (refreshToken: string) => {
      const response = await oauth.refreshTokenGrantRequest(as, app.id, oauth.None(), refreshToken, options)
      return oauth.processRefreshTokenResponse(as, app.id, response)
    }
    await expect(refresh(theirs.refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect((await refresh(own.refreshToken)).access_token).toBeTypeOf('string')
    // the refused attempt has spent nothing
    await expect(
      core.sessions.refresh(theirs.refreshToken, { clientId: client.clientId }),
    ).resolves.toBeDefined()
  })

  // covers ASVS-10.3.5, ASVS-10.4.14, RFC9700-2.2.1
  it('binds tokens of either form to the DPoP key of the client', async () => {
    const keyPair = await oauth.generateKeyPair('ES256')
    for (const accessTokens of ['jwt', 'opaque']) {
      const { id, clientSecret, client } = await register({ accessTokens, requiresBoundTokens: true })
      const clientAuth = oauth.ClientSecretBasic(String(clientSecret))
      await expect(clientCredentials(id, clientAuth)).rejects.toMatchObject({ error: 'invalid_dpop_proof' })
      const DPoP = oauth.DPoP({}, keyPair)
      const granted = await clientCredentials(id, clientAuth, {}, { DPoP })
      expect(granted.token_type).toBe('dpop')
      expect((await me({ authorization: `Bearer ${granted.access_token}` })).status).toBe(401)
      const url = new URL(`${ISSUER}/me`)
      const answer = await oauth.protectedResourceRequest(
        granted.access_token,
        'GET',
        url,
        undefined,
        undefined,
        { ...options, DPoP },
      )
      expect(await answer.json()).toMatchObject({ subject: client.clientId })
      const session = await core.sessions.start({
        subject: 'user-1',
        scope: ['read'],
        clientId: client.clientId,
      })
      const refreshed = await oauth.processRefreshTokenResponse(
        as,
        id,
        await oauth.refreshTokenGrantRequest(as, id, clientAuth, session.refreshToken, { ...options, DPoP }),
      )
      expect(refreshed.token_type).toBe('dpop')
      expect((await me({ authorization: `Bearer ${refreshed.access_token}` })).status).toBe(401)
    }
  })

  it('refuses a client that is not who it says with 401 and a challenge', async () => {
    const { id } = await register()
    const wrong = clientCredentials(id, oauth.ClientSecretBasic(`cs_${'A'.repeat(43)}`))
    await expect(wrong).rejects.toMatchObject({ status: 401 })
  })
})
