import { inspect } from 'node:util'
import { InvalidRequestError } from '@authcore/core'
import { describe, expect, it } from 'vitest'
import {
  type AuthRoutesOptions,
  createAuthRoutes,
  type ExtensionAnswer,
  type ExtensionRoute,
} from '../src/index.js'
import { createFixture } from './fixture.js'
import { createRoutesFixture, SAME_ORIGIN } from './routes-fixture.js'

const ECHO: ExtensionRoute = {
  method: 'POST',
  path: '/echo/:id',
  handle: async ({ id, readBody, principal }) => ({
    status: 201,
    headers: { 'x-subject': principal?.subject ?? 'nobody' },
    body: { id, ...(await readBody()) },
  }),
}

function fixtureOf(...routes: readonly ExtensionRoute[]) {
  return createRoutesFixture({ extensions: [{ routes }] })
}

describe('routes of an extension', () => {
  it('stand beside the own ones', async () => {
    const { send } = fixtureOf(ECHO)
    const answer = await send('POST', '/echo/a-1', { body: { b: 2 } })
    expect(answer).toMatchObject({
      status: 201,
      headers: { 'cache-control': 'no-store', 'x-subject': 'nobody', 'content-type': 'application/json' },
      json: { id: 'a-1', b: 2 },
    })
    expect((await send('GET', '/.well-known/jwks.json')).status).toBe(200)
    expect((await send('GET', '/echo/a-1')).headers).toMatchObject({ allow: 'POST, OPTIONS' })
  })

  it('are called by whom their policy lets in', async () => {
    const { auth, send } = fixtureOf({ ...ECHO, policy: { methods: ['access_token'], maxAgeSeconds: 60 } })
    expect((await send('POST', '/echo/a')).status).toBe(401)
    const { accessToken: token } = await auth.sessions.start({ subject: 'user-1' })
    expect((await send('POST', '/echo/a', { token })).headers['x-subject']).toBe('user-1')
    const { accessToken: stale } = await auth.accessTokens.issue({ subject: 'user-1' })
    const refused = await send('POST', '/echo/a', { token: stale })
    expect(refused.headers['www-authenticate']).toContain('max_age="60"')
  })

  it('can demand a page of the own site', async () => {
    const { send } = fixtureOf({ ...ECHO, sameOrigin: true })
    expect((await send('POST', '/echo/a')).json.code).toBe('cross_site_request')
    expect((await send('POST', '/echo/a', { headers: SAME_ORIGIN })).status).toBe(201)
  })

  it('have their errors answered from the table', async () => {
    const handle = async () => {
      throw new InvalidRequestError('argument_invalid')
    }
    const { send } = fixtureOf(
      { method: 'GET', path: '/a', handle },
      { method: 'GET', path: '/b', handle, isTokenEndpoint: true },
    )
    expect((await send('GET', '/a')).json.title).toBe('Invalid request')
    expect((await send('GET', '/b')).json.error).toBe('invalid_request')
    expect((await send('GET', '/a', { url: '/a?access_token=x' })).json.code).toBe('credentials_in_query')
  })

  it('may answer with text, with nothing, and learn the address', async () => {
    const routes = createAuthRoutes(createFixture().auth, {
      extensions: [
        {
          routes: [
            {
              method: 'GET',
              path: '/page',
              handle: async ({ ip }) => ({
                status: 200,
                text: { mediaType: 'text/html; charset=utf-8', content: `<p>${ip}` },
              }),
            },
            { method: 'PUT', path: '/nothing', handle: async () => ({ status: 204 }) },
          ],
        },
      ],
    })
    const request = { url: '/', headers: {}, ip: '192.0.2.1', readBody: async () => undefined }
    expect(await routes.handle({ ...request, method: 'GET', path: '/page' })).toEqual({
      status: 200,
      headers: { 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' },
      body: '<p>192.0.2.1',
    })
    expect(await routes.handle({ ...request, method: 'PUT', path: '/nothing' })).toEqual({
      status: 204,
      headers: { 'cache-control': 'no-store' },
    })
  })

  it('may set several cookies', async () => {
    const cookies = ['a=1; Path=/; Secure', 'b=2; HttpOnly']
    const { send } = fixtureOf({
      method: 'POST',
      path: '/cookies',
      handle: async () => ({ status: 204, headers: { 'set-cookie': cookies } }),
    })
    expect((await send('POST', '/cookies')).headers).toEqual({
      'cache-control': 'no-store',
      'set-cookie': cookies,
    })
  })

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['a line break in a cookie', { 'set-cookie': ['a=1', 'b=s3cret\r\nset-cookie: c=d'] }, 'set-cookie'],
    ['a line feed in the only cookie', { 'set-cookie': 'b=s3cret\nc' }, 'set-cookie'],
    ['a carriage return', { location: '/s3cret\ra' }, 'location'],
    ['a NUL', { location: '/s3cret\0' }, 'location'],
    ['a character that is no byte', { location: '/s3cret\u2028' }, 'location'],
    ['a number', { 'retry-after': 5 }, 'retry-after'],
    ['nothing', { 'set-cookie': [undefined] }, 'set-cookie'],
    ['two values of a field that has one', { location: ['/a', '/s3cret'] }, 'location'],
    ['too many cookies', { 'set-cookie': Array(33).fill('a=s3cret') }, 'set-cookie'],
    ['too long a value', { location: `/s3cret${'a'.repeat(16_384)}` }, 'location'],
    ['a name with a line break', { 's3cret\r\nx': 'a' }, 'headers'],
    ['a name in upper case', { 'Set-Cookie': 'a=s3cret' }, 'headers'],
    ['an empty name', { '': 'a' }, 'headers'],
  ])('may not answer with %s', async (_, headers, path) => {
    // as JavaScript would pass it
    const answer = { status: 200, headers } as ExtensionAnswer
    const { send } = fixtureOf({ method: 'GET', path: '/a', handle: async () => answer })
    const error: unknown = await send('GET', '/a').catch(error => error)
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining(path) })
    expect(inspect(error)).not.toContain('s3cret')
  })

  it.each<[string, unknown]>([
    ['no array', {}],
    ['no routes', [{}]],
    ['an unknown method', [{ routes: [{ ...ECHO, method: 'TRACE' }] }]],
    ['a path without a slash', [{ routes: [{ ...ECHO, path: 'echo' }] }]],
    ['a path with a pattern', [{ routes: [{ ...ECHO, path: '/a/*' }] }]],
    ['no function', [{ routes: [{ method: 'GET', path: '/a' }] }]],
    ['nothing', [null]],
  ])('are refused while wiring: %s', (_, extensions) => {
    // as JavaScript would pass it
    const options = { extensions } as AuthRoutesOptions
    expect(() => createAuthRoutes(createFixture().auth, options)).toThrow(/extensions/)
  })
})

