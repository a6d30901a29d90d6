import { certificateThumbprint } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { createAuthRoutes, createHttpAuth } from '@authcore/http'
import { describe, expect, it } from 'vitest'
import {
  authorizationServerMetadata,
  oauthServerRoutes,
  type TokenEndpointOptions,
  tokenEndpoint,
} from '../../src/index.js'
import { AUDIENCE, countCalls, deploy, ISSUER } from '../support/token-fixture.js'

const FORM = 'application/x-www-form-urlencoded'

async function serve(options: Partial<TokenEndpointOptions> = {}, client: object = {}) {
  const { stores, calls } = countCalls(memoryStores())
  const deployment = deploy({ core: { stores } })
  const { auth, clients, opaqueTokens } = deployment
  const http = createHttpAuth({ ...auth, opaqueTokens }, {})
  const extensions = [tokenEndpoint(auth, { clients, opaqueTokens, ...options })]
  const { handle } = createAuthRoutes(http, { clients, extensions })
  const registered = await clients.register({
    name: 'Machine',
    authMethod: 'client_secret_basic',
    scope: ['read', 'write'],
    ...client,
  })
  const { clientId } = registered.client
  const basic = `Basic ${btoa(`${clientId}:${registered.clientSecret}`)}`
  const send = async (
    body: unknown,
    headers: Readonly<Record<string, string | readonly string[]>> = {},
    clientCertificate?: Uint8Array,
  ) => {
    const answer = await handle({
      method: 'POST',
      path: '/oauth/token',
      url: '/oauth/token',
      headers: { 'content-type': FORM, authorization: basic, ...headers },
      readBody: async () => body,
      ...(clientCertificate !== undefined && { clientCertificate }),
    })
    return {
      status: answer?.status,
      headers: answer?.headers ?? {},
      json: JSON.parse(answer?.body ?? 'null'),
    }
  }
  calls.length = 0
  return { ...deployment, ...registered, clientId, send, calls, handle }
}

