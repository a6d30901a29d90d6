import { certificateThumbprint } from '@authcore/core'
import { describe, expect, it } from 'vitest'
import { createAuthRoutes, createHttpAuth, type HttpAuthOptions } from '../src/index.js'
import { createProofKey } from './dpop-proofs.js'
import { createFixture, ISSUER, START } from './fixture.js'

const DER = Uint8Array.from({ length: 300 }, (_, index) => index % 251)
const key = createProofKey()
const at = (path: string) => ({ htu: `${ISSUER}/auth${path}`, htm: 'POST' })

function createRoutes(options: HttpAuthOptions = { dpop: {} }, dpop: 'off' | 'required' = 'off') {
  const fixture = createFixture({ dpop: { nonce: dpop, nonceSeconds: 300 } })
  const auth = createHttpAuth(fixture.auth, options)
  const { handle } = createAuthRoutes(auth, {
    extensions: [
      {
        routes: [
          {
            method: 'POST',
            path: '/login',
            handle: async call => {
              const { confirmation, headers } = await call.proveKeys()
              const tokens = await auth.sessions.start({
                subject: 'user-1',
                ...(confirmation && { confirmation }),
              })
              return { status: 200, body: tokens, headers }
            },
          },
        ],
      },
    ],
  })
  const send = async (
    path: string,
    {
      headers = {},
      body,
      ...connection
    }: { headers?: object; body?: object; clientCertificate?: Uint8Array },
  ) => {
    const response = await handle({
      method: 'POST',
      path,
      url: `/auth${path}`,
      headers: { 'content-type': 'application/json', ...headers },
      readBody: async () => JSON.stringify(body ?? {}),
      ...connection,
    })
    if (response === undefined) throw new Error('no such route')
    const { status, headers: answered, body: text } = response
    return { status, headers: answered, json: text === undefined ? undefined : JSON.parse(text) }
  }
  const refresh = (refreshToken: string, headers: object = {}, connection = {}) =>
    send('/refresh', { headers, body: { refresh_token: refreshToken }, ...connection })
  return { ...fixture, auth, send, refresh }
}

const jktOf = async () => {
  const { auth } = createFixture()
  return (await auth.dpop.verify(key.prove(), { method: 'GET', url: ISSUER })).jkt
}

describe('refreshing a session that is bound to a DPoP key', () => {
  // covers RFC9700-2.2.2
  it('needs a proof of that key for this route', async () => {
    const { auth, refresh } = createRoutes()
    const { refreshToken } = await auth.sessions.start({ subject: 's', confirmation: { jkt: await jktOf() } })
    const mismatch = { status: 400, json: { error: 'invalid_grant', code: 'refresh_token_client_mismatch' } }
    expect(await refresh(refreshToken)).toMatchObject(mismatch)
    const other = createProofKey().prove(at('/refresh'))
    expect(await refresh(refreshToken, { dpop: other })).toMatchObject(mismatch)
    expect(await refresh(refreshToken, { dpop: key.prove(at('/logout')) })).toMatchObject({
      status: 400,
      json: { error: 'invalid_dpop_proof', code: 'dpop_proof_invalid' },
    })
    const proof = key.prove(at('/refresh'))
    const refreshed = await refresh(refreshToken, { dpop: proof })
    expect(refreshed).toMatchObject({ status: 200, json: { token_type: 'DPoP' } })
    expect(await refresh(refreshed.json.refresh_token, { dpop: proof })).toMatchObject({
      status: 400,
      json: { error: 'invalid_dpop_proof', code: 'dpop_proof_replayed' },
    })
    expect(await refresh(refreshToken, { dpop: [proof, proof] })).toMatchObject({
      status: 400,
      json: { error: 'invalid_request', code: 'credentials_repeated' },
    })
  })

  it('is refused where DPoP is not spoken: nobody checked the proof', async () => {
    const { auth, refresh } = createRoutes({})
    const { refreshToken } = await auth.sessions.start({ subject: 's', confirmation: { jkt: await jktOf() } })
    expect(await refresh(refreshToken, { dpop: key.prove(at('/refresh')) })).toMatchObject({
      json: { code: 'refresh_token_client_mismatch' },
    })
  })

  it('asks for a nonce with `DPoP-Nonce`, and renews it', async () => {
    const { auth, refresh, advance } = createRoutes({ dpop: {} }, 'required')
    const { refreshToken } = await auth.sessions.start({ subject: 's', confirmation: { jkt: await jktOf() } })
    const asked = await refresh(refreshToken, { dpop: key.prove(at('/refresh')) })
    expect(asked).toMatchObject({
      status: 400,
      json: { error: 'use_dpop_nonce', code: 'dpop_nonce_required' },
    })
    const nonce = asked.headers['dpop-nonce']
    const first = await refresh(refreshToken, { dpop: key.prove({ ...at('/refresh'), nonce }) })
    expect(first.headers).not.toHaveProperty('dpop-nonce')
    advance(300)
    const iat = START / 1000 + 300
    const proof = key.prove({ ...at('/refresh'), nonce, iat })
    const second = await refresh(first.json.refresh_token, { dpop: proof })
    expect(second.status).toBe(200)
    expect(second.headers['dpop-nonce']).toMatch(/^[\w-]+$/)
  })
})

