import { InvalidLoginError } from '@authcore/core'
import { describe, expect, it } from 'vitest'
import type { SecondFactors } from '../../src/index.js'
import { deployLogin, outcomeOf } from '../support/fixture.js'

const FACTORS: SecondFactors & { verifyFirst: NonNullable<SecondFactors['verifyFirst']> } = {
  isEnrolled: async () => true,
  verify: async () => ({ amr: ['otp'] }),
  verifyFirst: async ({ response }) => {
    if (typeof response !== 'string') throw new InvalidLoginError('login_second_factor_invalid')
    return { subject: response, amr: ['hwk', 'user', 'mfa'], acr: 'urn:example:phr' }
  },
}
const CLIENT = { ip: '192.0.2.1' }
const ADA = { method: 'passkey', response: 'user-ada' }

describe('a login with a passkey alone', () => {
  it('starts a session of whoever the passkey names, and forgets the failures of others', async () => {
    const { login, auth, hasher } = await deployLogin({ secondFactors: FACTORS })
    for (let attempt = 0; attempt < 6; attempt += 1)
      await outcomeOf(login.login({ identifier: 'ada', password: 'wrong horse' }))
    hasher.calls.length = 0
    const { subject, tokens, deviceToken } = await login.loginWithPasskey({
      proof: ADA,
      clientId: 'web',
      label: 'Laptop',
      ...CLIENT,
    })
    expect(subject).toBe('user-ada')
    expect(deviceToken).toMatch(/^dv_/)
    expect(hasher.calls).toEqual([])
    expect(await auth.accessTokens.verify(tokens.accessToken)).toMatchObject({
      amr: ['hwk', 'user', 'mfa'],
      acr: 'urn:example:phr',
      clientId: 'web',
    })
  })

  it('goes on while the password changes, and not when the account is closed', async () => {
    const { login, accounts, auth } = await deployLogin({ secondFactors: FACTORS })
    const change = async (changes: object) => {
      const row = accounts.rows.get('user-ada')
      if (row !== undefined) accounts.put({ ...row, ...changes })
    }
    let calls = 0
    const find = accounts.findBySubject.bind(accounts)
    let changes: object = { passwordHash: 'plain:another one' }
    accounts.findBySubject = async subject => {
      calls += 1
      if (calls % 2 === 0) await change(changes)
      return find(subject)
    }
    expect(await login.loginWithPasskey({ proof: ADA })).toMatchObject({ outcome: 'completed' })
    changes = { isDisabled: true }
    expect(await outcomeOf(login.loginWithPasskey({ proof: ADA }))).toBe('login_account_disabled')
    expect(await auth.sessions.list('user-ada')).toHaveLength(1)
  })

  it.each<[string, unknown, string]>([
    ['no proof', undefined, 'login_second_factor_invalid'],
    ['text for a proof', 'x', 'login_second_factor_invalid'],
    ['a wrong proof', { response: 7 }, 'login_second_factor_invalid'],
    ['an account that is gone', { response: 'user-gone' }, 'login_account_unknown'],
    ['a disabled account', { response: 'user-off' }, 'login_account_disabled'],
  ])('is refused with %s', async (_, proof, code) => {
    const { login, accounts, events } = await deployLogin({ secondFactors: FACTORS })
    accounts.put({ subject: 'user-off', name: 'off', isDisabled: true })
    expect(await outcomeOf(login.loginWithPasskey({ proof: proof as never, ...CLIENT }))).toBe(code)
    expect(events).toMatchObject([{ type: 'login.refused', code, ip: '192.0.2.1' }])
  })

  it('is limited by address alone', async () => {
    const { login } = await deployLogin({ secondFactors: FACTORS })
    for (let attempt = 0; attempt < 60; attempt += 1)
      await outcomeOf(login.loginWithPasskey({ proof: {}, ...CLIENT }))
    expect(await outcomeOf(login.loginWithPasskey({ proof: ADA, ...CLIENT }))).toBe('rate_limited')
    expect(await login.loginWithPasskey({ proof: ADA, ip: '192.0.2.2' })).toMatchObject({
      subject: 'user-ada',
    })
  })

  it('needs factors that can do it', async () => {
    const { verifyFirst: _, ...few } = FACTORS
    for (const secondFactors of [undefined, few]) {
      const { login } = await deployLogin(secondFactors && { secondFactors })
      expect(await outcomeOf(login.loginWithPasskey({ proof: ADA }))).toBe('config_invalid')
    }
  })
})