describe('POST /oauth/token', () => {
  it('answers as RFC 6749 section 5.1 has it, and is never cached', async () => {
    const { send, auth, clientId } = await serve({}, { roles: ['service'], claims: { tier: 'gold' } })
    const answer = await send('grant_type=client_credentials&unknown=1&scope=')
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'no-store', 'content-type': 'application/json' },
    })
    expect(answer.json).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      scope: 'read write',
    })
    expect(await auth.accessTokens.verify(answer.json.access_token)).toMatchObject({
      subject: clientId,
      clientId,
      roles: ['service'],
      claims: { tier: 'gold' },
      audience: [AUDIENCE],
    })
  })

  it('leaves the scope out where there is none', async () => {
    const { send } = await serve({}, { scope: [] })
    expect((await send('grant_type=client_credentials')).json).not.toHaveProperty('scope')
  })

  // covers RFC9700-4.15
  it('names clients by ids that nobody can choose', async () => {
    const { clients, clientId } = await serve()
    expect(clientId).toMatch(/^oc_/)
    await expect(
      clients.register({ name: 'x', authMethod: 'client_secret_basic', clientId: 'user-1' } as never),
    ).rejects.toMatchObject({ code: 'argument_invalid' })
  })

  it('issues what the deployment chose for clients that did not', async () => {
    const { send } = await serve({ accessTokens: 'opaque' })
    expect((await send('grant_type=client_credentials')).json.access_token).toMatch(/^at_/)
    const own = await serve({ accessTokens: 'opaque' }, { accessTokens: 'jwt' })
    expect((await own.send('grant_type=client_credentials')).json.access_token).toMatch(/^eyJ/)
  })

  it('refuses what is no token request, without a store call', async () => {
    const { send, calls } = await serve()
    const cases: readonly (readonly [unknown, object, number, string, string])[] = [
      ['', {}, 400, 'invalid_request', 'request_body_malformed'],
      ['grant_type=', {}, 400, 'invalid_request', 'request_body_malformed'],
      [
        'grant_type=password&username=a&password=b',
        {},
        400,
        'unsupported_grant_type',
        'grant_type_unsupported',
      ],
      ['grant_type=authorization_code&code=x', {}, 400, 'unsupported_grant_type', 'grant_type_unsupported'],
      [
        'grant_type=client_credentials&grant_type=client_credentials',
        {},
        400,
        'invalid_request',
        'request_body_malformed',
      ],
      ['grant_type=client_credentials&scope=a&scope=b', {}, 400, 'invalid_request', 'request_body_malformed'],
      [
        'grant_type=client_credentials&resource=a&resource=b',
        {},
        400,
        'invalid_request',
        'request_body_malformed',
      ],
      [{ grant_type: ['client_credentials', 'x'] }, {}, 400, 'invalid_request', 'request_body_malformed'],
      [
        { grant_type: 'client_credentials', scope: { a: 1 } },
        {},
        400,
        'invalid_request',
        'request_body_malformed',
      ],
      [
        { grant_type: 'client_credentials', resource: ['a', 'b'] },
        {},
        400,
        'invalid_request',
        'request_body_malformed',
      ],
      ['grant_type=client_credentials&scope=a++b', {}, 400, 'invalid_scope', 'scope_unknown'],
      ['grant_type=client_credentials&scope=%22', {}, 400, 'invalid_scope', 'scope_unknown'],
      ['grant_type=client_credentials&resource=relative', {}, 400, 'invalid_target', 'resource_not_allowed'],
      [
        'grant_type=client_credentials&resource=https://a.example/%23b',
        {},
        400,
        'invalid_target',
        'resource_not_allowed',
      ],
      ['grant_type=refresh_token', {}, 400, 'invalid_request', 'request_body_malformed'],
      [
        `grant_type=refresh_token&refresh_token=${'x'.repeat(4097)}`,
        {},
        400,
        'invalid_request',
        'request_body_malformed',
      ],
      [
        `grant_type=client_credentials&scope=${'x'.repeat(4097)}`,
        {},
        400,
        'invalid_request',
        'request_body_malformed',
      ],
      [
        `grant_type=client_credentials&x=${'x'.repeat(8192)}`,
        {},
        413,
        'invalid_request',
        'request_body_too_large',
      ],
      [
        '{"grant_type":"client_credentials"}',
        { 'content-type': 'application/json' },
        415,
        'invalid_request',
        'request_media_type_unsupported',
      ],
      [
        'grant_type=client_credentials',
        { 'content-type': [FORM, 'text/plain'] },
        415,
        'invalid_request',
        'request_media_type_unsupported',
      ],
      [
        'grant_type=client_credentials',
        { authorization: undefined },
        401,
        'invalid_client',
        'client_authentication_failed',
      ],
      [
        'grant_type=client_credentials',
        { authorization: 'Basic !' },
        400,
        'invalid_request',
        'credentials_malformed',
      ],
      [
        'grant_type=client_credentials',
        { authorization: `Basic ${btoa('a%zz:b')}` },
        400,
        'invalid_request',
        'credentials_malformed',
      ],
      [
        'grant_type=client_credentials',
        { authorization: `Basic ${btoa('nobody:nothing')}` },
        401,
        'invalid_client',
        'client_authentication_failed',
      ],
      [
        'grant_type=client_credentials',
        { authorization: 'Bearer x' },
        401,
        'invalid_client',
        'client_authentication_failed',
      ],
      ['grant_type=client_credentials&client_secret=x', {}, 400, 'invalid_request', 'credentials_repeated'],
      ['grant_type=client_credentials&client_id=other', {}, 400, 'invalid_request', 'credentials_repeated'],
    ]
    for (const [body, headers, status, error, code] of cases) {
      const answer = await send(body, headers as Readonly<Record<string, string>>)
      expect({ body, status: answer.status, error: answer.json.error, code: answer.json.code }).toEqual({
        body,
        status,
        error,
        code,
      })
      expect(answer.headers['www-authenticate'] !== undefined).toBe(status === 401)
    }
    expect(calls).toEqual([])
  })

  // covers ASVS-10.4.4
  it('lets a client use only the grants that it is registered for', async () => {
    const { send, auth, clientId } = await serve()
    const { refreshToken } = await auth.sessions.start({ subject: 'user-1', clientId })
    const refused = await send(`grant_type=refresh_token&refresh_token=${refreshToken}`)
    expect(refused).toMatchObject({ status: 400, json: { error: 'unauthorized_client' } })
    await expect(auth.sessions.refresh(refreshToken, { clientId })).resolves.toBeDefined()
    const other = await serve({}, { grantTypes: ['refresh_token'] })
    expect((await other.send('grant_type=client_credentials')).json.error).toBe('unauthorized_client')
  })

  it('answers bad refresh tokens as RFC 6749 section 5.2 has it', async () => {
    const { send, auth, clientId } = await serve({}, { grantTypes: ['refresh_token'] })
    const { refreshToken } = await auth.sessions.start({ subject: 'user-1', clientId, scope: ['read'] })
    const refresh = (token: string, more = '') =>
      send(`grant_type=refresh_token&refresh_token=${token}${more}`)
    for (const token of ['x', 'rt_AAAA', `${refreshToken}A`]) {
      expect(await refresh(token)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    }
    expect((await refresh(refreshToken, '&scope=write')).json).toMatchObject({ error: 'invalid_scope' })
    expect((await refresh(refreshToken, '&resource=https://x.example')).json).toMatchObject({
      error: 'invalid_target',
    })
    expect((await refresh(refreshToken)).json).toMatchObject({
      scope: 'read',
      refresh_token: expect.any(String),
    })
  })

  it('gives the facts of the login to opaque tokens of a session, and no longer life than its own', async () => {
    const { send, auth, clientId, opaqueTokens, clock } = await serve(
      { accessTokens: 'opaque' },
      { grantTypes: ['refresh_token'] },
    )
    const login = { subject: 'user-1', clientId, amr: ['pwd', 'otp'], acr: 'aal2', claims: { plan: 'pro' } }
    const { refreshToken, session } = await auth.sessions.start(login)
    clock.advance(100)
    const answer = await send(`grant_type=refresh_token&refresh_token=${refreshToken}`)
    const principal = await opaqueTokens.verify(answer.json.access_token, { maxAgeSeconds: 100 })
    expect(principal).toMatchObject({
      subject: 'user-1',
      sessionId: session.id,
      amr: ['pwd', 'otp'],
      acr: 'aal2',
      claims: { plan: 'pro' },
      authenticatedAt: session.authenticatedAt,
    })
    await auth.sessions.revoke(session.id)
    await expect(opaqueTokens.verify(answer.json.access_token)).rejects.toMatchObject({
      code: 'token_revoked',
    })
  })

  it('of many refreshes with one token makes one successor', async () => {
    const { send, auth, clientId } = await serve(
      { accessTokens: 'opaque' },
      { grantTypes: ['refresh_token'] },
    )
    const { refreshToken } = await auth.sessions.start({ subject: 'user-1', clientId })
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => send(`grant_type=refresh_token&refresh_token=${refreshToken}`)),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ json }) => json.refresh_token)).size).toBe(1)
  })

  it('demands a proof where the client gets only bound tokens', async () => {
    const { send, auth, clientId } = await serve(
      {},
      { requiresBoundTokens: true, grantTypes: ['client_credentials', 'refresh_token'] },
    )
    expect(await send('grant_type=client_credentials')).toMatchObject({
      status: 400,
      json: { error: 'invalid_dpop_proof', code: 'dpop_proof_missing' },
    })
    const { refreshToken } = await auth.sessions.start({ subject: 'user-1', clientId })
    const refused = await send(`grant_type=refresh_token&refresh_token=${refreshToken}`)
    expect(refused.json.error).toBe('invalid_dpop_proof')
    await expect(auth.sessions.refresh(refreshToken, { clientId })).resolves.toBeDefined()
  })

  // covers ASVS-10.3.5
  it('binds tokens of either form to the certificate of the client (RFC 8705)', async () => {
    const certificate = new Uint8Array([48, 3, 2, 1, 1])
    const confirmation = { 'x5t#S256': certificateThumbprint(certificate) }
    for (const accessTokens of ['jwt', 'opaque']) {
      const grantTypes = ['client_credentials', 'refresh_token']
      const { send, auth, opaqueTokens, clientId } = await serve(
        {},
        { accessTokens, grantTypes, requiresBoundTokens: true },
      )
      const { json } = await send('grant_type=client_credentials', {}, certificate)
      expect(json.token_type).toBe('Bearer')
      const verifier = accessTokens === 'jwt' ? auth.accessTokens : opaqueTokens
      const token = json.access_token
      await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'token_binding_mismatch' })
      await expect(verifier.verify(token, { confirmation })).resolves.toMatchObject({ confirmation })
      // a certificate binds no session that was started without it
      const plain = await auth.sessions.start({ subject: 'user-1', clientId })
      const refused = await send(
        `grant_type=refresh_token&refresh_token=${plain.refreshToken}`,
        {},
        certificate,
      )
      expect(refused).toMatchObject({ status: 400, json: { error: 'invalid_dpop_proof' } })
      const bound = await auth.sessions.start({ subject: 'user-1', clientId, confirmation })
      const granted = await send(
        `grant_type=refresh_token&refresh_token=${bound.refreshToken}`,
        {},
        certificate,
      )
      await expect(verifier.verify(granted.json.access_token, { confirmation })).resolves.toBeDefined()
    }
  })

  it('is for the developer to mend where opaque tokens were promised and are not there', async () => {
    const { auth, clients } = deploy()
    const { handle } = createAuthRoutes(auth, { extensions: [tokenEndpoint(auth, { clients })] })
    const { client, clientSecret } = await clients.register({
      name: 'x',
      authMethod: 'client_secret_basic',
      accessTokens: 'opaque',
    })
    const call = handle({
      method: 'POST',
      path: '/oauth/token',
      url: '/oauth/token',
      headers: { 'content-type': FORM, authorization: `Basic ${btoa(`${client.clientId}:${clientSecret}`)}` },
      readBody: async () => 'grant_type=client_credentials',
    })
    await expect(call).rejects.toMatchObject({ code: 'config_invalid' })
  })

  it('checks its options while wiring', () => {
    const { auth, clients, opaqueTokens } = deploy()
    const wrong = [
      {},
      { clients: {} },
      { clients, accessTokens: 'opaque' },
      { clients, accessTokens: 'x' },
      { clients, opaqueTokens: {} },
      { clients, tokenPath: 'token' },
      { clients, more: 1 },
    ]
    for (const options of wrong) expect(() => tokenEndpoint(auth, options as never)).toThrow(/configuration/)
    const { routes } = tokenEndpoint(auth, { clients, opaqueTokens, tokenPath: '/token' })
    expect(routes.map(({ path }) => path)).toEqual(['/token'])
  })
})

