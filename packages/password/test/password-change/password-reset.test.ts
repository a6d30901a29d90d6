import { describeOnStores } from '@authcore/test-stores'
import { describe, expect, it } from 'vitest'
import type { PasswordResetMessage } from '../../src/index.js'
import {
  completed,
  deployLogin,
  NEW_PASSWORD,
  outcomeOf,
  PASSWORD,
  type TestLogin,
  type TestLoginOptions,
} from '../support/fixture.js'

const RIGHT = { identifier: 'ada', password: PASSWORD }
const NEW = { identifier: 'ada', password: NEW_PASSWORD }
const INVALID = 'password_reset_invalid'

async function deployReset(options: TestLoginOptions = {}): Promise<
  TestLogin & {
    readonly sent: PasswordResetMessage[]
    request(identifier?: string, ip?: string): Promise<string>
  }
> {
  const sent: PasswordResetMessage[] = []
  const deployed = await deployLogin({
    sendPasswordReset: async message => {
      sent.push(message)
    },
    ...options,
  })
  const request = async (identifier = 'ada', ip?: string): Promise<string> => {
    const { delivery } = await deployed.login.requestPasswordReset({ identifier, ip })
    await delivery
    return sent.at(-1)?.token ?? ''
  }
  return { ...deployed, sent, request }
}

describe('a reset', () => {
  // covers ASVS-6.4.1
  it('sets a new password once, ends everything and clears the count', async () => {
    const { login, auth, request, sent, clock, typesOf } = await deployReset()
    const { tokens } = completed(await login.login(RIGHT))
    const outside = await auth.accessTokens.issue({ subject: 'user-ada' })
    for (let attempts = 0; attempts < 9; attempts += 1) {
      await outcomeOf(login.login({ identifier: 'ada', password: 'wrong horse' }))
    }
    const token = await request()
    expect(sent).toEqual([
      {
        account: expect.objectContaining({ subject: 'user-ada', email: 'ada@example.com' }),
        token,
        expiresAt: clock() + 1_800_000,
      },
    ])
    expect(token).toMatch(/^pr_[A-Za-z0-9_-]+$/)
    expect(await login.resetPassword({ token, newPassword: NEW_PASSWORD })).toEqual({ subject: 'user-ada' })

    completed(await login.login(NEW))
    expect(await outcomeOf(login.login(RIGHT))).toBe('login_password_invalid')
    await expect(auth.sessions.refresh(tokens.refreshToken)).rejects.toMatchObject({
      code: 'session_revoked',
    })
    await expect(auth.accessTokens.verify(tokens.accessToken)).rejects.toMatchObject({
      code: 'token_revoked',
    })
    await expect(auth.accessTokens.verify(outside.accessToken)).rejects.toMatchObject({
      code: 'token_revoked',
    })
    expect(await outcomeOf(login.resetPassword({ token, newPassword: 'another long passphrase' }))).toBe(
      INVALID,
    )
    expect(typesOf('password.')).toEqual(['password.reset_requested', 'password.changed'])
  })

  it('keeps the token when the new password is refused', async () => {
    const { login, auth, request } = await deployReset()
    const { tokens } = completed(await login.login(RIGHT))
    const token = await request()
    expect(await outcomeOf(login.resetPassword({ token, newPassword: 'short' }))).toBe('password_too_short')
    expect(await outcomeOf(login.resetPassword({ token, newPassword: 'adaexamplecom2030' }))).toBe(
      'password_too_guessable',
    )
    await auth.accessTokens.verify(tokens.accessToken)
    await login.resetPassword({ token, newPassword: NEW_PASSWORD })
  })

  it('is void after its time, after a change of the password and of the address', async () => {
    const { login, request, clock, accounts } = await deployReset()
    const reset = (token: string) =>
      outcomeOf(login.resetPassword({ token, newPassword: 'another long passphrase' }))
    const expired = await request()
    clock.advance(1800)
    expect(await reset(expired)).toBe(INVALID)

    const [first, second] = [await request(), await request()]
    await login.changePassword({ subject: 'user-ada', currentPassword: PASSWORD, newPassword: NEW_PASSWORD })
    expect(await reset(first)).toBe(INVALID)
    expect(await reset(second)).toBe(INVALID)

    clock.advance(3600)
    const moved = await request()
    const account = accounts.rows.get('user-ada')
    if (account !== undefined) accounts.put({ ...account, email: 'ada@new.example' })
    expect(await reset(moved)).toBe(INVALID)

    const disabled = await request()
    if (account !== undefined) accounts.put({ ...account, isDisabled: true })
    expect(await reset(disabled)).toBe(INVALID)
    accounts.rows.clear()
    expect(await reset(disabled)).toBe(INVALID)
  })

  it('gives a password to an account that has none', async () => {
    const { login, request, accounts } = await deployReset()
    accounts.put({ subject: 'user-key', name: 'passkey-only' })
    const token = await request('passkey-only')
    await login.resetPassword({ token, newPassword: NEW_PASSWORD })
    completed(await login.login({ identifier: 'passkey-only', password: NEW_PASSWORD }))
  })

  it('asks for a shorter password where there is a second factor', async () => {
    const secondFactors = { isEnrolled: async () => true, verify: async () => ({ amr: [] }) }
    const { login, request } = await deployReset({ secondFactors })
    await login.resetPassword({ token: await request(), newPassword: 'vN4#qLzT' })
  })

  it.each([undefined, null, 7, {}, [], '', 'pr_', 'x'.repeat(100_000), `pr_${'A'.repeat(200)}`])(
    'is not possible with %j, and no account is asked about it',
    async token => {
      const { login, accounts, events } = await deployReset()
      expect(
        await outcomeOf(login.resetPassword({ token: token as string, newPassword: NEW_PASSWORD })),
      ).toBe(INVALID)
      expect(accounts.calls).toEqual([])
      expect(events.at(-1)).toMatchObject({ type: 'login.refused', code: INVALID })
    },
  )
})

