import { describe, expect, it } from 'vitest'
import { AUDIENCE, deploy } from '../fixtures.js'

const MAIL = 'https://mail.example.com'

describe('a token for one service', () => {
  // covers RFC9700-2.3
  it('counts there alone', async () => {
    const { auth } = deploy({ audience: [AUDIENCE, MAIL] })
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', audience: MAIL })
    expect(await auth.accessTokens.verify(accessToken, { audience: MAIL })).toMatchObject({
      audience: [MAIL],
    })
    await expect(auth.accessTokens.verify(accessToken, { audience: AUDIENCE })).rejects.toMatchObject({
      code: 'token_audience_mismatch',
    })
  })

  it('is told and ended by its issuer, also when that is not whom it is for', async () => {
    const { auth } = deploy()
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', audience: [MAIL] })
    await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject({
      code: 'token_audience_mismatch',
    })
    expect(await auth.accessTokens.introspect(accessToken)).toMatchObject({ audience: [MAIL] })
    expect(await auth.revocation.revokeToken(accessToken)).toEqual({ found: true })
    expect(await auth.accessTokens.introspect(accessToken)).toBeUndefined()
    await expect(auth.accessTokens.verify(accessToken, { audience: MAIL })).rejects.toMatchObject({
      code: 'token_revoked',
    })
  })

  it('can come of a refresh, and the next one is for everybody again', async () => {
    const { auth } = deploy()
    const first = await auth.sessions.start({ subject: 'user-1' })
    const second = await auth.sessions.refresh(first.refreshToken, { audience: MAIL })
    const third = await auth.sessions.refresh(second.refreshToken)
    expect(await auth.accessTokens.introspect(second.accessToken)).toMatchObject({ audience: [MAIL] })
    expect(await auth.accessTokens.verify(third.accessToken)).toMatchObject({ audience: [AUDIENCE] })
  })

  it('is for 1 to 16 names of text, and what is wrong spends no refresh token', async () => {
    const { auth } = deploy()
    const { refreshToken } = await auth.sessions.start({ subject: 'user-1' })
    for (const audience of ['', [], [''], 7, ['x'.repeat(2049)], Array(17).fill('x'), [{}], 'a\nb', null]) {
      const wrong = { audience } as never
      await expect(auth.accessTokens.issue({ subject: 'user-1', ...Object(wrong) })).rejects.toMatchObject({
        code: 'argument_invalid',
      })
      await expect(auth.sessions.refresh(refreshToken, wrong)).rejects.toMatchObject({
        code: 'argument_invalid',
      })
    }
    await expect(auth.accessTokens.issue({ subject: 'user-1', audience: [] })).rejects.toThrow(
      'audience must be a name or 1 to 16 of them.',
    )
    await expect(auth.accessTokens.issue({ subject: 'user-1', audience: '' })).rejects.toThrow(/^audience /)
    const named = await auth.accessTokens.issue({
      subject: 'user-1',
      audience: Array(16).fill('x'.repeat(9)),
    })
    expect(named.accessToken).toBeTypeOf('string')
    await expect(auth.sessions.refresh(refreshToken)).resolves.toBeDefined()
  })

  it('tells of a refresh or a login which key the access token is bound to', async () => {
    const { auth } = deploy()
    const confirmation = { jkt: 'A'.repeat(43) }
    const plain = await auth.sessions.start({ subject: 'user-1' })
    expect(plain.confirmation).toBeUndefined()
    const proved = await auth.sessions.refresh(plain.refreshToken, { confirmation })
    expect(proved.confirmation).toEqual(confirmation)
    const bound = await auth.sessions.start({ subject: 'user-1', confirmation })
    expect(bound.confirmation).toEqual(confirmation)
  })
})
