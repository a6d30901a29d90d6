import { inspect } from 'node:util'
import { RateLimitError } from '@authcore/core'
import { describeOnStores } from '@authcore/test-stores'
import { hashSync as bcryptHashSync } from '@node-rs/bcrypt'
import { describe, expect, it } from 'vitest'
import {
  createLogin,
  createLoginThrottle,
  createPasswordHasher,
  type PasswordAccounts,
} from '../../src/index.js'
import {
  completed,
  deployLogin,
  MemoryAccounts,
  NEW_PASSWORD,
  outcomeOf,
  PASSWORD,
  plainHasher,
  realHasher,
} from '../support/fixture.js'

const RIGHT = { identifier: 'ada', password: PASSWORD }
const WRONG = { identifier: 'ada', password: 'wrong horse battery staple' }

describe('a login', () => {
  it('starts a session that says how and when the person logged in', async () => {
    const { login, auth, clock, accounts } = await deployLogin({ hasher: realHasher })
    accounts.put({
      ...(await accounts.findBySubject('user-ada')),
      subject: 'user-ada',
      name: 'ada',
      scope: ['read'],
      roles: ['admin'],
    })
    const result = completed(await login.login({ ...RIGHT, label: 'Laptop', clientId: 'web' }))
    expect(result).toMatchObject({ outcome: 'completed', subject: 'user-ada' })
    expect(await auth.accessTokens.verify(result.tokens.accessToken)).toMatchObject({
      subject: 'user-ada',
      scope: ['read'],
      roles: ['admin'],
      clientId: 'web',
      amr: ['pwd'],
      authenticatedAt: Math.floor(clock() / 1000) * 1000,
    })
    expect(result.tokens.session).toMatchObject({ label: 'Laptop', authenticatedAt: clock() })
    expect(result.tokens.session.acr).toBeUndefined()
    expect(Object.isFrozen(result)).toBe(true)
  })

  it('takes any spelling that the application finds', async () => {
    const { login } = await deployLogin()
    for (const identifier of ['ADA', ' ada ', 'ａｄａ', 'ada@example.com']) {
      expect(completed(await login.login({ identifier, password: PASSWORD })).subject).toBe('user-ada')
    }
  })

  it('goes on when the count cannot be cleared', async () => {
    const { login, auth } = await deployLogin()
    const throttle = createLoginThrottle(auth)
    const failing = { ...throttle, reset: () => Promise.reject(new Error('away')) }
    const { login: second } = await deployLogin({ throttle: failing })
    expect(completed(await second.login(RIGHT)).outcome).toBe('completed')
    expect(completed(await login.login(RIGHT)).outcome).toBe('completed')
  })
})