describe('POST /introspect and POST /revoke with opaque tokens', () => {
  it('say of every text that is no live token of the client only that, without asking for it', async () => {
    const { handle, calls, clients, clientId, clientSecret, opaqueTokens } = await serve()
    const server = await clients.register({
      name: 'API',
      authMethod: 'client_secret_basic',
      introspects: 'any',
    })
    const ask = async (path: string, token: string, id = clientId, secret = clientSecret) => {
      const answer = await handle({
        method: 'POST',
        path,
        url: path,
        headers: { 'content-type': FORM, authorization: `Basic ${btoa(`${id}:${secret}`)}` },
        readBody: async () => new URLSearchParams({ token }).toString(),
      })
      return { status: answer?.status, text: answer?.body ?? '' }
    }
    const { accessToken } = await opaqueTokens.issue({ subject: 'user-1', clientId: 'another' })
    const mutants = Array.from({ length: 200 }, (_, index) => {
      const at = 3 + ((index * 7919) % (accessToken.length - 3))
      const other = accessToken[at] === 'A' ? 'B' : 'A'
      return accessToken.slice(0, at) + other + accessToken.slice(at + 1)
    })
    calls.length = 0
    for (const token of [
      ...mutants,
      'at_',
      'at_%',
      `at_${'A'.repeat(4000)}`,
      'at_\u0000',
      'at_é',
      `${accessToken} `,
    ]) {
      expect(await ask('/introspect', token)).toEqual({ status: 200, text: '{"active":false}' })
      expect((await ask('/revoke', token)).status).toBe(200)
    }
    // the client is looked up for each request, no token ever is
    expect(new Set(calls)).toEqual(new Set(['documents.find', 'rateLimits.take']))
    expect(calls.filter(call => call === 'documents.find')).toHaveLength(206 * 2)
    expect(await ask('/introspect', accessToken)).toMatchObject({ text: '{"active":false}' })
    await ask('/revoke', accessToken)
    const told = await ask('/introspect', accessToken, server.client.clientId, server.clientSecret)
    expect(JSON.parse(told.text)).toMatchObject({ active: true, sub: 'user-1', client_id: 'another' })
  })
})

