import { InvalidLoginError, type Stores } from '@authcore/core'
import { describeOnStores } from '@authcore/test-stores'
import { describe, expect, it } from 'vitest'
import type { SecondFactors } from '../../src/index.js'
import {
  completed,
  deployLogin,
  NEW_PASSWORD,
  outcomeOf,
  PASSWORD,
  pending,
  type TestLogin,
} from '../support/fixture.js'

const RIGHT = { identifier: 'ada', password: PASSWORD }
const PROOF = { code: '123456' }

/** One code for everybody; what it was asked is kept. */
function fixedCode(): SecondFactors & { readonly asked: { subject: string; loginId: string }[] } {
  const asked: { subject: string; loginId: string }[] = []
  return {
    asked,
    isEnrolled: async subject => subject === 'user-ada',
    listMethods: async () => ['totp'],
    verify: async (subject, { code }, { loginId }) => {
      asked.push({ subject, loginId })
      if (code !== PROOF.code) throw new InvalidLoginError('login_second_factor_invalid')
      return { amr: ['otp'], acr: 'urn:example:2' }
    },
  }
}

async function deployWithFactor(
  stores?: Stores,
): Promise<TestLogin & { factors: ReturnType<typeof fixedCode> }> {
  const factors = fixedCode()
  const core = stores === undefined ? {} : { core: { stores } }
  return { ...(await deployLogin({ secondFactors: factors, ...core })), factors }
}