describe('a login that is refused', () => {
  const OBSTACLES = [
    ['login_account_unknown', { identifier: 'nobody', password: PASSWORD }],
    ['login_password_invalid', WRONG],
    ['login_account_disabled', { identifier: 'off', password: PASSWORD }],
    ['login_password_invalid', { identifier: 'passkey-only', password: PASSWORD }],
    ['login_password_invalid', { identifier: 'broken', password: PASSWORD }],
  ] as const

  async function deployObstacles() {
    const deployed = await deployLogin({ hasher: realHasher })
    const passwordHash = deployed.accounts.hashOf('user-ada')
    deployed.accounts.put({ subject: 'user-off', name: 'off', passwordHash, isDisabled: true })
    deployed.accounts.put({ subject: 'user-key', name: 'passkey-only', passwordHash: null })
    deployed.accounts.put({
      subject: 'user-broken',
      name: 'broken',
      passwordHash: '$argon2id$v=19$m=4294967295,t=1,p=1$AAAA$AAAA',
    })
    return deployed
  }

  // covers ASVS-6.3.8
  it.each(OBSTACLES)('says %s inside and the same outside: %o', async (code, attempt) => {
    const { login, events } = await deployObstacles()
    const error: unknown = await login.login({ ...attempt, ip: '192.0.2.1' }).catch(reason => reason)
    expect(error).toMatchObject({ name: 'InvalidLoginError', code, message: 'The login failed.' })
    expect(events.at(-1)).toMatchObject({ type: 'login.refused', code, ip: '192.0.2.1' })
  })

  // covers ASVS-6.3.8
  it('costs one comparison with the parameters of today, whatever the obstacle', async () => {
    const { login, hasher } = await deployObstacles()
    for (const [, attempt] of OBSTACLES.slice(0, 4)) {
      hasher.calls.length = 0
      await outcomeOf(login.login(attempt))
      expect(hasher.calls).toHaveLength(1)
    }
    for (let attempts = 0; attempts < 10; attempts += 1) await outcomeOf(login.login(WRONG))
    hasher.calls.length = 0
    expect(await outcomeOf(login.login(RIGHT))).toBe('login_throttled')
    expect(hasher.calls).toEqual(['simulate'])
  })

  it('tells operators of a hash that nobody can log in with', async () => {
    const { login, events, hasher } = await deployObstacles()
    await outcomeOf(login.login({ identifier: 'broken', password: PASSWORD }))
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'password.hash_unusable', subject: 'user-broken' }),
    )
    expect(hasher.calls).toEqual(['verify', 'simulate'])
  })

  it('makes as many calls to the accounts and to the stores for an unknown name as for a known one', async () => {
    const counts = await Promise.all(
      ['ada', 'nobody'].map(async identifier => {
        const { login, accounts } = await deployLogin()
        await outcomeOf(login.login({ identifier, password: 'wrong horse battery staple' }))
        return accounts.calls
      }),
    )
    expect(counts[0]).toEqual(counts[1])
  })

  it('is not even looked at when it makes no sense', async () => {
    const { login, accounts, hasher } = await deployLogin()
    const cases: [string, object][] = [
      ['argument_invalid', { identifier: '', password: PASSWORD }],
      ['argument_invalid', { identifier: 'x'.repeat(321), password: PASSWORD }],
      ['argument_invalid', { identifier: { $ne: '' }, password: PASSWORD }],
      ['argument_invalid', { ...RIGHT, label: 'x'.repeat(201) }],
      ['argument_invalid', { ...RIGHT, clientId: 7 }],
      ['password_malformed', { identifier: 'ada', password: '' }],
      ['password_malformed', { identifier: 'ada', password: { $ne: '' } }],
      ['password_malformed', { identifier: 'ada', password: '\ud800' }],
      ['password_too_long', { identifier: 'ada', password: 'x'.repeat(1_000_000) }],
    ]
    for (const [code, attempt] of cases)
      expect(await outcomeOf(login.login(attempt as typeof RIGHT))).toBe(code)
    expect([accounts.calls, hasher.calls]).toEqual([[], []])
  })

  it('is no answer when the accounts or the stores are away', async () => {
    const away: PasswordAccounts = {
      find: () => Promise.reject(new Error('SELECT ... password_hash')),
      findBySubject: async () => undefined,
      savePasswordHash: async () => ({ saved: false }),
    }
    const { login } = await deployLogin({ accounts: away })
    await expect(login.login(RIGHT)).rejects.toMatchObject({ name: 'StoreError', code: 'store_unavailable' })
    const strange = { ...away, find: async () => ({ id: 7 }) as never }
    const { login: other } = await deployLogin({ accounts: strange })
    await expect(other.login(RIGHT)).rejects.toMatchObject({ code: 'store_record_invalid' })
  })

  it('is turned away when too much is being hashed, whoever asks', async () => {
    const full = {
      ...plainHasher,
      simulate: () => Promise.reject(new RateLimitError('hashing_overloaded', 1)),
    }
    const { login } = await deployLogin({ hasher: full })
    expect(await outcomeOf(login.login({ identifier: 'nobody', password: PASSWORD }))).toBe(
      'hashing_overloaded',
    )
  })

  it('leaves nothing that a thief can use in events, errors and inspected objects', async () => {
    const { login, events, accounts } = await deployObstacles()
    const errors: unknown[] = []
    for (const [, attempt] of OBSTACLES) errors.push(await login.login(attempt).catch(error => error))
    // people type the password where the name belongs
    errors.push(await login.login({ identifier: PASSWORD, password: NEW_PASSWORD }).catch(error => error))
    const result = completed(await login.login(RIGHT))
    const seen = inspect([events, errors, login], { depth: 20, showHidden: true })
    for (const secret of [
      PASSWORD,
      NEW_PASSWORD,
      accounts.hashOf('user-ada'),
      result.tokens.refreshToken,
      result.deviceToken,
    ]) {
      expect(seen).not.toContain(secret)
    }
  })

  it('is not accepted for what stands in Object.prototype', async () => {
    const { login, accounts } = await deployLogin()
    const prototype: Record<string, unknown> = Object.prototype as never
    accounts.put({ subject: 'user-key', name: 'passkey-only' })
    prototype['passwordHash'] = `plain:${PASSWORD}`
    try {
      expect(await outcomeOf(login.login({ identifier: 'passkey-only', password: PASSWORD }))).toBe(
        'login_password_invalid',
      )
    } finally {
      delete prototype['passwordHash']
    }
  })
})