describe('a route for OAuth clients', () => {
  const WHO: ExtensionRoute = {
    method: 'POST',
    path: '/who',
    isTokenEndpoint: true,
    handle: async ({ findClient, readBody }) => ({ status: 200, body: findClient(await readBody()) }),
  }
  const routes = createAuthRoutes(createFixture().auth, { extensions: [{ routes: [WHO] }] })
  const ask = async (headers: Readonly<Record<string, string>>, body: object = {}) => {
    const answer = await routes.handle({
      method: 'POST',
      path: '/who',
      url: '/who',
      ip: '192.0.2.7',
      headers: { 'content-type': 'application/json', ...headers },
      readBody: async () => body,
    })
    return { status: answer?.status, json: JSON.parse(answer?.body ?? '{}') }
  }

  it('learns what the sender says of the client that it is', async () => {
    const basic = `Basic ${btoa('a%20b:c%2Bd')}`
    expect(await ask({ authorization: basic })).toEqual({
      status: 200,
      json: { method: 'client_secret_basic', clientId: 'a b', clientSecret: 'c+d', ip: '192.0.2.7' },
    })
    expect((await ask({}, { client_id: 'web' })).json).toEqual({
      method: 'none',
      clientId: 'web',
      ip: '192.0.2.7',
    })
  })

  it('refuses whoever says nothing, says it twice, or comes with an API key', async () => {
    expect(await ask({})).toMatchObject({ status: 401, json: { error: 'invalid_client' } })
    expect(await ask({ authorization: `Basic ${btoa('a:b')}` }, { client_secret: 'b' })).toMatchObject({
      status: 400,
      json: { error: 'invalid_request', code: 'credentials_repeated' },
    })
    for (const headers of [{ authorization: 'Bearer x' }, { 'x-api-key': 'x' }]) {
      expect(await ask(headers)).toMatchObject({ status: 401, json: { error: 'invalid_client' } })
    }
  })
})
