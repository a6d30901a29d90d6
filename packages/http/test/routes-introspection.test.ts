import { describe, expect, it } from 'vitest'
import {
  type AuthRoutesOptions,
  type ClientCredentials,
  createAuthRoutes,
  createHttpAuth,
  type OAuthClients,
  type OpaqueTokenVerifier,
} from '../src/index.js'
import { createFixture, ISSUER, START } from './fixture.js'

const INACTIVE = '{"active":false}'
const THUMBPRINT = 'A'.repeat(43)

/** Clients as a deployment may keep them. */
const CLIENTS: OAuthClients = {
  async authenticate({ method, clientId, clientSecret, clientAssertion }: ClientCredentials) {
    if (method === 'client_assertion')
      return clientAssertion === 'good.assertion' ? { clientId: 'web' } : undefined
    if (method === 'tls_client_auth') return clientId === 'tls' ? { clientId } : undefined
    if (clientId === 'web' && clientSecret === 'a:b c%+/é') return { clientId }
    if (clientId === 'server' && clientSecret === 's3') return { clientId, introspects: 'any' }
    return undefined
  },
}

function basic(id: string, secret: string): { authorization: string } {
  const encode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1)
  return { authorization: `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')}` }
}

const WEB = basic('web', 'a:b c%+/é')
const SERVER = basic('server', 's3')

function serve(options: AuthRoutesOptions = { clients: CLIENTS }, opaqueTokens?: OpaqueTokenVerifier) {
  const fixture = createFixture()
  const auth = opaqueTokens === undefined ? fixture.auth : { ...fixture.auth, opaqueTokens }
  const { handle } = createAuthRoutes(auth, options)
  const post = async (
    path: string,
    headers: Readonly<Record<string, string | readonly string[]>>,
    form: string | Readonly<Record<string, string>>,
    clientCertificate?: Uint8Array,
  ) => {
    const response = await handle({
      method: 'POST',
      path,
      url: path,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      readBody: async () => (typeof form === 'string' ? form : new URLSearchParams(form).toString()),
      ...(clientCertificate !== undefined && { clientCertificate }),
    })
    return { status: response?.status, headers: response?.headers ?? {}, text: response?.body ?? '' }
  }
  const introspect = async (headers: Readonly<Record<string, string>>, token: string) =>
    (await post('/introspect', headers, { token })).text
  return { ...fixture, post, introspect }
}

