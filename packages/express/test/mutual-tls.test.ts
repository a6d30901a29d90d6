import { createServer, type Server, request as sendRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import {
  type AuthCore,
  certificateThumbprint,
  createAuthCore,
  createClientCertificateVerifier,
} from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { createHttpAuth } from '@authcore/http'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireAuth } from '../src/index.js'
import { type Authority, createAuthority, type Identity } from './certificates.js'

const BILLING = 'spiffe://example.com/billing'

let authority: Authority
let auth: AuthCore
let server: Server
/** Names of client certificates; `none` sends none. */
const clients = new Map<string, Identity>()
let close: () => Promise<void>

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly body: any
}

beforeAll(async () => {
  authority = await createAuthority('Example authority')
  const stranger = await createAuthority('Example authority')
  clients.set('billing', await authority.issue('billing', { uri: BILLING }))
  clients.set('renewed', await authority.issue('billing', { uri: BILLING }))
  clients.set('unknown', await authority.issue('unknown'))
  clients.set('expired', await authority.issue('billing', { uri: BILLING, days: -1 }))
  clients.set('foreign', await stranger.issue('billing', { uri: BILLING }))

  auth = createAuthCore({
    issuer: 'https://api.example.com',
    audience: 'https://api.example.com',
    secrets: ['m0Q8dWQv1nJ3k9ZxT7uYb2LcR5sGhE6pAaFiNoXtVwU='],
    stores: memoryStores(),
    accessToken: { algorithm: 'ES256' },
  })
  const clientCertificates = createClientCertificateVerifier({
    findSubject: ({ uris }) =>
      uris.includes(BILLING) ? { subject: 'billing', scope: ['invoices:read'] } : undefined,
  })
  const direct = createHttpAuth({ ...auth, clientCertificates }, {})
  const proxied = createHttpAuth(
    { ...auth, clientCertificates },
    { trustedProxies: ['127.0.0.1'], clientCertificateHeader: 'client-cert' },
  )
  const other = createHttpAuth(
    { ...auth, clientCertificates },
    { trustedProxies: ['192.0.2.1'], clientCertificateHeader: 'client-cert' },
  )
  const app = express()
  app.get(
    '/certificate',
    requireAuth(direct, { methods: ['client_certificate'], scope: ['invoices:read'] }),
    who,
  )
  app.get('/token', requireAuth(direct, { methods: ['access_token'] }), who)
  app.get('/proxied', requireAuth(proxied, { methods: ['client_certificate'] }), who)
  app.get('/other-proxy', requireAuth(other, { methods: ['client_certificate'] }), who)

  const own = await authority.issue('server', { host: '127.0.0.1' })
  // strangers get through the handshake, so that the adapter has to tell them apart
  const options = {
    cert: own.cert,
    key: own.key,
    ca: authority.cert,
    requestCert: true,
    rejectUnauthorized: false,
  }
  server = createServer(options, app)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  close = () => new Promise(resolve => server.close(() => resolve()))
})

afterAll(() => close())

const who: express.RequestHandler = (request, response) => {
  response.json({ subject: request.auth?.subject, method: request.auth?.method })
}

function send(path: string, client: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const { port } = server.address() as AddressInfo
  const identity = clients.get(client)
  const options = {
    host: '127.0.0.1',
    port,
    path,
    headers,
    ca: authority.cert,
    agent: false,
    ...(identity !== undefined && { cert: identity.cert, key: identity.key }),
  }
  return new Promise((resolve, reject) => {
    const request = sendRequest(options, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) })
      })
    })
    request.on('error', reject).end()
  })
}

const derOf = (client: string): Uint8Array => {
  const identity = clients.get(client)
  if (identity === undefined) throw new Error(client)
  return identity.der
}
const clientCert = (client: string) => ({
  'client-cert': `:${Buffer.from(derOf(client)).toString('base64')}:`,
})

describe('a client certificate on a TLS connection', () => {
  it('says who is calling', async () => {
    expect(await send('/certificate', 'billing')).toEqual({
      status: 200,
      body: { subject: 'billing', method: 'client_certificate' },
    })
  })

  it.each([
    ['none', 401, 'credentials_missing'],
    ['unknown', 401, 'client_certificate_unknown'],
    // TLS has not authorized these, so there is no certificate
    ['expired', 401, 'credentials_missing'],
    ['foreign', 401, 'credentials_missing'],
  ])('%s', async (client, status, code) => {
    expect(await send('/certificate', client)).toMatchObject({ status, body: { code } })
  })

  it('is not taken from a header of whoever is no proxy', async () => {
    for (const path of ['/certificate', '/other-proxy']) {
      expect(await send(path, 'none', clientCert('billing'))).toMatchObject({
        status: 401,
        body: { code: 'credentials_missing' },
      })
      expect(await send(path, 'unknown', clientCert('billing'))).toMatchObject({
        status: 401,
        body: { code: 'client_certificate_unknown' },
      })
    }
  })

  it('of a trusted proxy is not that of its client', async () => {
    expect(await send('/proxied', 'billing')).toMatchObject({ body: { code: 'credentials_missing' } })
    expect(await send('/proxied', 'unknown', clientCert('billing'))).toMatchObject({
      status: 200,
      body: { subject: 'billing' },
    })
    expect(await send('/proxied', 'billing', { 'client-cert': 'x' })).toMatchObject({
      status: 400,
      body: { code: 'credentials_malformed' },
    })
  })

  it('that has expired behind a proxy is refused by its own dates', async () => {
    expect(await send('/proxied', 'none', clientCert('expired'))).toMatchObject({
      status: 401,
      body: { code: 'client_certificate_expired' },
    })
  })
})

describe('a token that is bound to a certificate', () => {
  it.each([
    ['billing', 200, undefined],
    ['renewed', 401, 'token_binding_mismatch'],
    ['foreign', 401, 'token_binding_mismatch'],
    ['none', 401, 'token_binding_mismatch'],
  ])('comes with the certificate %s', async (client, status, code) => {
    const confirmation = { 'x5t#S256': certificateThumbprint(derOf('billing')) }
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', confirmation })
    const answer = await send('/token', client, { authorization: `Bearer ${accessToken}` })
    expect(answer.status).toBe(status)
    expect(answer.body.code).toBe(code)
  })

  it('is refused with a foreign certificate even where it is bound to that one', async () => {
    const confirmation = { 'x5t#S256': certificateThumbprint(derOf('foreign')) }
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', confirmation })
    const answer = await send('/token', 'foreign', { authorization: `Bearer ${accessToken}` })
    expect(answer).toMatchObject({ status: 401, body: { code: 'token_binding_mismatch' } })
  })
})