describe('a request', () => {
  // covers ASVS-6.3.8
  it('is answered alike for unknown names, and nothing is sent to them', async () => {
    const { login, sent, accounts, typesOf } = await deployReset()
    accounts.put({ subject: 'user-off', name: 'off', isDisabled: true })
    for (const identifier of ['nobody', 'off']) {
      const { delivery } = await login.requestPasswordReset({ identifier })
      expect(await delivery).toBeUndefined()
    }
    expect([sent, typesOf('password.')]).toEqual([[], []])
  })

  it('does not wait for the message, and a failure of it is an event', async () => {
    let fail: (error: Error) => void = () => {}
    const { login, events } = await deployReset({
      sendPasswordReset: () => new Promise((_, reject) => (fail = reject)),
    })
    const { delivery } = await login.requestPasswordReset({ identifier: 'ada' })
    fail(new Error('no mail today'))
    expect(await delivery).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ type: 'password.delivery_failed', subject: 'user-ada' })
    const throwing = await deployReset({
      sendPasswordReset: () => {
        throw new Error('at once')
      },
    })
    await throwing.request()
    expect(throwing.typesOf('password.')).toEqual(['password.reset_requested', 'password.delivery_failed'])
  })

  it('floods neither a mailbox nor the service', async () => {
    const { login, sent, request } = await deployReset()
    for (let requests = 0; requests < 10; requests += 1)
      await request(requests % 2 === 0 ? 'ada' : 'ada@example.com')
    expect(sent).toHaveLength(3)
    const codes: unknown[] = []
    for (let requests = 0; requests < 21; requests += 1) {
      codes.push(await outcomeOf(login.requestPasswordReset({ identifier: `n${requests}`, ip: '192.0.2.1' })))
    }
    expect(codes.at(-1)).toBe('rate_limited')
  })

  it('needs a sender and a name', async () => {
    const { login } = await deployLogin()
    expect(await outcomeOf(login.requestPasswordReset({ identifier: 'ada' }))).toBe('config_invalid')
    const { login: other } = await deployReset()
    expect(await outcomeOf(other.requestPasswordReset({ identifier: '\n' }))).toBe('argument_invalid')
  })
})

describeOnStores('a reset token', stores => {
  it('sets one of 50 passwords that come at the same time', async () => {
    const { login, request } = await deployReset({ core: { stores: stores() } })
    const token = await request()
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        outcomeOf(login.resetPassword({ token, newPassword: `${NEW_PASSWORD} ${index}` })),
      ),
    )
    const winners = outcomes.flatMap((outcome, index) => (outcome === INVALID ? [] : [index]))
    expect(winners).toHaveLength(1)
    completed(await login.login({ identifier: 'ada', password: `${NEW_PASSWORD} ${winners[0]}` }))
  })

  it('is used up also where the application stores without a condition', async () => {
    const { login, request, accounts } = await deployReset({ core: { stores: stores() } })
    accounts.savePasswordHash = async ({ subject, passwordHash }) => {
      accounts.put({ subject, name: 'ada', passwordHash })
      return { saved: true }
    }
    const token = await request('ada@example.com')
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        outcomeOf(login.resetPassword({ token, newPassword: `${NEW_PASSWORD} ${index}` })),
      ),
    )
    expect(outcomes.filter(outcome => outcome !== INVALID)).toHaveLength(1)
  })
})