describe('POST /introspect', () => {
  it('tells what an access token says (RFC 7662, RFC 9068)', async () => {
    const { auth, post } = serve()
    const { accessToken, session } = await auth.sessions.start({
      subject: 'user-1',
      scope: ['read', 'write'],
      roles: ['admin'],
      claims: { plan: 'pro', active: false },
      clientId: 'web',
      amr: ['pwd', 'otp'],
      acr: 'aal2',
      authenticatedAt: START - 60_000,
    })
    const { tokenId } = await auth.accessTokens.verify(accessToken)
    const response = await post('/introspect', WEB, { token: accessToken, token_type_hint: 'refresh_token' })
    expect(response).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    })
    expect(JSON.parse(response.text)).toEqual({
      active: true,
      scope: 'read write',
      client_id: 'web',
      sub: 'user-1',
      aud: ISSUER,
      iss: ISSUER,
      exp: START / 1000 + 900,
      iat: START / 1000,
      jti: tokenId,
      sid: session.id,
      token_type: 'Bearer',
      auth_time: START / 1000 - 60,
      amr: ['pwd', 'otp'],
      acr: 'aal2',
      roles: ['admin'],
      plan: 'pro',
    })
  })

  it('tells the key that a token is bound to, without its proof (RFC 8705, RFC 9449)', async () => {
    const { auth, introspect } = serve()
    const issue = async (confirmation: object) =>
      JSON.parse(
        await introspect(
          SERVER,
          (await auth.accessTokens.issue({ subject: 'user-1', confirmation })).accessToken,
        ),
      )
    expect(await issue({ 'x5t#S256': THUMBPRINT })).toMatchObject({
      active: true,
      cnf: { 'x5t#S256': THUMBPRINT },
      token_type: 'Bearer',
    })
    expect(await issue({ jkt: THUMBPRINT })).toMatchObject({ cnf: { jkt: THUMBPRINT }, token_type: 'DPoP' })
  })

  it('tells what a refresh token stands for, and spends nothing', async () => {
    const { auth, introspect } = serve()
    const login = { subject: 'user-1', scope: ['read'], clientId: 'web', amr: ['pwd'] }
    const { refreshToken, session } = await auth.sessions.start(login)
    for (let time = 0; time < 2; time += 1) {
      expect(JSON.parse(await introspect(WEB, refreshToken))).toEqual({
        active: true,
        token_type: 'refresh_token',
        scope: 'read',
        client_id: 'web',
        sub: 'user-1',
        iss: ISSUER,
        sid: session.id,
        amr: ['pwd'],
        auth_time: START / 1000,
        iat: START / 1000,
        exp: session.idleExpiresAt / 1000,
      })
    }
    await expect(auth.sessions.refresh(refreshToken, { clientId: 'web' })).resolves.toBeDefined()
  })

  it('tells resource servers what an API key stands for, which uses it', async () => {
    const { auth, introspect } = serve()
    const { apiKey, record } = await auth.apiKeys.issue({
      ownerId: 'user-1',
      name: 'x',
      scope: ['read'],
      expiresInSeconds: 60,
      remainingUses: 2,
    })
    expect(await introspect(WEB, apiKey)).toBe(INACTIVE)
    for (let use = 0; use < 2; use += 1) {
      expect(JSON.parse(await introspect(SERVER, apiKey))).toEqual({
        active: true,
        token_type: 'api_key',
        scope: 'read',
        sub: 'user-1',
        iss: ISSUER,
        jti: record.id,
        iat: START / 1000,
        exp: START / 1000 + 60,
      })
    }
    expect(await introspect(SERVER, apiKey)).toBe(INACTIVE)
  })

  it('tells resource servers what a session token stands for', async () => {
    const { auth, introspect, post } = serve()
    const login = {
      subject: 'user-1',
      scope: ['read'],
      roles: ['admin'],
      claims: { plan: 'pro' },
      amr: ['pwd'],
    }
    const { sessionToken, session } = await auth.sessions.startCookie(login)
    expect(await introspect(WEB, sessionToken)).toBe(INACTIVE)
    expect(JSON.parse(await introspect(SERVER, sessionToken))).toEqual({
      active: true,
      token_type: 'session_token',
      scope: 'read',
      roles: ['admin'],
      plan: 'pro',
      sub: 'user-1',
      iss: ISSUER,
      sid: session.id,
      amr: ['pwd'],
      auth_time: START / 1000,
      iat: START / 1000,
      exp: session.idleExpiresAt / 1000,
    })
    expect(await post('/revoke', SERVER, { token: sessionToken })).toMatchObject({ status: 400 })
    await auth.sessions.revoke(session.id)
    expect(await introspect(SERVER, sessionToken)).toBe(INACTIVE)
  })

  it('answers the same bytes for everything that is not active', async () => {
    const { auth, introspect, post, advance } = serve()
    const session = await auth.sessions.start({ subject: 'user-1', clientId: 'web' })
    const revoked = await auth.accessTokens.issue({ subject: 'user-1', clientId: 'web' })
    await auth.revocation.revokeToken(revoked.accessToken)
    const other = await auth.sessions.start({ subject: 'user-1', clientId: 'app' })
    const plain = await auth.sessions.start({ subject: 'user-1' })
    const foreign = createFixture().auth
    const elsewhere = await foreign.sessions.start({ subject: 'user-1', clientId: 'web' })
    const old = session.refreshToken
    await auth.sessions.refresh(old, { clientId: 'web' })
    advance(60)
    const { apiKey, record } = await auth.apiKeys.issue({ ownerId: 'web', name: 'x' })
    await auth.apiKeys.revoke(record.id)
    const texts = {
      'a revoked one': revoked.accessToken,
      'an access token of another client': other.accessToken,
      'a refresh token of another client': other.refreshToken,
      'an access token of no client': plain.accessToken,
      'a refresh token of no client': plain.refreshToken,
      'an access token of another issuer': elsewhere.accessToken,
      'a refresh token of another issuer': elsewhere.refreshToken,
      'a replaced refresh token': old,
      'a revoked key': apiKey,
      'a changed one': `${session.accessToken}A`,
      'part of one': session.accessToken.split('.').slice(0, 2).join('.'),
      noise: 'x',
      'a prefix': 'rt_',
      spaces: '   ',
      'line breaks': 'a\r\nSet-Cookie: x=y',
      'broken bytes': '\u0000\ufffd',
      'a long text': 'x'.repeat(8000),
    }
    const plainHeaders = { 'content-type': 'application/json', 'cache-control': 'no-store' }
    for (const [name, token] of Object.entries(texts)) {
      expect([name, await post('/introspect', WEB, { token })]).toEqual([
        name,
        { status: 200, headers: plainHeaders, text: INACTIVE },
      ])
    }
    expect(JSON.parse(await introspect(SERVER, plain.accessToken))).toMatchObject({ active: true })
    expect(JSON.parse(await introspect(SERVER, other.refreshToken))).toMatchObject({ active: true })
    advance(3600)
    expect(await introspect(SERVER, plain.accessToken)).toBe(INACTIVE)
  })

  it('is no answer while a store is away', async () => {
    const { auth, post, setStoresUp } = serve()
    const { accessToken, refreshToken } = await auth.sessions.start({ subject: 'user-1', clientId: 'web' })
    setStoresUp(false)
    for (const token of [accessToken, refreshToken]) {
      expect(await post('/introspect', WEB, { token })).toMatchObject({
        status: 503,
        headers: { 'retry-after': '5' },
        text: expect.stringContaining('temporarily_unavailable'),
      })
    }
  })

  it.each([{}, { token: '' }, 'token=a&token=b', { Token: 'x' }])('demands one token: %j', async form => {
    const { post } = serve()
    const response = await post('/introspect', WEB, form)
    expect([response.status, JSON.parse(response.text).error]).toEqual([400, 'invalid_request'])
  })

  it('asks whoever knows opaque tokens', async () => {
    const principal = {
      method: 'opaque_token',
      subject: 'user-1',
      tokenId: 'id-1',
      clientId: 'web',
      scope: ['read'],
      roles: [],
      issuedAt: START,
      expiresAt: START + 60_000,
      claims: { tenant: 'a' },
    } as const
    const { introspect } = serve(undefined, {
      isOpaqueToken: text => text.startsWith('at_'),
      verify: async () => principal,
      introspect: async token => (token === 'at_good' ? principal : undefined),
    })
    expect(JSON.parse(await introspect(WEB, 'at_good'))).toEqual({
      active: true,
      scope: 'read',
      client_id: 'web',
      sub: 'user-1',
      iss: ISSUER,
      jti: 'id-1',
      iat: START / 1000,
      exp: START / 1000 + 60,
      tenant: 'a',
      token_type: 'Bearer',
    })
    expect(await introspect(WEB, 'at_bad')).toBe(INACTIVE)
    const without = serve(undefined, { isOpaqueToken: () => true, verify: async () => principal })
    expect(await without.introspect(WEB, 'at_good')).toBe(INACTIVE)
  })
})