describe('a pending login', () => {
  it('opens nothing', async () => {
    const { login, auth, clock, typesOf } = await deployWithFactor()
    const result = pending(await login.login(RIGHT))
    expect(result).toEqual({
      outcome: 'second_factor_required',
      pendingToken: expect.stringMatching(/^pl_[A-Za-z0-9_-]+$/),
      expiresAt: clock() + 300_000,
      methods: ['totp'],
    })
    const { pendingToken } = result
    await expect(auth.accessTokens.verify(pendingToken)).rejects.toMatchObject({ code: 'token_malformed' })
    await expect(auth.sessions.refresh(pendingToken)).rejects.toMatchObject({
      code: 'refresh_token_malformed',
    })
    await expect(auth.apiKeys.verify(pendingToken)).rejects.toMatchObject({ code: 'api_key_malformed' })
    expect(await auth.revocation.revokeToken(pendingToken)).toEqual({ found: false })
    expect(await outcomeOf(login.resetPassword({ token: pendingToken, newPassword: NEW_PASSWORD }))).toBe(
      'password_reset_invalid',
    )
    expect(await outcomeOf(login.verifyEmail(pendingToken))).toBe('email_verification_invalid')
    expect(await auth.sessions.list('user-ada')).toEqual([])
    expect(typesOf('session.')).toEqual([])
    expect(typesOf('login.').at(0)).toBe('login.second_factor_required')
  })

  it('becomes a session with the second factor', async () => {
    const { login, auth, clock, factors } = await deployWithFactor()
    const { pendingToken } = pending(await login.login({ ...RIGHT, label: 'Phone', clientId: 'app' }))
    const { loginId, subject, expiresAt } = await login.readPendingLogin(pendingToken)
    expect([subject, expiresAt]).toEqual(['user-ada', clock() + 300_000])
    clock.advance(60)
    const result = completed(await login.completeLogin({ pendingToken, proof: PROOF }))
    expect(factors.asked).toEqual([{ subject: 'user-ada', loginId }])
    expect(await auth.accessTokens.verify(result.tokens.accessToken)).toMatchObject({
      amr: ['pwd', 'otp', 'mfa'],
      acr: 'urn:example:2',
      clientId: 'app',
      authenticatedAt: Math.floor(clock() / 1000) * 1000,
    })
    expect(result.tokens.session.label).toBe('Phone')
    expect(await outcomeOf(login.completeLogin({ pendingToken, proof: PROOF }))).toBe('login_pending_invalid')
  })

  it('of another login has another id', async () => {
    const { login } = await deployWithFactor()
    const ids = new Set<string>()
    for (let logins = 0; logins < 3; logins += 1) {
      ids.add((await login.readPendingLogin(pending(await login.login(RIGHT)).pendingToken)).loginId)
    }
    expect(ids.size).toBe(3)
  })

  it('ends after its time, with a change of the password, and with the account', async () => {
    const { login, clock, accounts } = await deployWithFactor()
    const complete = (pendingToken: string) => outcomeOf(login.completeLogin({ pendingToken, proof: PROOF }))
    const first = pending(await login.login(RIGHT)).pendingToken
    clock.advance(300)
    expect(await complete(first)).toBe('login_pending_invalid')
    expect(await outcomeOf(login.readPendingLogin(first))).toBe('login_pending_invalid')

    const second = pending(await login.login(RIGHT)).pendingToken
    await login.changePassword({ subject: 'user-ada', currentPassword: PASSWORD, newPassword: NEW_PASSWORD })
    expect(await complete(second)).toBe('login_pending_invalid')

    const again = { identifier: 'ada', password: NEW_PASSWORD }
    const third = pending(await login.login(again)).pendingToken
    const account = accounts.rows.get('user-ada')
    if (account !== undefined) accounts.put({ ...account, isDisabled: true })
    expect(await complete(third)).toBe('login_pending_invalid')
    accounts.rows.clear()
    expect(await complete(third)).toBe('login_pending_invalid')
  })

  it('loses to a change of the password that comes at the same time', async () => {
    const { login, accounts, auth } = await deployWithFactor()
    const { pendingToken } = pending(await login.login(RIGHT))
    const find = accounts.findBySubject.bind(accounts)
    let calls = 0
    accounts.findBySubject = async subject => {
      calls += 1
      if (calls === 2)
        accounts.put({ subject: 'user-ada', name: 'ada', passwordHash: `plain:${NEW_PASSWORD}` })
      return find(subject)
    }
    expect(await outcomeOf(login.completeLogin({ pendingToken, proof: PROOF }))).toBe('login_pending_invalid')
    expect(await auth.sessions.list('user-ada')).toEqual([])
  })

  it.each([undefined, null, 7, {}, [], '', 'pl_', 'x'.repeat(100_000), `pl_${'A'.repeat(200)}`])(
    'is not %j, and no account is asked about it',
    async pendingToken => {
      const { login, accounts } = await deployWithFactor()
      const call = login.completeLogin({ pendingToken: pendingToken as string, proof: PROOF })
      expect(await outcomeOf(call)).toBe('login_pending_invalid')
      expect(accounts.calls).toEqual([])
    },
  )

  it('is not what another deployment issued, and not one that was changed', async () => {
    const [one, other] = [
      await deployWithFactor(),
      await deployLogin({
        core: { secrets: ['Wq8ZnV3xTb6YkR1mPc5LjH9sGd2FaE7uNtKv4MwXo0i'] },
        secondFactors: fixedCode(),
      }),
    ]
    const { pendingToken } = pending(await other.login.login(RIGHT))
    expect(await outcomeOf(one.login.completeLogin({ pendingToken, proof: PROOF }))).toBe(
      'login_pending_invalid',
    )
    const own = pending(await one.login.login(RIGHT)).pendingToken
    const changed = own.slice(0, -1) + (own.endsWith('A') ? 'B' : 'A')
    expect(await outcomeOf(one.login.completeLogin({ pendingToken: changed, proof: PROOF }))).toBe(
      'login_pending_invalid',
    )
  })

  it('cannot be finished where there are no second factors', async () => {
    const { login } = await deployWithFactor()
    const { pendingToken } = pending(await login.login(RIGHT))
    const without = await deployLogin()
    expect(await outcomeOf(without.login.completeLogin({ pendingToken, proof: PROOF }))).toBe(
      'login_pending_invalid',
    )
  })

  it('is none for accounts without a second factor', async () => {
    const { login, accounts } = await deployWithFactor()
    accounts.put({ subject: 'user-grace', name: 'grace', passwordHash: `plain:${PASSWORD}` })
    completed(await login.login({ identifier: 'grace', password: PASSWORD }))
  })
})

