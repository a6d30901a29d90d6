import type { Principal } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { createLogin, createLoginThrottle, type PasswordAccounts } from '@authcore/password'
import { describe, expect, it } from 'vitest'
import { createSecondFactors } from '../src/index.js'
import { deploy, enrolTotp, outcomeOf, totpCode, wrongCode } from './support/fixture.js'

const LOGIN = { loginId: 'login-1' }

describe('the owner of factors', () => {
  it('sees them without secrets', async () => {
    const deployment = deploy()
    const { principal, factorId, secret } = await enrolTotp(deployment)
    const list = await deployment.factors.list(principal)
    expect(list).toEqual({
      factors: [{ factorId, method: 'totp', name: 'totp', createdAt: expect.any(Number) }],
      recoveryCodesLeft: 0,
    })
    expect(JSON.stringify(list)).not.toContain(secret)
  })

  // covers ASVS-6.5.6
  it('removes them, nobody else does, and no code of theirs is accepted afterwards', async () => {
    const deployment = deploy()
    const { factors, clock, logIn, eventsOf } = deployment
    const { principal, factorId, secret } = await enrolTotp(deployment)
    expect(await outcomeOf(factors.remove(await logIn('user-eve'), factorId))).toBe('factor_not_found')
    for (const unknown of [undefined, null, 7, '', {}, 'x'.repeat(1_000_000)])
      expect(await outcomeOf(factors.remove(principal, unknown as never))).toBe('factor_not_found')
    await factors.remove(principal, factorId)
    expect(await factors.isEnrolled('user-ada')).toBe(false)
    const proof = { method: 'totp', code: totpCode(secret, clock()) }
    expect(await outcomeOf(factors.verify('user-ada', proof, LOGIN))).toBe('login_second_factor_invalid')
    expect(await outcomeOf(factors.remove(principal, factorId))).toBe('factor_not_found')
    expect(eventsOf('factor.removed')).toMatchObject([{ subject: 'user-ada', factorId, method: 'totp' }])
  })

  it('needs a recent login for everything', async () => {
    const deployment = deploy()
    const { factors, clock } = deployment
    const { principal, factorId } = await enrolTotp(deployment)
    const confirm = { factorId, code: '123456' }
    const calls = (): Promise<unknown>[] => [
      factors.list(principal),
      factors.remove(principal, factorId),
      factors.startTotp(principal, { accountName: 'ada' }),
      factors.confirmTotp(principal, confirm),
      factors.startHotp(principal, { accountName: 'ada' }),
      factors.confirmHotp(principal, confirm),
      factors.generateRecoveryCodes(principal),
      factors.startCode(principal, { channel: 'sms', to: '+14155550123' }),
      factors.confirmCode(principal, confirm),
      factors.startPasskey(principal, { accountName: 'ada' }),
      factors.confirmPasskey(principal, { response: {} }),
    ]
    clock.advance(241)
    for (const call of calls()) expect(await outcomeOf(call)).toBe('authentication_too_old')
    expect(await factors.isEnrolled('user-ada')).toBe(true)
  })

  it('is a person who logged in', async () => {
    const { auth, factors, logIn } = deploy()
    const { apiKey } = await auth.apiKeys.issue({ ownerId: 'user-ada', name: 'CI' })
    const key = await auth.apiKeys.verify(apiKey)
    expect(await outcomeOf(factors.list(key))).toBe('credentials_missing')
    expect(() => factors.stepUpLogin(key)).toThrow(expect.objectContaining({ code: 'credentials_missing' }))
    const opaque: Principal = { ...(await logIn()), method: 'opaque_token', clientId: 'app' }
    expect(await outcomeOf(factors.list(opaque))).toBe('credentials_missing')
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-ada' })
    const withoutLogin = await auth.accessTokens.verify(accessToken)
    expect(await outcomeOf(factors.list(withoutLogin))).toBe('authentication_too_old')
    expect(factors.stepUpLogin(withoutLogin).loginId).toMatch(/^step-up:token:/)
  })
})

