import { describeOnStores } from '@authcore/test-stores'
import { describe, expect, it } from 'vitest'
import { parseRecoveryCode, toRecoveryCode } from '../../src/recovery-codes/recovery-code-text.js'
import { countPassed, deploy, enrolTotp, outcomeOf } from '../support/fixture.js'

const LOGIN = { loginId: 'login-1' }
const REFUSED = 'login_second_factor_invalid'

describe('recovery codes', () => {
  // covers ASVS-6.5.2, ASVS-6.5.3, ASVS-6.5.4
  it('have 120 bits of the random source each', async () => {
    const asked: number[] = []
    const random = (length: number) => {
      asked.push(length)
      return crypto.getRandomValues(new Uint8Array(length))
    }
    const { factors, logIn } = deploy({ core: { random } })
    const principal = await logIn()
    asked.length = 0
    const codes = await factors.generateRecoveryCodes(principal)
    expect(codes).toHaveLength(10)
    expect(new Set(codes).size).toBe(10)
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/)
    // 24 bytes, five bits of each
    expect(asked.filter(length => length === 24)).toHaveLength(10)
    const all = Uint8Array.from({ length: 24 }, (_, index) => 255 - index)
    expect(toRecoveryCode(all)).toBe('ZYXW-VTSR-QPNM-KJHG-FEDC-BA98')
  })

  it('work once each, and say how many are left', async () => {
    const deployment = deploy({ recoveryCodes: { count: 5 } })
    const { factors, eventsOf } = deployment
    const { principal } = await enrolTotp(deployment)
    const codes = await factors.generateRecoveryCodes(principal)
    expect(codes).toHaveLength(5)
    expect(await factors.listMethods('user-ada')).toEqual(['totp', 'recovery_code'])
    const verify = (code: unknown) =>
      outcomeOf(factors.verify('user-ada', { method: 'recovery_code', code }, LOGIN))
    expect(await verify(codes[0])).toEqual({ amr: ['otp'] })
    expect(await verify(codes[0])).toBe(REFUSED)
    expect(await verify(` ${codes[1]?.toLowerCase().replaceAll('-', ' ')} `)).toEqual({ amr: ['otp'] })
    expect(eventsOf('factor.used')).toMatchObject([{ remaining: 4 }, { remaining: 3 }])
    expect((await factors.list(principal)).recoveryCodesLeft).toBe(3)
    expect(eventsOf('factor.recovery_codes_generated')).toMatchObject([{ subject: 'user-ada', count: 5 }])
  })

  it('are replaced all at once, and belong to one account', async () => {
    const deployment = deploy()
    const { factors } = deployment
    const { principal } = await enrolTotp(deployment)
    const before = await factors.generateRecoveryCodes(principal)
    const after = await factors.generateRecoveryCodes(principal)
    const verify = (subject: string, code: unknown) =>
      outcomeOf(factors.verify(subject, { method: 'recovery_code', code }, LOGIN))
    for (const code of before) expect(await verify('user-ada', code)).toBe(REFUSED)
    expect(await verify('user-eve', after[0])).toBe(REFUSED)
    expect(await verify('user-ada', after[0])).toEqual({ amr: ['otp'] })
  })

  it('go with the last factor', async () => {
    const deployment = deploy()
    const { factors } = deployment
    const { principal, factorId } = await enrolTotp(deployment)
    const codes = await factors.generateRecoveryCodes(principal)
    await factors.remove(principal, factorId)
    expect(await factors.list(principal)).toEqual({ factors: [], recoveryCodesLeft: 0 })
    const proof = { method: 'recovery_code', code: codes[0] }
    expect(await outcomeOf(factors.verify('user-ada', proof, LOGIN))).toBe(REFUSED)
  })

  it('are read as people write them', () => {
    expect(parseRecoveryCode('oil0-oooo-iiii-llll-0000-1111')).toBe('011000001111111100001111')
    for (const text of [
      undefined,
      7,
      '',
      'u'.repeat(24),
      '0'.repeat(23),
      '0'.repeat(25),
      ' '.repeat(100_000),
    ])
      expect(parseRecoveryCode(text)).toBeUndefined()
  })
})

describeOnStores('a recovery code at the same time', stores => {
  // covers ASVS-6.5.1
  it('passes once in 50 parallel tries', async () => {
    const deployment = deploy({ core: { stores: stores() } })
    const { factors } = deployment
    const { principal } = await enrolTotp(deployment, 'user-recovery')
    const [code] = await factors.generateRecoveryCodes(principal)
    const proof = { method: 'recovery_code', code }
    const tries = Array.from({ length: 50 }, () => outcomeOf(factors.verify('user-recovery', proof, LOGIN)))
    expect(countPassed(await Promise.all(tries))).toBe(1)
    expect((await factors.list(principal)).recoveryCodesLeft).toBe(9)
  })

  it('passes beside nine others, each once, in 50 parallel tries', async () => {
    const deployment = deploy({ core: { stores: stores() } })
    const { factors } = deployment
    const { principal } = await enrolTotp(deployment, 'user-recovery-all')
    const codes = await factors.generateRecoveryCodes(principal)
    const tries = [...codes, ...codes, ...codes, ...codes, ...codes].map(code =>
      outcomeOf(factors.verify('user-recovery-all', { method: 'recovery_code', code }, LOGIN)),
    )
    expect(countPassed(await Promise.all(tries))).toBe(10)
    expect((await factors.list(principal)).recoveryCodesLeft).toBe(0)
  })
})