describe('a stored hash', () => {
  it('of an older system is replaced at the next login, and only then', async () => {
    const { login, accounts, typesOf, events } = await deployLogin({ hasher: realHasher })
    const old = bcryptHashSync(PASSWORD, { cost: 4 })
    accounts.put({ subject: 'user-ada', name: 'ada', passwordHash: old })
    await outcomeOf(login.login(WRONG))
    expect(accounts.hashOf('user-ada')).toBe(old)
    completed(await login.login(RIGHT))
    expect(accounts.hashOf('user-ada')).toMatch(/^\$argon2id\$v=19\$m=7168,t=5,p=1\$/)
    completed(await login.login(RIGHT))
    expect(typesOf('password.')).toEqual(['password.rehashed'])
    expect(events).toContainEqual(expect.objectContaining({ type: 'password.rehashed', subject: 'user-ada' }))
  })

  it('that cannot be replaced does not stop the login', async () => {
    const weak = { ...plainHasher, verify: async () => ({ matches: true, needsRehash: true }) }
    const { login, accounts, typesOf } = await deployLogin({ hasher: weak })
    accounts.savePasswordHash = () => Promise.reject(new Error('read only'))
    completed(await login.login(RIGHT))
    expect(typesOf('password.')).toEqual(['password.rehash_failed'])
  })

  it('that was changed meanwhile is not replaced by a stronger one of the old password', async () => {
    const { login, accounts, auth, typesOf } = await deployLogin({ hasher: realHasher })
    accounts.put({ subject: 'user-ada', name: 'ada', passwordHash: bcryptHashSync(PASSWORD, { cost: 4 }) })
    const changed = await realHasher.hash(NEW_PASSWORD)
    const save = accounts.savePasswordHash.bind(accounts)
    accounts.savePasswordHash = async command => {
      accounts.put({ subject: 'user-ada', name: 'ada', passwordHash: changed })
      return save(command)
    }
    expect(await outcomeOf(login.login(RIGHT))).toBe('login_password_invalid')
    expect(accounts.hashOf('user-ada')).toBe(changed)
    expect(await auth.sessions.list('user-ada')).toEqual([])
    expect(typesOf('password.')).toEqual([])
  })

  it('that another login strengthened meanwhile does no harm', async () => {
    const { login, accounts } = await deployLogin({ hasher: realHasher })
    const start = accounts.findBySubject.bind(accounts)
    const stronger = await createPasswordHasher().hash(PASSWORD)
    accounts.findBySubject = async subject => {
      accounts.put({ subject: 'user-ada', name: 'ada', passwordHash: stronger })
      return start(subject)
    }
    completed(await login.login(RIGHT))
  })
})

describe('a change that comes while somebody logs in', () => {
  it.each<[string, (accounts: MemoryAccounts) => void]>([
    [
      'another password',
      accounts => accounts.put({ subject: 'user-ada', name: 'ada', passwordHash: `plain:${NEW_PASSWORD}` }),
    ],
    ['no password', accounts => accounts.put({ subject: 'user-ada', name: 'ada' })],
    [
      'a disabled account',
      accounts =>
        accounts.put({
          subject: 'user-ada',
          name: 'ada',
          passwordHash: `plain:${PASSWORD}`,
          isDisabled: true,
        }),
    ],
    ['no account', accounts => accounts.rows.clear()],
  ])('wins: %s', async (_, change) => {
    const { login, accounts, auth, events } = await deployLogin()
    const find = accounts.findBySubject.bind(accounts)
    accounts.findBySubject = async subject => {
      change(accounts)
      return find(subject)
    }
    expect(await outcomeOf(login.login(RIGHT))).toBe('login_password_invalid')
    expect(await auth.sessions.list('user-ada')).toEqual([])
    expect(events.map(({ type }) => type)).toContain('session.revoked')
  })
})

describeOnStores('guesses', stores => {
  it('reach the verifier exactly as often as the limit says, of 200 at once', async () => {
    const { login, hasher, auth, accounts } = await deployLogin({ core: { stores: stores() } })
    await auth.signingKeys.jwks()
    const subject = `user-${Math.random()}`
    accounts.put({ subject, name: 'target', passwordHash: `plain:${PASSWORD}` })
    const guesses = Array.from({ length: 200 }, (_, index) =>
      outcomeOf(
        login.login({
          identifier: ['target', 'TARGET', ' target'][index % 3] ?? '',
          password: `guess ${index}`,
        }),
      ),
    )
    const codes = await Promise.all(guesses)
    expect(hasher.calls.filter(call => call === 'verify')).toHaveLength(5)
    expect(hasher.calls.filter(call => call === 'simulate')).toHaveLength(195)
    expect(codes.filter(code => code === 'login_password_invalid')).toHaveLength(5)
    expect(codes.filter(code => code === 'login_throttled')).toHaveLength(195)
    expect(await outcomeOf(login.login({ identifier: 'target', password: PASSWORD }))).toBe('login_throttled')
  })
})

