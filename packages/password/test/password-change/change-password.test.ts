import { StoreError } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { describe, expect, it } from 'vitest'
import {
  completed,
  deployLogin,
  NEW_PASSWORD,
  outcomeOf,
  PASSWORD,
  type TestLogin,
} from '../support/fixture.js'

const RIGHT = { identifier: 'ada', password: PASSWORD }
const CHANGE = { subject: 'user-ada', currentPassword: PASSWORD, newPassword: NEW_PASSWORD }

async function sessionsOf({ login, auth }: TestLogin) {
  const [first, second] = [completed(await login.login(RIGHT)), completed(await login.login(RIGHT))]
  const isAlive = async ({ tokens }: typeof first): Promise<boolean> =>
    auth.accessTokens.verify(tokens.accessToken).then(
      () => true,
      () => false,
    )
  return { first, second, isAlive }
}

describe('a change of the password', () => {
  it('ends all sessions but the one that is kept', async () => {
    const deployed = await deployLogin()
    const { first, second, isAlive } = await sessionsOf(deployed)
    await deployed.login.changePassword({ ...CHANGE, keepSessionId: first.tokens.session.id })
    expect([await isAlive(first), await isAlive(second)]).toEqual([true, false])
    completed(await deployed.login.login({ identifier: 'ada', password: NEW_PASSWORD }))
    expect(deployed.events).toContainEqual(
      expect.objectContaining({ type: 'password.changed', subject: 'user-ada', reason: 'changed' }),
    )
  })

  // covers ASVS-6.2.2, ASVS-7.4.3
  it('ends all of them unless told, also those that start meanwhile', async () => {
    const deployed = await deployLogin()
    const { login, accounts, auth } = deployed
    const { first, second, isAlive } = await sessionsOf(deployed)
    const save = accounts.savePasswordHash.bind(accounts)
    let meanwhile = ''
    accounts.savePasswordHash = async command => {
      meanwhile = completed(await login.login(RIGHT)).tokens.accessToken
      return save(command)
    }
    await login.changePassword(CHANGE)
    expect([await isAlive(first), await isAlive(second)]).toEqual([false, false])
    await expect(auth.accessTokens.verify(meanwhile)).rejects.toMatchObject({ code: 'token_revoked' })
  })

  // covers ASVS-6.2.3
  it('needs the current password, counted with all other guesses', async () => {
    const { login, hasher, accounts } = await deployLogin()
    const before = accounts.hashOf('user-ada')
    const guess = () => outcomeOf(login.changePassword({ ...CHANGE, currentPassword: 'wrong horse' }))
    const codes = await Promise.all(Array.from({ length: 200 }, guess))
    expect(codes.filter(code => code === 'login_password_invalid')).toHaveLength(5)
    expect(codes.filter(code => code === 'login_throttled')).toHaveLength(195)
    expect(hasher.calls.filter(call => call === 'verify')).toHaveLength(5)
    expect(await outcomeOf(login.login(RIGHT))).toBe('login_throttled')
    expect(accounts.hashOf('user-ada')).toBe(before)
  })

  it('needs a new password that the policy accepts, and changes nothing before', async () => {
    const deployed = await deployLogin()
    const { first, isAlive } = await sessionsOf(deployed)
    const change = (newPassword: string) =>
      outcomeOf(deployed.login.changePassword({ ...CHANGE, newPassword }))
    expect(await change('short')).toBe('password_too_short')
    expect(await change('passwordpassword')).toBe('password_too_common')
    expect(await change('ada@example.com')).toBe('password_too_guessable')
    expect(await isAlive(first)).toBe(true)
    completed(await deployed.login.login(RIGHT))
  })

  it('takes the words of the account into account', async () => {
    const { login, accounts } = await deployLogin()
    accounts.put({
      subject: 'user-ada',
      name: 'ada',
      passwordHash: `plain:${PASSWORD}`,
      contextWords: ['Countess of Lovelace'],
    })
    const newPassword = 'countessoflovelace'
    expect(await outcomeOf(login.changePassword({ ...CHANGE, newPassword }))).toBe('password_too_guessable')
  })

  it('loses to another one that is stored first', async () => {
    const { login, accounts } = await deployLogin()
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        outcomeOf(login.changePassword({ ...CHANGE, newPassword: `${NEW_PASSWORD} ${index}` })),
      ),
    )
    expect(outcomes.filter(outcome => outcome === undefined)).toHaveLength(1)
    expect(outcomes.filter(outcome => outcome === 'login_password_invalid')).toHaveLength(4)
    expect(accounts.hashOf('user-ada')).toContain(NEW_PASSWORD)
  })

  it('does not happen when the sessions cannot be ended', async () => {
    const stores = memoryStores()
    const away = {
      ...stores,
      revocations: {
        ...stores.revocations,
        revoke: () => Promise.reject(new Error('away')),
        find: stores.revocations.find.bind(stores.revocations),
        sweep: stores.revocations.sweep.bind(stores.revocations),
      },
    }
    const { login, accounts } = await deployLogin({ core: { stores: away } })
    await expect(login.changePassword(CHANGE)).rejects.toBeInstanceOf(StoreError)
    expect(accounts.hashOf('user-ada')).toBe(`plain:${PASSWORD}`)
  })

  it.each([
    ['login_account_unknown', { ...CHANGE, subject: 'nobody' }],
    ['password_malformed', { ...CHANGE, currentPassword: '' }],
    ['password_malformed', { ...CHANGE, newPassword: 7 as never }],
  ])('is refused with %s', async (code, change) => {
    const { login } = await deployLogin()
    expect(await outcomeOf(login.changePassword(change))).toBe(code)
  })
})
