import { describeOnStores } from '@authcore/test-stores'
import { describe, expect, it } from 'vitest'
import { deployLogin, outcomeOf } from '../support/fixture.js'

const ADDRESS = { subject: 'user-ada', email: 'ada@example.com' }
const INVALID = 'email_verification_invalid'

describe('the proof of an e-mail address', () => {
  it('is given once, within its time', async () => {
    const { login, clock, typesOf } = await deployLogin({ actionTokenSeconds: 3600 })
    const { token, expiresAt } = await login.issueEmailVerification(ADDRESS)
    expect(token).toMatch(/^ev_[A-Za-z0-9_-]+$/)
    expect(expiresAt).toBe(clock() + 3_600_000)
    clock.advance(3599)
    expect(await login.verifyEmail(token)).toEqual(ADDRESS)
    expect(await outcomeOf(login.verifyEmail(token))).toBe(INVALID)
    const late = await login.issueEmailVerification(ADDRESS)
    clock.advance(3600)
    expect(await outcomeOf(login.verifyEmail(late.token))).toBe(INVALID)
    expect(typesOf('email.')).toEqual(['email.verified'])
  })

  it('is void when the account has another address, or is gone', async () => {
    const { login, accounts } = await deployLogin()
    const { token } = await login.issueEmailVerification(ADDRESS)
    accounts.put({ subject: 'user-ada', name: 'ada', email: 'ada@new.example' })
    expect(await outcomeOf(login.verifyEmail(token))).toBe(INVALID)
    accounts.put({ subject: 'user-ada', name: 'ada', email: null })
    expect(await outcomeOf(login.verifyEmail(token))).toBe(INVALID)
    accounts.rows.clear()
    expect(await outcomeOf(login.verifyEmail(token))).toBe(INVALID)
    accounts.put({ subject: 'user-ada', name: 'ada' })
    expect(await login.verifyEmail(token)).toEqual(ADDRESS)
  })

  it('is not taken for a reset, nor a reset for it', async () => {
    let reset = ''
    const { login } = await deployLogin({
      sendPasswordReset: async ({ token }) => {
        reset = token
      },
    })
    await (await login.requestPasswordReset({ identifier: 'ada' })).delivery
    const { token } = await login.issueEmailVerification(ADDRESS)
    const newPassword = 'another long passphrase'
    for (const other of [token, token.replace('ev_', 'pr_')]) {
      expect(await outcomeOf(login.resetPassword({ token: other, newPassword }))).toBe(
        'password_reset_invalid',
      )
    }
    for (const other of [reset, reset.replace('pr_', 'ev_')]) {
      expect(await outcomeOf(login.verifyEmail(other))).toBe(INVALID)
    }
  })

  it.each([undefined, null, 7, {}, [], '', 'ev_', 'x'.repeat(100_000), `ev_${'A'.repeat(200)}`])(
    'is not %j, and no account is asked about it',
    async token => {
      const { login, accounts } = await deployLogin()
      expect(await outcomeOf(login.verifyEmail(token as string))).toBe(INVALID)
      expect(accounts.calls).toEqual([])
    },
  )

  it.each([
    { email: '' },
    { email: 'x'.repeat(321) },
    { email: 7 },
    { email: '\ud800' },
    { subject: '' },
    { subject: {} },
  ])('is not issued for %j', async change => {
    const { login } = await deployLogin()
    expect(await outcomeOf(login.issueEmailVerification({ ...ADDRESS, ...change } as typeof ADDRESS))).toBe(
      'argument_invalid',
    )
  })
})

describeOnStores('the proof of an e-mail address', stores => {
  it('is given to one of 50 at the same time', async () => {
    const { login } = await deployLogin({ core: { stores: stores() } })
    const { token } = await login.issueEmailVerification(ADDRESS)
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => outcomeOf(login.verifyEmail(token))))
    expect(outcomes.filter(outcome => outcome === INVALID)).toHaveLength(49)
  })
})
