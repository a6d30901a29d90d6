import { describe, expect, it } from 'vitest'
import { createAccessTokenVerifier } from '../../src/index.js'
import { createJwsSigner } from '../../src/jws/sign.js'
import { importKey } from '../../src/jwt.js'
import { AUDIENCE, deploy, ISSUER, START } from '../fixtures.js'

const X5T = 'A'.repeat(43)
const JKT = 'B'.repeat(43)

describe('tokens that are bound to a key', () => {
  it('say how they are presented', async () => {
    const { auth } = deploy()
    const typeOf = async (confirmation?: object) =>
      (await auth.accessTokens.issue({ subject: 's', ...(confirmation && { confirmation }) })).tokenType
    expect(await typeOf()).toBe('Bearer')
    expect(await typeOf({ 'x5t#S256': X5T })).toBe('Bearer')
    expect(await typeOf({ jkt: JKT })).toBe('DPoP')
    expect(await typeOf({ jkt: JKT, 'x5t#S256': X5T })).toBe('DPoP')
    expect((await auth.sessions.start({ subject: 's', confirmation: { jkt: JKT } })).tokenType).toBe('DPoP')
  })

  it('are refused with another key, with none, and with one of two', async () => {
    const { auth } = deploy()
    const { accessToken } = await auth.accessTokens.issue({
      subject: 's',
      confirmation: { jkt: JKT, 'x5t#S256': X5T },
    })
    const verify = (confirmation?: object) =>
      auth.accessTokens.verify(accessToken, confirmation && { confirmation })
    for (const proved of [undefined, {}, { jkt: JKT }, { 'x5t#S256': X5T }, { jkt: X5T, 'x5t#S256': JKT }]) {
      await expect(verify(proved)).rejects.toMatchObject({ code: 'token_binding_mismatch' })
    }
    await expect(verify({ jkt: JKT, 'x5t#S256': X5T })).resolves.toMatchObject({ subject: 's' })
  })

  it('can be ended without their key', async () => {
    const { auth } = deploy()
    const confirmation = { jkt: JKT }
    const { accessToken } = await auth.accessTokens.issue({ subject: 's', confirmation })
    await expect(auth.revocation.revokeToken(accessToken)).resolves.toEqual({ found: true })
    await expect(auth.accessTokens.verify(accessToken, { confirmation })).rejects.toMatchObject({
      code: 'token_revoked',
    })
  })

  it.each([
    { x5t: X5T },
    { kid: 'k' },
    { jwk: { kty: 'oct', k: 'AAAA' } },
    { jwe: 'x' },
    { jku: 'https://evil.example', kid: 'k' },
    { 'x5t#S512': X5T },
    { X5T: X5T },
    { jkt: JKT, kid: 'k' },
    { 'x5t#S256': X5T, x5t: X5T },
    { jkt: '' },
    { jkt: [JKT] },
    { jkt: null },
    {},
    [],
    null,
  ])('with the confirmation %j, which cannot be checked, are refused', async cnf => {
    const key = await importKey(crypto.getRandomValues(new Uint8Array(32)), { algorithm: 'HS256' })
    if (key.type === 'public') throw new Error('a secret signs')
    const verifier = createAccessTokenVerifier({
      issuer: ISSUER,
      audience: AUDIENCE,
      keys: [key],
      algorithms: ['HS256'],
      clock: () => START,
    })
    const iat = Math.floor(START / 1000)
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: 's', jti: 'j', client_id: 'c', iat, exp: iat + 60, cnf }
    const token = await createJwsSigner(key, { typ: 'at+jwt' })(JSON.stringify(claims))
    const confirmation = { jkt: JKT, 'x5t#S256': X5T }
    await expect(verifier.verify(token, { confirmation })).rejects.toMatchObject({
      code: 'token_claim_invalid',
    })
  })
})

describe('refreshing with a DPoP key', () => {
  it('of a session that is bound to none binds the access token alone', async () => {
    const { auth } = deploy()
    const started = await auth.sessions.start({ subject: 's' })
    const confirmation = { jkt: JKT, 'x5t#S256': X5T }
    const bound = await auth.sessions.refresh(started.refreshToken, { confirmation })
    expect(bound.tokenType).toBe('DPoP')
    await expect(auth.accessTokens.verify(bound.accessToken)).rejects.toMatchObject({
      code: 'token_binding_mismatch',
    })
    const { confirmation: written } = await auth.accessTokens.verify(bound.accessToken, { confirmation })
    // a certificate is often there without anybody's asking for a bound token
    expect(written).toEqual({ jkt: JKT })
    const unbound = await auth.sessions.refresh(bound.refreshToken)
    expect(unbound.tokenType).toBe('Bearer')
    await auth.accessTokens.verify(unbound.accessToken)
  })

  it('that is no thumbprint is refused before the token is spent', async () => {
    const { auth, clock } = deploy()
    const { refreshToken } = await auth.sessions.start({ subject: 's' })
    const refused = auth.sessions.refresh(refreshToken, { confirmation: { jkt: 'short' } })
    await expect(refused).rejects.toMatchObject({ code: 'argument_invalid' })
    clock.advance(60)
    await expect(auth.sessions.refresh(refreshToken)).resolves.toMatchObject({ tokenType: 'Bearer' })
  })
})
