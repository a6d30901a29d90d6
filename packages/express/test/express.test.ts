import { once } from 'node:events'
import { connect } from 'node:net'
import { ConfigError, InvalidRequestError } from '@authcore/core'
import { createHttpAuth } from '@authcore/http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authErrorHandler, authRoutes, requireAuth } from '../src/index.js'
import { createApp, createDeployment, type Deployment, FRAMEWORKS, listen } from './fixture.js'
import { sendRaw, writeHead } from './raw-request.js'

describe.each(FRAMEWORKS)('%s', (_, express) => {
  let own: Deployment
  let port: number
  let close: () => Promise<void>

  beforeAll(async () => {
    own = createDeployment()
    ;({ port, close } = await listen(createApp(express, own.auth)))
  })
  afterAll(() => close())

  const post = async (path: string, lines: string[], body?: object) => {
    const text = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await sendRaw(port, {
      method: 'POST',
      path,
      lines: ['Content-Type: application/json', ...lines],
      ...text,
    })
    return { ...response, json: response.body === '' ? undefined : JSON.parse(response.body) }
  }

  it.each(['/auth', '/json', '/parsed', '/raw', '/slow'])('refreshes and signs out below %s', async mount => {
    const login = await own.auth.sessions.start({ subject: 'user-1' })
    const refreshed = await post(`${mount}/refresh`, [], { refresh_token: login.refreshToken })
    expect(refreshed).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } })
    const bearer = `Authorization: Bearer ${refreshed.json.access_token}`
    expect((await sendRaw(port, { path: '/token', lines: [bearer] })).status).toBe(200)
    expect((await post(`${mount}/logout`, [], { refresh_token: refreshed.json.refresh_token })).status).toBe(
      204,
    )
    expect((await sendRaw(port, { path: '/token', lines: [bearer] })).body).toContain('token_revoked')
  })

  it('sets cookies beside those of a middleware', async () => {
    const handle = async () => ({ status: 200, headers: { 'set-cookie': ['one=1', 'two=2'] } })
    const app = express()
    app.use((_request, response, next) => {
      response.append('set-cookie', 'before=0')
      next()
    })
    app.use(authRoutes(own.auth, { extensions: [{ routes: [{ method: 'GET', path: '/cookies', handle }] }] }))
    const server = await listen(app)
    const answer = await fetch(`http://127.0.0.1:${server.port}/cookies`)
    await server.close()
    expect(answer.headers.getSetCookie()).toEqual(['before=0', 'one=1', 'two=2'])
  })

  it('says in answers to errors of unguarded handlers what the deployment says in challenges', async () => {
    const auth = createHttpAuth(own.auth, { protectedResource: { resource: 'https://api.example.com' } })
    const app = express()
    app.get('/', (_request, _response, next) => next(new InvalidRequestError('credentials_missing')))
    app.use(authErrorHandler(auth))
    const server = await listen(app)
    const answer = await fetch(`http://127.0.0.1:${server.port}/`)
    await server.close()
    expect(answer.headers.get('www-authenticate')).toContain('resource_metadata=')
  })

  it('refreshes by cookie', async () => {
    const login = await own.auth.sessions.start({ subject: 'user-1' })
    const lines = [
      `Cookie: a=b; __Host-refresh_token=${login.refreshToken}`,
      'Origin: https://api.example.com',
    ]
    const refreshed = await sendRaw(port, { method: 'POST', path: '/auth/refresh', lines })
    expect(refreshed.headers['set-cookie']).toMatch(
      /^__Host-refresh_token=rt_[\w-]+; .*HttpOnly; SameSite=Lax$/,
    )
    expect(refreshed.body).not.toContain('rt_')
  })

  it('issues, rotates and revokes an API key', async () => {
    const { accessToken } = await own.auth.sessions.start({ subject: 'user-1', scope: ['read'] })
    const bearer = `Authorization: Bearer ${accessToken}`
    const issued = await post('/auth/api-keys', [bearer], { name: 'ci', scope: 'read' })
    expect(issued.status).toBe(201)
    const rotated = await post(`/auth/api-keys/${issued.json.id}/rotate`, [bearer], { overlap_seconds: 60 })
    const withKey = (apiKey: string) => sendRaw(port, { path: '/key', lines: [`X-API-Key: ${apiKey}`] })
    expect((await withKey(issued.json.api_key)).status).toBe(200)
    expect((await withKey(rotated.json.api_key)).status).toBe(200)
    const path = `/auth/api-keys/${rotated.json.id}`
    expect((await sendRaw(port, { method: 'DELETE', path, lines: [bearer] })).status).toBe(204)
    expect((await withKey(rotated.json.api_key)).status).toBe(401)
  })

  it('answers 503 while the stores are down', async () => {
    const { accessToken } = await own.auth.sessions.start({ subject: 'user-1' })
    const lines = [`Authorization: Bearer ${accessToken}`]
    own.setStoresUp(false)
    const response = await sendRaw(port, { path: '/token', lines })
    own.setStoresUp(true)
    expect(response).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
    expect(response.body).not.toContain('10.0.0.7')
  })

  it.each(['/auth/refresh', '/raw/refresh', '/slow/refresh', '/gone/refresh', '/token'])(
    'outlives clients that abort on %s',
    async path => {
      for (const sent of ['', '{"refresh']) {
        const socket = connect(port, '127.0.0.1')
        await once(socket, 'connect')
        writeHead(socket, {
          method: 'POST',
          path,
          lines: ['Content-Type: application/json'],
          body: 'x'.repeat(100),
        })
        socket.write(sent)
        await new Promise(resolve => setImmediate(resolve))
        socket.destroy()
        await once(socket, 'close')
      }
      expect((await sendRaw(port, { path: '/auth/.well-known/jwks.json' })).status).toBe(200)
    },
  )

  it('leaves a response alone that has begun, or that somebody sent before', async () => {
    const late = await sendRaw(port, { path: '/throws-late' })
    expect(late).toMatchObject({ status: 200, body: expect.stringContaining('begun') })
    expect(late.body).toContain('handled: InvalidRequestError argument_invalid')
    expect(await sendRaw(port, { path: '/sent' })).toMatchObject({ status: 200, body: 'sent' })
  })

  it('serves requests that a platform has made up', async () => {
    const { accessToken } = await own.auth.sessions.start({ subject: 'user-1' })
    const lines = [`Authorization: Bearer ${accessToken}`]
    expect((await sendRaw(port, { path: '/made-up', lines })).status).toBe(200)
    expect((await sendRaw(port, { path: '/made-up' })).status).toBe(401)
  })

  it('answers before a large body has come to its end', async () => {
    const socket = connect(port, '127.0.0.1')
    const answered = once(socket, 'data')
    await once(socket, 'connect')
    const lines = ['Content-Type: application/json', 'Content-Length: 1000000000']
    writeHead(socket, { method: 'POST', path: '/auth/refresh', lines })
    const [chunk] = await answered
    expect(String(chunk)).toMatch(/^HTTP\/1\.1 413 /)
    socket.destroy()
  })
})

describe('wiring', () => {
  it('fails with one error that lists every problem', () => {
    const { auth } = createDeployment()
    const policy = { methods: ['session'], maxAgeSeconds: -1 } as unknown as Parameters<typeof requireAuth>[1]
    expect(() => requireAuth(auth, policy)).toThrow(ConfigError)
    expect(() => requireAuth(auth, policy)).toThrow(/methods\.0[\s\S]*maxAgeSeconds/)
    const refreshCookie = { sameSite: 'none', secure: false } as const
    expect(() => authRoutes(auth, { refreshCookie })).toThrow(
      /refreshCookie\.sameSite[\s\S]*refreshCookie\.secure/,
    )
  })
})