describe('a step-up', () => {
  it('adds the factor to what the login had', async () => {
    const deployment = deploy({ acr: { totp: 'urn:example:2' } })
    const { factors, clock, logIn } = deployment
    const { secret } = await enrolTotp(deployment)
    clock.advance(3600)
    const proof = { method: 'totp', code: totpCode(secret, clock()) }
    expect(await factors.verifyStepUp(await logIn(), proof, { ip: '192.0.2.1' })).toEqual({
      subject: 'user-ada',
      amr: ['pwd', 'otp', 'mfa'],
      acr: 'urn:example:2',
      authenticatedAt: clock(),
    })
  })

  it('has five attempts a minute of its own', async () => {
    const deployment = deploy()
    const { factors, clock, eventsOf } = deployment
    const { secret, principal } = await enrolTotp(deployment)
    const right = () => ({ method: 'totp', code: totpCode(secret, clock()) })
    const wrong = { method: 'totp', code: wrongCode(right().code) }
    const codes = []
    for (let attempt = 0; attempt < 5; attempt += 1)
      codes.push(await outcomeOf(factors.verifyStepUp(principal, wrong)))
    expect(new Set(codes)).toEqual(new Set(['login_second_factor_invalid']))
    expect(await outcomeOf(factors.verifyStepUp(principal, right()))).toBe('login_throttled')
    expect(eventsOf('factor.refused').at(-1)).toMatchObject({ reason: 'throttled' })
    clock.advance(30)
    expect(await factors.verifyStepUp(principal, right())).toMatchObject({ amr: ['pwd', 'otp', 'mfa'] })
  })

  it('shares the attempts of the login', async () => {
    const deployment = deploy()
    const { auth, clock } = deployment
    const throttle = createLoginThrottle(auth)
    const { secret, principal } = await enrolTotp(deployment)
    const factors = createSecondFactors({ auth, issuerName: 'Example Shop', throttle })
    for (let attempt = 0; attempt < 5; attempt += 1)
      await throttle.take({ subject: 'user-ada', ip: '192.0.2.1' })
    const proof = { method: 'totp', code: totpCode(secret, clock()) }
    expect(await outcomeOf(factors.verifyStepUp(principal, proof, { deviceToken: 'x', ip: '' }))).toBe(
      'login_throttled',
    )
  })
})

describe('a login with a password', () => {
  const accounts: PasswordAccounts = {
    find: async () => ({ subject: 'user-ada', passwordHash: 'plain' }),
    findBySubject: async () => ({ subject: 'user-ada', passwordHash: 'plain' }),
    savePasswordHash: async () => ({ saved: true }),
  }
  const hasher = {
    hash: async () => 'plain',
    verify: async () => ({ matches: true, needsRehash: false }),
    simulate: async () => {},
  }

  // covers ASVS-6.3.3
  it('asks for the factor and puts it into the session', async () => {
    const deployment = deploy({ acr: { totp: 'urn:example:2' } })
    const { auth, clock, factors } = deployment
    const { secret, principal } = await enrolTotp(deployment)
    await factors.generateRecoveryCodes(principal)
    const login = createLogin({ auth, accounts, hasher, secondFactors: factors })
    const pending = await login.login({ identifier: 'ada', password: 'correct horse battery staple' })
    if (pending.outcome !== 'second_factor_required') throw new Error('The factor was not asked for.')
    expect(pending.methods).toEqual(['totp', 'recovery_code'])
    const { pendingToken } = pending
    const code = totpCode(secret, clock())
    const complete = (proof: object) => login.completeLogin({ pendingToken, proof: { ...proof } })
    expect(await outcomeOf(complete({ method: 'totp', code: wrongCode(code) }))).toBe(
      'login_second_factor_invalid',
    )
    const { tokens } = await complete({ method: 'totp', code })
    expect(await auth.accessTokens.verify(tokens.accessToken)).toMatchObject({
      amr: ['pwd', 'otp', 'mfa'],
      acr: 'urn:example:2',
    })
  })
})