describe('a lockout', () => {
  it('by somebody else leaves known devices alone and ends by itself', async () => {
    const { login, clock } = await deployLogin()
    const { deviceToken } = completed(await login.login(RIGHT))
    for (let attempts = 0; attempts < 50; attempts += 1)
      await outcomeOf(login.login({ ...WRONG, ip: '192.0.2.66' }))
    expect(await outcomeOf(login.login({ ...RIGHT, ip: '192.0.2.1' }))).toBe('login_throttled')
    completed(await login.login({ ...RIGHT, ip: '192.0.2.1', deviceToken }))
    for (let attempts = 0; attempts < 50; attempts += 1)
      await outcomeOf(login.login({ ...WRONG, ip: '192.0.2.77' }))
    clock.advance(12)
    completed(await login.login({ ...RIGHT, ip: '192.0.2.1' }))
  })

  it('of an address is told openly', async () => {
    const { login } = await deployLogin()
    for (let attempts = 0; attempts < 60; attempts += 1) {
      await outcomeOf(login.login({ identifier: `name-${attempts}`, password: PASSWORD, ip: '192.0.2.1' }))
    }
    await expect(login.login({ ...RIGHT, ip: '192.0.2.1' })).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterSeconds: 5,
    })
    completed(await login.login({ ...RIGHT, ip: '192.0.2.2' }))
  })
})

describe('registering', () => {
  it('creates an account that can log in, once for each name', async () => {
    const { login, typesOf } = await deployLogin({ hasher: realHasher })
    const { subject } = await login.register({ identifier: 'grace', password: PASSWORD })
    expect(completed(await login.login({ identifier: 'grace', password: PASSWORD })).subject).toBe(subject)
    expect(await outcomeOf(login.register({ identifier: 'Grace', password: PASSWORD }))).toBe(
      'account_exists',
    )
    expect(typesOf('password.')).toEqual(['password.changed'])
  })

  it('asks for a password that the policy accepts', async () => {
    const { login, accounts } = await deployLogin()
    const register = (password: string, contextWords: string[] = []) =>
      outcomeOf(login.register({ identifier: 'grace.hopper', password, contextWords }))
    expect(await register('short')).toBe('password_too_short')
    expect(await register('gracehopper1906')).toBe('password_too_guessable')
    expect(await register('flowmatic-1955!!', ['Flowmatic'])).toBe('password_too_guessable')
    expect(accounts.rows.size).toBe(1)
  })

  it('is limited by address', async () => {
    const { login } = await deployLogin()
    const codes: unknown[] = []
    for (let attempts = 0; attempts < 21; attempts += 1) {
      codes.push(
        await outcomeOf(login.register({ identifier: `n${attempts}`, password: 'x', ip: '192.0.2.1' })),
      )
    }
    expect(codes.filter(code => code === 'password_too_short')).toHaveLength(20)
    expect(codes.at(-1)).toBe('rate_limited')
  })

  it('needs accounts that can be created', async () => {
    const accounts: PasswordAccounts = {
      find: async () => undefined,
      findBySubject: async () => undefined,
      savePasswordHash: async () => ({ saved: false }),
    }
    const { login } = await deployLogin({ accounts })
    expect(await outcomeOf(login.register({ identifier: 'a', password: PASSWORD }))).toBe('config_invalid')
  })
})

describe('options', () => {
  it('are checked while wiring, all at once', async () => {
    const { auth } = await deployLogin()
    const accounts = new MemoryAccounts()
    const paths = (options: object): string[] => {
      try {
        createLogin(options as never)
        return []
      } catch (error) {
        return (error as { problems: { path: string }[] }).problems.map(({ path }) => path)
      }
    }
    expect(paths({})).toEqual(['auth', 'accounts'])
    expect(paths({ auth: {}, accounts: {} })).toEqual(['auth', 'accounts'])
    const wrong = {
      hasher: {},
      policy: {},
      throttle: {},
      secondFactors: {},
      pendingSeconds: 1,
      actionTokenSeconds: 3601,
      sendPasswordReset: 1,
    }
    expect(paths({ auth, accounts, ...wrong })).toEqual(Object.keys(wrong))
    expect(paths({ auth, accounts, lockout: true })).toEqual(['lockout'])
    expect(paths({ auth, accounts })).toEqual([])
  })
})