describe('the client of a request', () => {
  const denied = {
    status: 401,
    headers: { 'www-authenticate': 'Basic realm="api", charset="UTF-8"', 'cache-control': 'no-store' },
    text: expect.stringContaining('"error":"invalid_client"'),
  }
  const token = 'x'

  it.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>]>([
    ['nothing', {}, {}],
    ['a name alone', {}, { client_id: 'web' }],
    ['a wrong secret', basic('web', 'wrong'), {}],
    ['an unknown client', basic('nobody', 's3'), {}],
    ['a secret that is not form-encoded', { authorization: `Basic ${btoa('web:a:b c+/')}` }, {}],
    ['a wrong secret in the body', {}, { client_id: 'web', client_secret: 'wrong' }],
    ['a wrong assertion', {}, { client_assertion: 'x', client_assertion_type: 'urn:x' }],
    ['an access token', { authorization: 'Bearer a.b.c' }, {}],
    ['an API key where none is accepted', { authorization: 'Bearer sk_live_x' }, {}],
    ['a scheme that is not known', { authorization: 'Digest username="web"' }, {}],
  ])('is refused with 401 for %s', async (_, headers, form) => {
    const { post } = serve()
    for (const path of ['/introspect', '/revoke'])
      expect(await post(path, headers, { token, ...form })).toMatchObject(denied)
  })

  it.each<[string, Readonly<Record<string, string | readonly string[]>>, string]>([
    ['two schemes', { authorization: [WEB.authorization, SERVER.authorization] }, ''],
    ['two schemes in one field', { authorization: `${WEB.authorization}, ${SERVER.authorization}` }, ''],
    ['a header and a body', WEB, 'client_id=web&client_secret=x'],
    ['a header and an assertion', WEB, 'client_assertion=a&client_assertion_type=b'],
    [
      'a secret and an assertion',
      {},
      'client_id=web&client_secret=x&client_assertion=a&client_assertion_type=b',
    ],
    ['a header and a key', { ...WEB, 'x-api-key': 'sk_live_x' }, ''],
    ['a header of one and a name of another', WEB, 'client_id=server'],
    ['an assertion without its type', {}, 'client_assertion=a'],
    ['a secret twice', {}, 'client_id=web&client_secret=a&client_secret=b'],
    ['no base64', { authorization: 'Basic !!!' }, ''],
    ['base64 without padding', { authorization: 'Basic YTpi YQ' }, ''],
    ['no colon', { authorization: `Basic ${btoa('web')}` }, ''],
    ['no name', { authorization: `Basic ${btoa(':secret')}` }, ''],
    ['no secret', { authorization: `Basic ${btoa('web:')}` }, ''],
    ['bytes that are no text', { authorization: `Basic ${btoa('web:\xff\xfe')}` }, ''],
    ['a wrong escape', { authorization: `Basic ${btoa('web:%zz')}` }, ''],
    ['bytes that are no text in an escape', { authorization: `Basic ${btoa('web:%ff')}` }, ''],
    ['a name that is too long', basic('w'.repeat(256), 's'), ''],
    ['a secret that is too long', basic('web', 's'.repeat(1025)), ''],
    ['a field that is too long', { authorization: `Basic ${'A'.repeat(70_000)}` }, ''],
    ['an empty scheme', { authorization: 'Basic' }, ''],
  ])('is refused with 400 for %s', async (_, headers, form) => {
    const { post } = serve()
    const response = await post('/introspect', headers, `token=x&${form}`)
    expect([response.status, JSON.parse(response.text).error]).toEqual([400, 'invalid_request'])
  })

  it.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>]>([
    ['Basic, form-encoded', WEB, {}],
    ['Basic, and its name once more', WEB, { client_id: 'web' }],
    ['a scheme in lower case', { authorization: WEB.authorization.replace('Basic', 'basic') }, {}],
    ['a secret in the body', {}, { client_id: 'web', client_secret: 'a:b c%+/é' }],
    ['an assertion', {}, { client_assertion: 'good.assertion', client_assertion_type: 'urn:x' }],
  ])('may prove who it is by %s', async (_, headers, form) => {
    const { auth, post } = serve()
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', clientId: 'web' })
    const response = await post('/introspect', headers, { token: accessToken, ...form })
    expect(JSON.parse(response.text)).toMatchObject({ active: true })
  })

  it('may prove who it is by its certificate (RFC 8705 section 2)', async () => {
    const { auth, post } = serve()
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', clientId: 'tls' })
    const form = { token: accessToken, client_id: 'tls' }
    expect(await post('/introspect', {}, form)).toMatchObject({ status: 401 })
    expect(await post('/introspect', {}, { ...form, client_id: 'web' }, new Uint8Array(1))).toMatchObject(
      denied,
    )
    expect((await post('/introspect', {}, form, new Uint8Array(1))).text).toContain('"active":true')
  })

  it('is not the proxy in front of it, whose certificate is on the connection', async () => {
    const { auth: core } = createFixture()
    const auth = createHttpAuth(core, { trustedProxies: ['10.0.0.7'] })
    const { handle } = createAuthRoutes(auth, { clients: CLIENTS })
    const response = await handle({
      method: 'POST',
      path: '/introspect',
      url: '/introspect',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      ip: '10.0.0.7',
      clientCertificate: new Uint8Array(1),
      readBody: async () => 'token=x&client_id=tls',
    })
    expect({ ...response, text: response?.body }).toMatchObject(denied)
  })

  it('may never stand in the query', async () => {
    const { auth } = createFixture()
    const { handle } = createAuthRoutes(auth, { clients: CLIENTS })
    const response = await handle({
      method: 'POST',
      path: '/introspect',
      url: '/introspect?client_secret=s3',
      headers: { ...SERVER, 'content-type': 'application/x-www-form-urlencoded' },
      readBody: async () => 'token=x',
    })
    expect([response?.status, JSON.parse(response?.body ?? '').code]).toEqual([400, 'credentials_in_query'])
  })

  it('may be an API key with the scope for it: as bearer, in its header, or in the place of a secret', async () => {
    const { auth, post, storeCalls } = serve({ introspection: { apiKeyScope: 'introspect' } })
    const issue = (scope: string[]) => auth.apiKeys.issue({ ownerId: 'reports', name: 'x', scope })
    const { apiKey, record } = await issue(['introspect'])
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    const bearer = { authorization: `Bearer ${apiKey}` }
    for (const headers of [
      bearer,
      { 'x-api-key': apiKey },
      basic('reports', apiKey),
      basic(record.id, apiKey),
    ]) {
      expect((await post('/introspect', headers, { token: accessToken })).text).toContain('"active":true')
    }
    const body = { token: accessToken, client_id: 'reports', client_secret: apiKey }
    expect((await post('/introspect', {}, body)).text).toContain('"active":true')
    expect(await post('/introspect', basic('other', apiKey), { token: accessToken })).toMatchObject(denied)

    const { apiKey: narrow } = await issue(['read'])
    expect(await post('/introspect', { authorization: `Bearer ${narrow}` }, { token })).toMatchObject({
      status: 403,
      headers: { 'www-authenticate': expect.stringContaining('error="insufficient_scope"') },
    })
    await auth.apiKeys.revoke(record.id)
    const calls = storeCalls()
    const changed = apiKey.slice(0, -1) + (apiKey.endsWith('0') ? '1' : '0')
    expect(await post('/introspect', { authorization: `Bearer ${changed}` }, { token })).toMatchObject(denied)
    expect(storeCalls()).toBe(calls)
    expect(await post('/introspect', bearer, { token })).toMatchObject(denied)
    expect(await post('/introspect', { authorization: `Bearer ${accessToken}` }, { token })).toMatchObject(
      denied,
    )
  })
})

