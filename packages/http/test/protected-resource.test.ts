import { describe, expect, it } from 'vitest'
import {
  createAuthRoutes,
  createHttpAuth,
  guardRequest,
  type ProtectedResourceOptions,
  toErrorResponse,
} from '../src/index.js'
import { bearer, createFixture, request } from './fixture.js'

const POLICY = { methods: ['access_token'] } as const

function deployed(protectedResource: ProtectedResourceOptions) {
  const fixture = createFixture()
  const auth = createHttpAuth(fixture.auth, { protectedResource })
  const { handle } = createAuthRoutes(auth)
  return {
    ...fixture,
    auth,
    send: (method: string, path: string, headers = {}) =>
      handle({ method, path, url: path, headers, readBody: async () => undefined }),
  }
}

describe('the metadata of a protected resource (RFC 9728)', () => {
  it.each([
    ['https://api.example.com', '/.well-known/oauth-protected-resource'],
    ['https://api.example.com/', '/.well-known/oauth-protected-resource'],
    ['https://api.example.com/v1', '/.well-known/oauth-protected-resource/v1'],
    ['https://api.example.com:8443/tenants/a', '/.well-known/oauth-protected-resource/tenants/a'],
  ])('of %s is served at %s', async (resource, path) => {
    const { send } = deployed({ resource })
    const response = await send('GET', path)
    expect(response).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=3600' },
    })
    expect(JSON.parse(response?.body ?? '')).toEqual({ resource, bearer_methods_supported: ['header'] })
    expect(await send('HEAD', path)).toMatchObject({ status: 200 })
    expect(await send('POST', path)).toMatchObject({ status: 405 })
  })

  it('says everything that it was told, in the words of the RFC', async () => {
    const { send } = deployed({
      resource: 'https://api.example.com',
      authorizationServers: ['https://login.example.com'],
      scopesSupported: ['read', 'write'],
      bearerMethodsSupported: ['header'],
      tlsClientCertificateBoundAccessTokens: true,
      dpopSigningAlgValuesSupported: ['ES256'],
      dpopBoundAccessTokensRequired: false,
      resourceName: 'Reports "A"',
      resourceDocumentation: 'https://docs.example.com/api?x=1',
      maxAgeSeconds: 60,
    })
    const response = await send('GET', '/.well-known/oauth-protected-resource')
    expect(response?.headers['cache-control']).toBe('public, max-age=60')
    expect(JSON.parse(response?.body ?? '')).toEqual({
      resource: 'https://api.example.com',
      authorization_servers: ['https://login.example.com'],
      scopes_supported: ['read', 'write'],
      bearer_methods_supported: ['header'],
      tls_client_certificate_bound_access_tokens: true,
      dpop_signing_alg_values_supported: ['ES256'],
      dpop_bound_access_tokens_required: false,
      resource_name: 'Reports "A"',
      resource_documentation: 'https://docs.example.com/api?x=1',
    })
  })

  it('is named in every challenge, of guards and of routes', async () => {
    const { auth, send } = deployed({ resource: 'https://api.example.com/v1' })
    const metadata = 'resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/v1"'
    for (const headers of [{}, bearer('a.b.c'), { authorization: 'Bearer' }]) {
      const outcome = await guardRequest(auth, request(headers), POLICY)
      const response = outcome.outcome === 'answered' ? outcome.response : undefined
      expect(response?.headers['www-authenticate']).toContain(metadata)
      expect((await send('GET', '/sessions', headers))?.headers['www-authenticate']).toContain(metadata)
    }
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    const narrow = await guardRequest(auth, request(bearer(accessToken)), { ...POLICY, scope: ['x'] })
    expect(narrow).toMatchObject({
      response: { status: 403, headers: { 'www-authenticate': expect.stringContaining(metadata) } },
    })
  })

  it('is served, and named, only where there is any', async () => {
    const { auth } = createFixture()
    const paths = createAuthRoutes(auth).routes.map(({ path }) => path)
    expect(paths.some(path => path.includes('oauth-protected-resource'))).toBe(false)
    expect(() => createAuthRoutes(auth, { protectedResource: true })).toThrow('createHttpAuth')
    const configured = deployed({ resource: 'https://api.example.com' }).auth
    const unserved = createAuthRoutes(configured, { protectedResource: false }).routes.map(({ path }) => path)
    expect(unserved.some(path => path.includes('oauth-protected-resource'))).toBe(false)
    expect(toErrorResponse(new Error('x'))).toBeUndefined()
  })

  it.each<[string, unknown]>([
    ['protectedResource', null],
    ['protectedResource', 'https://api.example.com'],
    ['protectedResource.resource', {}],
    ['protectedResource.resource', { resource: 'http://api.example.com' }],
    ['protectedResource.resource', { resource: 'https://api.example.com/#x' }],
    ['protectedResource.resource', { resource: 'https://api.example.com/?' }],
    ['protectedResource.resource', { resource: 'https://u:p@api.example.com/' }],
    ['protectedResource.resource', { resource: 'https://api.example.com/a/' }],
    ['protectedResource.resource', { resource: 'https://api.example.com/:id' }],
    ['protectedResource.resource', { resource: 'https://api.example.com/%2e' }],
    ['protectedResource.resource', { resource: 'https://api.example.com/a/../b' }],
    ['protectedResource.resource', { resource: 'https://API.example.com' }],
    ['protectedResource.resource', { resource: 'https://api.example.com/a"b' }],
    ['protectedResource.resource', { resource: `https://api.example.com/${'a'.repeat(3000)}` }],
    ['protectedResource.resource', { resource: 'https://' }],
    ['protectedResource.authorizationServers', { authorizationServers: [] }],
    ['protectedResource.authorizationServers', { authorizationServers: ['http://login.example.com'] }],
    ['protectedResource.authorizationServers', { authorizationServers: 'https://login.example.com' }],
    ['protectedResource.scopesSupported', { scopesSupported: ['a b'] }],
    ['protectedResource.bearerMethodsSupported', { bearerMethodsSupported: ['query'] }],
    ['protectedResource.dpopSigningAlgValuesSupported', { dpopSigningAlgValuesSupported: ['none'] }],
    ['protectedResource.dpopBoundAccessTokensRequired', { dpopBoundAccessTokensRequired: 'yes' }],
    ['protectedResource.tlsClientCertificateBoundAccessTokens', { tlsClientCertificateBoundAccessTokens: 1 }],
    ['protectedResource.resourceName', { resourceName: '' }],
    ['protectedResource.resourceDocumentation', { resourceDocumentation: 'javascript:alert(1)' }],
    ['protectedResource.maxAgeSeconds', { maxAgeSeconds: -1 }],
    ['protectedResource.jwksUri', { jwksUri: 'https://api.example.com/jwks' }],
  ])('is refused while wiring with its path: %s of %j', (path, fields) => {
    const { auth } = createFixture()
    const isMissing = typeof fields !== 'object' || fields === null || path.endsWith('.resource')
    const options = isMissing ? fields : { resource: 'https://api.example.com', ...fields }
    const wire = () => createHttpAuth(auth, { protectedResource: options as ProtectedResourceOptions })
    expect(wire).toThrow(`- ${path}: `)
  })
})
