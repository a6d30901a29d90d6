import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { authErrorResponse, authFetchHandler, withAuth } from '../src/fetch.js'
import { withHeaders } from '../src/fetch-request.js'
import { createAuth, ISSUER } from './deployment.js'

const policy = { methods: ['access_token'] } as const

describe('withAuth', () => {
  it('hands the principal and whatever the server passes to the handler', async () => {
    const auth = createAuth()
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    const handler = withAuth(auth, policy, (_request: Request, { auth: caller }, params: { id: string }) =>
      Response.json({ subject: caller.subject, isFrozen: Object.isFrozen(caller), ...params }),
    )
    const headers = { authorization: `Bearer ${accessToken}` }
    const served = await handler(new Request(ISSUER, { headers }), { id: '7' })
    expect(await served.json()).toEqual({ subject: 'user-1', isFrozen: true, id: '7' })
    const refused = await handler(new Request(ISSUER), { id: '7' })
    expect(refused.status).toBe(401)
    const head = await handler(new Request(ISSUER, { method: 'HEAD' }), { id: '7' })
    expect([head.status, await head.text()]).toEqual([401, ''])
  })

  it('asks the server who is at the other end', async () => {
    const seen: unknown[] = []
    const clientCertificate = Uint8Array.of(48)
    const clientCertificates = {
      verify: (certificate: Uint8Array) => {
        seen.push(certificate)
        return Promise.reject(new TypeError('a bug'))
      },
    }
    const handler = withAuth(
      { clientCertificates },
      { methods: ['client_certificate'] },
      (_request: Request, _context, _server: string) => new Response(),
      { describeConnection: (_request, server) => (server === 'a' ? { clientCertificate } : {}) },
    )
    await expect(handler(new Request(ISSUER), 'a')).rejects.toThrow('a bug')
    expect((await handler(new Request(ISSUER), 'b')).status).toBe(401)
    expect(seen).toEqual([clientCertificate])
  })
})

describe('authFetchHandler', () => {
  it('serves below its prefix, and hands all else on', async () => {
    const handler = authFetchHandler(
      createAuth(),
      {},
      {
        prefix: '/auth',
        otherwise: (request, env: string) => new Response(`${env} ${new URL(request.url).pathname}`),
      },
    )
    const get = async (path: string) => handler(new Request(`${ISSUER}${path}`), 'env')
    expect((await get('/auth/.well-known/jwks.json')).status).toBe(200)
    expect((await get('/auth/sessions')).status).toBe(401)
    for (const path of ['/', '/auth', '/auth/nothing', '/authentic/sessions', '/.well-known/jwks.json']) {
      expect(await (await get(path)).text()).toBe(`env ${path}`)
    }
  })

  it('answers 404 for all else unless told', async () => {
    const handler = authFetchHandler(createAuth())
    expect((await handler(new Request(`${ISSUER}/sessions`))).status).toBe(401)
    const missing = await handler(new Request(`${ISSUER}/nothing`))
    expect([missing.status, await missing.text()]).toEqual([404, ''])
  })
})

it('adds fields to responses that cannot be changed', async () => {
  const redirect = Response.redirect(`${ISSUER}/a`, 302)
  const changed = withHeaders(redirect, { 'ratelimit-policy': '"a";q=1', 'set-cookie': 'b=c' })
  expect(changed.status).toBe(302)
  expect(Object.fromEntries(changed.headers)).toEqual({
    location: `${ISSUER}/a`,
    'ratelimit-policy': '"a";q=1',
    'set-cookie': 'b=c',
  })
  const two = withHeaders(new Response('x', { headers: { 'set-cookie': 'a=b', vary: 'a' } }), {
    'set-cookie': 'b=c',
    vary: 'b',
  })
  expect([two.headers.getSetCookie(), two.headers.get('vary'), await two.text()]).toEqual([
    ['a=b', 'b=c'],
    'b',
    'x',
  ])
  const same = new Response()
  expect(withHeaders(same, {})).toBe(same)
})

it('leaves errors of others alone', () => {
  expect(authErrorResponse(new TypeError('a bug'), new Request(ISSUER))).toBeUndefined()
})

it('knows nothing of Node, and without the entry for Hono nothing of Hono', async () => {
  const folder = new URL('../src/', import.meta.url)
  const sources = new Map<string, string>()
  for (const name of await readdir(folder)) sources.set(name, await readFile(new URL(name, folder), 'utf8'))
  for (const source of sources.values()) expect(source).not.toMatch(/node:|\bBuffer\b|\bprocess\./)
  const reached = new Set(['fetch.ts'])
  for (const name of reached) {
    for (const [, next] of (sources.get(name) ?? '').matchAll(/from '\.\/([\w-]+)\.js'/g))
      reached.add(`${next}.ts`)
    expect(sources.get(name)).not.toMatch(/from 'hono/)
  }
  expect(reached.size).toBeGreaterThan(3)
})