describe('POST /revoke', () => {
  const gone = { status: 200, headers: { 'cache-control': 'no-store' }, text: '' }

  it('ends an access token, and a session by its refresh token (RFC 7009)', async () => {
    const { auth, post } = serve()
    const { accessToken } = await auth.accessTokens.issue({
      subject: 'user-1',
      clientId: 'web',
      confirmation: { jkt: THUMBPRINT },
    })
    expect(await post('/revoke', WEB, { token: accessToken, token_type_hint: 'nonsense' })).toEqual(gone)
    expect(await auth.accessTokens.introspect(accessToken)).toBeUndefined()

    const session = await auth.sessions.start({ subject: 'user-1', clientId: 'web' })
    expect(await post('/revoke', WEB, { token: session.refreshToken })).toEqual(gone)
    expect(await auth.accessTokens.introspect(session.accessToken)).toBeUndefined()
    await expect(auth.sessions.refresh(session.refreshToken, { clientId: 'web' })).rejects.toMatchObject({
      code: 'session_revoked',
    })
    expect(await post('/revoke', WEB, { token: session.refreshToken })).toEqual(gone)
  })

  it('answers the same for what is not known or of another client, and touches neither', async () => {
    const { auth, post } = serve()
    const other = await auth.sessions.start({ subject: 'user-1', clientId: 'app' })
    const plain = await auth.sessions.start({ subject: 'user-1' })
    const tokens = [other.accessToken, other.refreshToken, plain.accessToken, plain.refreshToken]
    for (const token of [...tokens, 'x', 'rt_', 'a.b.c', '\u0000', 'x'.repeat(8000)]) {
      // not even a client that may introspect everything can end what is not its own
      for (const client of [WEB, SERVER]) expect(await post('/revoke', client, { token })).toEqual(gone)
    }
    for (const { accessToken, refreshToken } of [other, plain]) {
      expect(await auth.accessTokens.introspect(accessToken)).toBeDefined()
      expect(await auth.sessions.introspect(refreshToken)).toBeDefined()
    }
  })

  it('refuses kinds that have another way to end, and asks whoever knows opaque tokens', async () => {
    const { auth, post } = serve()
    const { apiKey } = await auth.apiKeys.issue({ ownerId: 'web', name: 'x' })
    const refused = await post('/revoke', WEB, { token: apiKey })
    expect([refused.status, JSON.parse(refused.text).error]).toEqual([400, 'unsupported_token_type'])
    await expect(auth.apiKeys.verify(apiKey)).resolves.toBeDefined()

    const asked: unknown[] = []
    const verifier: OpaqueTokenVerifier = {
      isOpaqueToken: text => text.startsWith('at_'),
      verify: () => Promise.reject(new Error('not asked')),
    }
    const revoke = async (token: string, options: { readonly clientId: string }) => {
      asked.push(token, options)
      return { found: true }
    }
    const opaque = serve(undefined, { ...verifier, revoke })
    expect(await opaque.post('/revoke', WEB, { token: 'at_x' })).toEqual(gone)
    expect(asked).toEqual(['at_x', { clientId: 'web' }])
    expect(await serve(undefined, verifier).post('/revoke', WEB, { token: 'at_x' })).toMatchObject({
      status: 400,
    })
  })

  it('says that it failed while a store is away (section 2.2.1)', async () => {
    const { auth, post, setStoresUp } = serve()
    const { accessToken, refreshToken } = await auth.sessions.start({ subject: 'user-1', clientId: 'web' })
    setStoresUp(false)
    for (const token of [accessToken, refreshToken]) {
      expect(await post('/revoke', WEB, { token })).toMatchObject({
        status: 503,
        headers: { 'retry-after': '5' },
      })
    }
  })

  it('takes an API key for the client that its owner is', async () => {
    const { auth, post } = serve({ revocation: { apiKeyScope: 'revoke' } })
    const { apiKey } = await auth.apiKeys.issue({ ownerId: 'web', name: 'x', scope: ['revoke'] })
    const own = await auth.accessTokens.issue({ subject: 'user-1', clientId: 'web' })
    const other = await auth.accessTokens.issue({ subject: 'user-1', clientId: 'app' })
    for (const { accessToken } of [own, other]) {
      expect(await post('/revoke', { 'x-api-key': apiKey }, { token: accessToken })).toEqual(gone)
    }
    expect(await auth.accessTokens.introspect(own.accessToken)).toBeUndefined()
    expect(await auth.accessTokens.introspect(other.accessToken)).toBeDefined()
    const { apiKey: narrow } = await auth.apiKeys.issue({ ownerId: 'web', name: 'x', scope: ['read'] })
    expect(await post('/revoke', { 'x-api-key': narrow }, { token: 'x' })).toMatchObject({ status: 403 })
  })

  it('lets a public client end its tokens where the deployment knows it', async () => {
    const clients: OAuthClients = {
      authenticate: async ({ method, clientId }) =>
        method === 'none' && clientId === 'spa' ? { clientId } : undefined,
    }
    const { auth, post } = serve({ clients })
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', clientId: 'spa' })
    expect(await post('/introspect', {}, { token: accessToken, client_id: 'spa' })).toMatchObject({
      status: 401,
    })
    expect(await post('/revoke', {}, { token: accessToken, client_id: 'spa' })).toEqual(gone)
    expect(await auth.accessTokens.introspect(accessToken)).toBeUndefined()
  })
})