describe('wrong options', () => {
  const { auth } = deploy()
  const send = async () => {}
  const PASSKEYS = { rpId: 'example.com', origins: ['https://example.com'] }
  const problemsOf = (options: unknown): string[] => {
    try {
      createSecondFactors(options as never)
      return []
    } catch (error) {
      return Reflect.get(Object(error), 'problems').map(({ path }: { path: string }) => path)
    }
  }

  it.each<[unknown, string[]]>([
    [undefined, ['', 'auth', 'issuerName']],
    [{}, ['auth', 'issuerName']],
    [{ auth: {}, issuerName: 7 }, ['auth', 'issuerName']],
    [{ auth, issuerName: 'Shop: Example' }, ['issuerName']],
    [{ auth, issuerName: 'Shop', totp: { digits: 7 } }, ['totp.digits']],
    [{ auth, issuerName: 'Shop', totp: { digits: 4 } }, ['totp.digits']],
    [{ auth, issuerName: 'Shop', totp: { algorithm: 'MD5' } }, ['totp.algorithm']],
    [{ auth, issuerName: 'Shop', recoveryCodes: { count: 1 } }, ['recoveryCodes.count']],
    [{ auth, issuerName: 'Shop', freshLoginSeconds: 86_400 }, ['freshLoginSeconds']],
    [{ auth, issuerName: 'Shop', acr: { totp: 7 } }, ['acr.totp']],
    [{ auth, issuerName: 'Shop', acr: { voice: 'a' } }, ['acr.voice']],
    [{ auth, issuerName: 'Shop', throttle: {} }, ['throttle']],
    [{ auth, issuerName: 'Shop', acr: 7 }, ['acr']],
    [{ auth, issuerName: 'Shop', pin: true }, ['pin']],
    [{ auth, issuerName: 'Shop', codes: {} }, ['codes.send']],
    [{ auth, issuerName: 'Shop', codes: 7 }, ['codes', 'codes.send']],
    [{ auth, issuerName: 'Shop', codes: { send: 'x' } }, ['codes.send']],
    [{ auth, issuerName: 'Shop', codes: { send, channels: [] } }, ['codes.channels']],
    [{ auth, issuerName: 'Shop', codes: { send, channels: ['fax'] } }, ['codes.channels']],
    [{ auth, issuerName: 'Shop', codes: { send, digits: 4 } }, ['codes.digits']],
    [{ auth, issuerName: 'Shop', codes: { send, digits: 7 } }, ['codes.digits']],
    [{ auth, issuerName: 'Shop', codes: { send, lifetimeSeconds: 601 } }, ['codes.lifetimeSeconds']],
    [{ auth, issuerName: 'Shop', codes: { send, maxAttempts: 11 } }, ['codes.maxAttempts']],
    [{ auth, issuerName: 'Shop', codes: { send, sendTimeoutSeconds: 31 } }, ['codes.sendTimeoutSeconds']],
    [{ auth, issuerName: 'Shop', codes: { send, createTimeout: 1 } }, ['codes.createTimeout']],
    [{ auth, issuerName: 'Shop', codes: { send, length: 6 } }, ['codes.length']],
    [{ auth, issuerName: 'Shop', passkeys: {} }, ['passkeys.rpId', 'passkeys.origins']],
    [{ auth, issuerName: 'Shop', passkeys: { ...PASSKEYS, rpId: 'https://example.com' } }, ['passkeys.rpId']],
    [{ auth, issuerName: 'Shop', passkeys: { ...PASSKEYS, rpId: 'Example.com' } }, ['passkeys.rpId']],
    [{ auth, issuerName: 'Shop', passkeys: { ...PASSKEYS, rpId: 'ample.com' } }, ['passkeys.origins']],
    [{ auth, issuerName: 'Shop', passkeys: { ...PASSKEYS, origins: [] } }, ['passkeys.origins']],
    [
      { auth, issuerName: 'Shop', passkeys: { ...PASSKEYS, origins: ['http://example.com'] } },
      ['passkeys.origins'],
    ],
    [
      { auth, issuerName: 'Shop', passkeys: { ...PASSKEYS, origins: ['https://example.com/'] } },
      ['passkeys.origins'],
    ],
    [{ auth, issuerName: 'Shop', passkeys: { ...PASSKEYS, origins: ['*'] } }, ['passkeys.origins']],
    [{ auth, issuerName: 'Shop', passkeys: { ...PASSKEYS, maxPerAccount: 17 } }, ['passkeys.maxPerAccount']],
  ])('%#', (options, problems) => {
    expect(problemsOf(options)).toEqual(problems)
  })

  it('are none for the own machine', () => {
    const passkeys = { rpId: 'localhost', origins: ['http://localhost:3000'] }
    expect(problemsOf({ auth, issuerName: 'Shop', passkeys })).toEqual([])
  })

  it('such as stores without documents', () => {
    const { documents: _, ...stores } = memoryStores()
    expect(() => deploy({ core: { stores } })).toThrow(/auth: must have stores with documents/)
  })
})