it('refreshing a session that is bound to none, with a proof, binds the access token', async () => {
  const { auth, refresh } = createRoutes()
  const { refreshToken } = await auth.sessions.start({ subject: 's' })
  const { json } = await refresh(refreshToken, { dpop: key.prove(at('/refresh')) })
  expect(json.token_type).toBe('DPoP')
  const confirmation = { jkt: await jktOf() }
  await expect(auth.accessTokens.verify(json.access_token, { confirmation })).resolves.toMatchObject({
    confirmation,
  })
})

it('refreshing a session that is bound to a certificate needs that certificate', async () => {
  const { auth, refresh } = createRoutes()
  const confirmation = { 'x5t#S256': certificateThumbprint(DER) }
  const { refreshToken } = await auth.sessions.start({ subject: 's', confirmation })
  expect(await refresh(refreshToken)).toMatchObject({
    status: 400,
    json: { code: 'refresh_token_client_mismatch' },
  })
  expect(await refresh(refreshToken, {}, { clientCertificate: DER.slice(1) })).toMatchObject({ status: 400 })
  expect(await refresh(refreshToken, {}, { clientCertificate: DER })).toMatchObject({
    status: 200,
    json: { token_type: 'Bearer' },
  })
})

it('a route of an extension can bind what it starts', async () => {
  const { send } = createRoutes()
  const bound = await send('/login', { headers: { dpop: key.prove(at('/login')) }, clientCertificate: DER })
  expect(bound).toMatchObject({ status: 200, json: { tokenType: 'DPoP' } })
  expect(await send('/login', {})).toMatchObject({ status: 200, json: { tokenType: 'Bearer' } })
  const refused = await send('/login', { headers: { dpop: 'x' } })
  expect(refused).toMatchObject({ status: 401, json: { code: 'dpop_proof_malformed' } })
  expect(refused.headers['www-authenticate']).toMatch(/^DPoP error="invalid_dpop_proof"/)
})

it('a bound token without a session is ended by logout, with its proof', async () => {
  const { auth, send } = createRoutes()
  const confirmation = { jkt: await jktOf() }
  const { accessToken } = await auth.accessTokens.issue({ subject: 's', confirmation })
  const authorization = `DPoP ${accessToken}`
  expect(await send('/logout', { headers: { authorization } })).toMatchObject({ status: 401 })
  const proof = key.prove({ ...at('/logout'), token: accessToken })
  expect(await send('/logout', { headers: { authorization, dpop: proof } })).toMatchObject({ status: 204 })
  await expect(auth.accessTokens.verify(accessToken, { confirmation })).rejects.toMatchObject({
    code: 'token_revoked',
  })
})