describe('serving', () => {
  const paths = (options: AuthRoutesOptions) =>
    createAuthRoutes(createFixture().auth, options).routes.map(({ path }) => path)

  it('needs a way for clients to authenticate', () => {
    for (const path of ['/introspect', '/revoke']) {
      expect(paths({})).not.toContain(path)
      expect(paths({ clients: CLIENTS })).toContain(path)
    }
    const keysOnly = paths({ introspection: { apiKeyScope: 'introspect' } })
    expect(keysOnly).toContain('/introspect')
    expect(keysOnly).not.toContain('/revoke')
    expect(paths({ clients: CLIENTS, revocation: false })).not.toContain('/revoke')
  })

  it.each<[string, unknown]>([
    ['clients', { clients: null }],
    ['clients', { clients: {} }],
    ['clients', { clients: { authenticate: true } }],
    ['introspection', { introspection: true }],
    ['introspection', { introspection: {} }],
    ['introspection', { introspection: 'introspect' }],
    ['introspection.scope', { clients: CLIENTS, introspection: { scope: 'x' } }],
    ['introspection.apiKeyScope', { introspection: { apiKeyScope: 'a b' } }],
    ['revocation', { revocation: true }],
    ['revocation.apiKeyScope', { revocation: { apiKeyScope: ['x'] } }],
  ])('is refused while wiring: %s of %j', (path, options) => {
    expect(() => paths(options as AuthRoutesOptions)).toThrow(`- ${path}: `)
  })

  it('counts addresses, failures and keys; the JWK set is for everybody', async () => {
    const { auth: core } = createFixture()
    const address = { name: 'address', limit: 10, windowSeconds: 60, failureCost: 4 }
    const auth = createHttpAuth(core, { rateLimits: { address } })
    const options = { clients: CLIENTS, introspection: { apiKeyScope: 'introspect' } }
    const { handle } = createAuthRoutes(auth, options)
    const send = async (method: string, path: string, headers: Readonly<Record<string, string>>) =>
      handle({
        method,
        path,
        url: path,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        ip: '192.0.2.1',
        readBody: async () => 'token=x',
      })
    const rateLimit = { limit: 1, windowSeconds: 60 }
    const { apiKey } = await core.apiKeys.issue({ ownerId: 'o', name: 'x', scope: ['introspect'], rateLimit })
    expect(await send('POST', '/introspect', { 'x-api-key': apiKey })).toMatchObject({
      status: 200,
      headers: { ratelimit: '"address";r=9;t=6, "api-key";r=0;t=60' },
    })
    expect(await send('POST', '/introspect', { 'x-api-key': apiKey })).toMatchObject({ status: 429 })
    expect(await send('POST', '/revoke', basic('web', 'x'))).toMatchObject({
      status: 401,
      headers: { ratelimit: '"address";r=3;t=42' },
    })
    expect(await send('POST', '/refresh', {})).toMatchObject({
      status: 400,
      headers: { ratelimit: '"address";r=2;t=48' },
    })
    await send('GET', '/sessions', {})
    await send('POST', '/logout', {})
    const refused = await send('POST', '/introspect', SERVER)
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '6' } })
    expect(JSON.parse(refused?.body ?? '')).toMatchObject({
      error: 'temporarily_unavailable',
      code: 'rate_limited',
    })
    const jwks = await send('GET', '/.well-known/jwks.json', {})
    expect(jwks?.status).toBe(200)
    expect(jwks?.headers).not.toHaveProperty('ratelimit')
  })
})
