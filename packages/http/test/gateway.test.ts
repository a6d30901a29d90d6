import { createInternalTokenVerifier } from '@authcore/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AuthHeaders, createGateway, type GatewayOptions, guardRequest } from '../src/index.js'
import { createFixture, ISSUER, START } from './fixture.js'

const AUDIENCE = 'https://orders.internal'
const PLAIN = { subject: 'x-user-id', scope: 'x-user-scope', roles: 'x-user-roles', method: 'x-auth-method' }

async function setUp(options: Partial<GatewayOptions> = {}) {
  const { auth } = createFixture()
  const { accessToken } = await auth.accessTokens.issue({
    subject: 'user-1',
    scope: ['read', 'write'],
    roles: ['editor', 'night shift, west'],
  })
  const principal = await auth.accessTokens.verify(accessToken)
  const gateway = createGateway(auth, { audience: AUDIENCE, plainHeaders: PLAIN, ...options })
  return { auth, accessToken, principal, gateway }
}

describe('a gateway', () => {
  // covers ASVS-8.3.3
  it('tells the inner service who is calling, in a token that it can verify', async () => {
    const { auth, accessToken, principal, gateway } = await setUp()
    const headers = await gateway.forwardHeaders({ authorization: `Bearer ${accessToken}` }, principal)
    const jwks = await auth.signingKeys.jwks()
    const inner = {
      accessTokens: createInternalTokenVerifier({
        issuer: ISSUER,
        audience: AUDIENCE,
        jwks,
        clock: () => START,
      }),
    }
    const request = { method: 'GET', url: '/orders', headers }
    const guarded = await guardRequest(inner, request, { methods: ['access_token'], scope: ['write'] })
    expect(guarded).toMatchObject({
      outcome: 'passed',
      principal: { subject: 'user-1', roles: principal.roles },
    })
    expect(JSON.stringify(headers)).not.toContain(accessToken)
  })

  it('writes plain headers as single values', async () => {
    const { principal, gateway } = await setUp()
    expect(await gateway.forwardHeaders({}, principal)).toMatchObject({
      'x-user-id': 'user-1',
      'x-user-scope': 'read write',
      'x-user-roles': 'editor,night%20shift%2C%20west',
      'x-auth-method': 'access_token',
    })
    const headers = await gateway.forwardHeaders({}, { ...principal, subject: 'Zoë, x-user-roles: admin' })
    expect(headers['x-user-id']).toBe('Zo%C3%AB%2C%20x-user-roles%3A%20admin')
  })

  const SPOOFED = [
    'x-user-id',
    'X-User-Id',
    'x_user_id',
    'X_USER-ID',
    'x-user-roles',
    'authorization',
    'proxy-authorization',
    'x-api-key',
    'dpop',
    'client-cert',
    'x-forwarded-client-cert',
    'cookie',
  ]

  it.each(SPOOFED)('strips the %s of the caller, also when nobody is calling', async name => {
    const { principal, gateway } = await setUp()
    for (const caller of [principal, undefined]) {
      const headers = await gateway.forwardHeaders({ [name]: 'admin', accept: 'text/plain' }, caller)
      expect(JSON.stringify(headers)).not.toContain('admin')
      expect(headers['accept']).toBe('text/plain')
    }
    expect(await gateway.forwardHeaders({ [name]: ['admin', 'root'] }, undefined)).toEqual({})
  })

  it('strips identity in every spelling that a server could read the same', async () => {
    const { gateway } = await setUp()
    const spelling = fc
      .tuple(
        fc.constantFrom(...Object.values(PLAIN)),
        fc.array(fc.boolean(), { minLength: 32, maxLength: 32 }),
      )
      .map(([name, flips]) =>
        [...name]
          .map((letter, i) => (flips[i] ? (letter === '-' ? '_' : letter.toUpperCase()) : letter))
          .join(''),
      )
    await fc.assert(
      fc.asyncProperty(spelling, async name => {
        expect(await gateway.forwardHeaders({ [name]: 'admin' }, undefined)).toEqual({})
      }),
    )
  })

  it('leaves out what belongs to one connection', async () => {
    const { gateway } = await setUp()
    const headers: AuthHeaders = {
      connection: ['keep-alive, X-Hop', 'upgrade'],
      'x-hop': '1',
      'keep-alive': 'timeout=5',
      'transfer-encoding': 'chunked',
      upgrade: 'websocket',
      host: 'api.example.com',
      'content-type': 'application/json',
      missing: undefined,
    }
    expect(await gateway.forwardHeaders(headers, undefined)).toEqual({ 'content-type': 'application/json' })
    expect(await gateway.forwardHeaders({ connection: 'x-hop', 'x-hop': '1' }, undefined)).toEqual({})
  })

  it('lets cookies through where that is asked for', async () => {
    const { gateway } = await setUp({ forwardCookies: true })
    expect(await gateway.forwardHeaders({ cookie: 'a=b' }, undefined)).toEqual({ cookie: 'a=b' })
  })

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /options: must be an object/],
    ['no audience', {}, /audience: must name/],
    ['an empty audience', { audience: ['a', ''] }, /audience/],
    ['a misspelt name', { audience: 'a', plainHeader: {} }, /plainHeader: is not known/],
    [
      'a header with capitals',
      { audience: 'a', plainHeaders: { subject: 'X-User-Id' } },
      /plainHeaders\.subject/,
    ],
    ['a header with _', { audience: 'a', plainHeaders: { subject: 'x_user' } }, /plainHeaders\.subject/],
    ['a credential', { audience: 'a', plainHeaders: { subject: 'authorization' } }, /plainHeaders\.subject/],
    [
      'an unknown fact',
      { audience: 'a', plainHeaders: { email: 'x-email' } },
      /plainHeaders\.email: is not known/,
    ],
    [
      'plain headers that are text',
      { audience: 'a', plainHeaders: 'x-user-id' },
      /plainHeaders: must be an object/,
    ],
    ['an hour', { audience: 'a', ttlSeconds: 3600 }, /ttlSeconds/],
    ['text for a flag', { audience: 'a', forwardCookies: 'yes' }, /forwardCookies/],
  ])('refuses %s while wiring', (_, options, message) => {
    // as JavaScript would pass it
    expect(() => createGateway(createFixture().auth, options as GatewayOptions)).toThrow(message)
  })
})