describe('a polluted Object.prototype', () => {
  it('gives a client nothing that it is not registered for', async () => {
    const { send, auth } = await serve()
    const pollution = {
      audience: ['https://evil.example'],
      accessTokens: 'opaque',
      resource: 'https://evil.example',
      confirmation: { jkt: 'A'.repeat(43) },
      acr: 'aal3',
    }
    Object.assign(Object.prototype, pollution)
    try {
      const { json } = await send('grant_type=client_credentials&scope=read')
      expect(json.token_type).toBe('Bearer')
      const payload = JSON.parse(Buffer.from(json.access_token.split('.')[1], 'base64url').toString())
      expect(Object.keys(payload)).not.toContain('acr')
      expect(Object.keys(payload)).not.toContain('cnf')
      expect(payload.aud).toBe(AUDIENCE)
    } finally {
      for (const name of Object.keys(pollution)) Reflect.deleteProperty(Object.prototype, name)
    }
    expect(auth.issuer).toBe(ISSUER)
  })
})

describe('the metadata of the authorization server (RFC 8414)', () => {
  const read = async (issuer: string, options: object, http: object = {}) => {
    const { auth } = deploy({ core: { issuer } })
    const [route] = authorizationServerMetadata({ ...auth, http }, options).routes
    const answer = await route?.handle({} as never)
    return { path: route?.path, answer, json: JSON.parse(String(answer?.text?.content)) }
  }

  it('tells what is served, and nothing else', async () => {
    const { path, answer, json } = await read(ISSUER, { jwks: false })
    expect(path).toBe('/.well-known/oauth-authorization-server')
    expect(answer?.headers).toEqual({ 'cache-control': 'public, max-age=3600' })
    expect(Object.keys(json).sort()).toEqual([
      'grant_types_supported',
      'issuer',
      'response_types_supported',
      'token_endpoint',
      'token_endpoint_auth_methods_supported',
      'token_endpoint_auth_signing_alg_values_supported',
    ])
    expect(JSON.stringify(json)).not.toContain('HS256')
  })

  it('tells everything that is', async () => {
    const options = {
      baseUrl: 'https://auth.example.com/auth/',
      tokenPath: '/token',
      introspection: true,
      revocation: true,
      scopesSupported: ['read'],
      certificateBoundTokens: true,
      serviceDocumentation: 'https://docs.example.com/',
      maxAgeSeconds: 60,
    }
    const { path, json } = await read('https://auth.example.com/tenant/', options, { dpop: {} })
    expect(path).toBe('/.well-known/oauth-authorization-server/tenant')
    expect(json).toMatchObject({
      issuer: 'https://auth.example.com/tenant/',
      token_endpoint: 'https://auth.example.com/auth/token',
      jwks_uri: 'https://auth.example.com/auth/.well-known/jwks.json',
      introspection_endpoint: 'https://auth.example.com/auth/introspect',
      introspection_endpoint_auth_methods_supported: expect.not.arrayContaining(['none']),
      revocation_endpoint: 'https://auth.example.com/auth/revoke',
      revocation_endpoint_auth_methods_supported: expect.arrayContaining(['none']),
      scopes_supported: ['read'],
      tls_client_certificate_bound_access_tokens: true,
      service_documentation: 'https://docs.example.com/',
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    })
  })

  it('checks its options while wiring', () => {
    const { auth, clients } = deploy()
    const wrong = [
      { baseUrl: 'http://auth.example.com' },
      { baseUrl: 'https://auth.example.com?x' },
      { baseUrl: `https://auth.example.com/${'x'.repeat(2048)}` },
      { jwks: 'yes' },
      { scopesSupported: ['a b'] },
      { scopesSupported: 'read' },
      { serviceDocumentation: 'docs' },
      { maxAgeSeconds: -1 },
      { tokenPath: 7 },
      { clients },
    ]
    for (const options of wrong) {
      expect(() => authorizationServerMetadata(auth, options as never)).toThrow(/configuration/)
    }
    expect(() => authorizationServerMetadata(deploy({ core: { issuer: 'me' } }).auth)).toThrow(/issuer/)
    const { routes } = oauthServerRoutes(auth, { clients, maxAgeSeconds: 60 })
    expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /oauth/token',
      'GET /.well-known/oauth-authorization-server',
    ])
    expect(() => oauthServerRoutes(auth, { clients, more: 1 } as never)).toThrow(/configuration/)
  })
})