describe('guesses at the second factor', () => {
  it('are counted with those at the password, and the right password clears nothing', async () => {
    const { login, factors, events } = await deployWithFactor()
    const { pendingToken } = pending(await login.login(RIGHT))
    const guess = () => outcomeOf(login.completeLogin({ pendingToken, proof: { code: '000000' } }))
    for (let attempts = 0; attempts < 4; attempts += 1)
      expect(await guess()).toBe('login_second_factor_invalid')
    expect(await guess()).toBe('login_throttled')
    expect(await outcomeOf(login.login(RIGHT))).toBe('login_throttled')
    expect(factors.asked).toHaveLength(4)
    expect(events.filter(({ type }) => type === 'login.refused')).toHaveLength(6)
  })

  it('that are wrong leave the pending login as it is', async () => {
    const { login } = await deployWithFactor()
    const { pendingToken } = pending(await login.login(RIGHT))
    expect(await outcomeOf(login.completeLogin({ pendingToken, proof: { code: '0' } }))).toBe(
      'login_second_factor_invalid',
    )
    completed(await login.completeLogin({ pendingToken, proof: PROOF }))
    // the count is cleared by the complete login
    for (let attempts = 0; attempts < 5; attempts += 1) {
      expect(await outcomeOf(login.login({ identifier: 'ada', password: 'wrong horse' }))).toBe(
        'login_password_invalid',
      )
    }
  })

  it.each([undefined, null, 'text', 7, []])('are objects and not %j', async proof => {
    const { login, factors } = await deployWithFactor()
    const { pendingToken } = pending(await login.login(RIGHT))
    const call = login.completeLogin({ pendingToken, proof: proof as never })
    expect(await outcomeOf(call)).toBe('login_second_factor_invalid')
    expect(factors.asked).toEqual([])
  })

  it('that fail for another reason are no wrong guess', async () => {
    const factors = { ...fixedCode(), verify: () => Promise.reject(new TypeError('bug')) }
    const { login } = await deployLogin({ secondFactors: factors })
    const { pendingToken } = pending(await login.login(RIGHT))
    await expect(login.completeLogin({ pendingToken, proof: PROOF })).rejects.toThrow('bug')
  })
})

describeOnStores('second factors', stores => {
  it('finish one login once, of 50 at the same time', async () => {
    const throttle = {
      take: async () => ({ outcome: 'allowed', isKnownDevice: false }) as const,
      reset: async () => {},
      rememberDevice: async () => 'dv_',
    }
    const factors = fixedCode()
    const { login: unlimited, auth: own } = await deployLogin({
      secondFactors: factors,
      throttle,
      core: { stores: stores() },
    })
    const before = (await own.sessions.list('user-ada')).length
    const { pendingToken } = pending(await unlimited.login(RIGHT))
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => outcomeOf(unlimited.completeLogin({ pendingToken, proof: PROOF }))),
    )
    expect(outcomes.filter(outcome => outcome === 'login_pending_invalid')).toHaveLength(49)
    expect(await own.sessions.list('user-ada')).toHaveLength(before + 1)
  })

  it('share their limit with the password, exactly, of 200 guesses at both', async () => {
    const { login, factors, hasher, accounts, clock } = await deployWithFactor(stores())
    clock.advance(7 * 86_400)
    accounts.put({ subject: 'user-ada', name: 'ada', passwordHash: `plain:${PASSWORD}` })
    const { pendingToken } = pending(await login.login(RIGHT))
    hasher.calls.length = 0
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        outcomeOf<unknown>(
          index % 2 === 0
            ? login.login({ identifier: 'ada', password: 'wrong horse' })
            : login.completeLogin({ pendingToken, proof: { code: '0' } }),
        ),
      ),
    )
    const verified = hasher.calls.filter(call => call === 'verify').length + factors.asked.length
    // one of the five was the right password
    expect(verified).toBe(4)
  })
})
