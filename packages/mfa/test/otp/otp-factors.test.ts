import { inspect } from 'node:util'
import type { JsonObject, Stores } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import type { DocumentStore } from '@authcore/core/ports'
import { describeOnStores } from '@authcore/test-stores'
import { describe, expect, it } from 'vitest'
import {
  countPassed,
  deploy,
  enrolTotp,
  hotpCode,
  outcomeOf,
  totpCode,
  wrongCode,
} from '../support/fixture.js'

const LOGIN = { loginId: 'login-1' }
const REFUSED = 'login_second_factor_invalid'

describe('enrolling an authenticator app', () => {
  it('counts after one right code, which is used up', async () => {
    const { factors, clock, logIn, eventsOf } = deploy()
    const principal = await logIn()
    const { factorId, secret, uri, qrCode, expiresAt } = await factors.startTotp(principal, {
      accountName: 'ada@example.com',
      name: 'Phone',
    })
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(uri).toContain(`secret=${secret}`)
    expect(qrCode).toMatch(/^<svg .*<\/svg>$/s)
    expect(expiresAt).toBe(clock() + 600_000)
    expect(await factors.isEnrolled('user-ada')).toBe(false)

    const code = totpCode(secret, clock())
    expect(await outcomeOf(factors.verify('user-ada', { method: 'totp', code }, LOGIN))).toBe(REFUSED)
    expect(await outcomeOf(factors.confirmTotp(principal, { factorId, code: wrongCode(code) }))).toBe(
      'factor_enrolment_invalid',
    )
    expect(await factors.confirmTotp(principal, { factorId, code })).toEqual({
      factorId,
      method: 'totp',
      name: 'Phone',
      createdAt: clock(),
    })
    expect(await factors.isEnrolled('user-ada')).toBe(true)
    expect(await factors.listMethods('user-ada')).toEqual(['totp'])
    expect(eventsOf('factor.enrolled')).toMatchObject([{ subject: 'user-ada', factorId, method: 'totp' }])
    expect(await outcomeOf(factors.verify('user-ada', { method: 'totp', code }, LOGIN))).toBe(REFUSED)
    expect(await outcomeOf(factors.confirmTotp(principal, { factorId, code }))).toBe(
      'factor_enrolment_invalid',
    )
  })

  it("ends after ten minutes, and is nobody else's", async () => {
    const { factors, clock, logIn } = deploy()
    const principal = await logIn()
    const { factorId, secret } = await factors.startTotp(principal, { accountName: 'ada' })
    const code = () => totpCode(secret, clock())
    const other = await logIn('user-eve')
    expect(await outcomeOf(factors.confirmTotp(other, { factorId, code: code() }))).toBe(
      'factor_enrolment_invalid',
    )
    expect(await outcomeOf(factors.confirmHotp(principal, { factorId, code: code() }))).toBe(
      'factor_enrolment_invalid',
    )
    clock.advance(600)
    expect(await outcomeOf(factors.confirmTotp(await logIn(), { factorId, code: code() }))).toBe(
      'factor_enrolment_invalid',
    )
  })

  it.each<[string, Record<string, unknown>]>([
    ['no account name', {}],
    ['an empty account name', { accountName: '' }],
    ['a colon', { accountName: 'Other Shop:ada' }],
    ['a long account name', { accountName: 'x'.repeat(129) }],
    ['a line break', { accountName: 'ada\n' }],
    ['half of a surrogate pair', { accountName: '\ud800' }],
    ['an object', { accountName: { toString: () => 'ada' } }],
    ['a number for a name', { accountName: 'ada', name: 7 }],
  ])('refuses %s', async (_, options) => {
    const { factors, logIn } = deploy()
    expect(await outcomeOf(factors.startTotp(await logIn(), options as never))).toBe('argument_invalid')
  })

  it.each([undefined, null, 7, {}, '', 'x', '../x', 'x'.repeat(22), 'A'.repeat(100_000)])(
    'knows no enrolment %j',
    async factorId => {
      const { factors, logIn } = deploy()
      const confirm = { factorId, code: '123456' } as never
      expect(await outcomeOf(factors.confirmTotp(await logIn(), confirm))).toBe('factor_enrolment_invalid')
    },
  )

  it('stops at sixteen factors', async () => {
    const { factors, clock, logIn } = deploy()
    const principal = await logIn()
    const enrol = async () => {
      const { factorId, secret } = await factors.startTotp(principal, { accountName: 'ada' })
      return outcomeOf(factors.confirmTotp(principal, { factorId, code: totpCode(secret, clock()) }))
    }
    for (let count = 0; count < 16; count += 1) expect(await enrol()).toMatchObject({ method: 'totp' })
    expect(await enrol()).toBe('factor_limit_reached')
  })

  it.each([
    { digits: 8, algorithm: 'SHA256' },
    { digits: 6, algorithm: 'SHA512' },
  ] as const)('makes codes as told: %j', async totp => {
    const { factors, clock, logIn } = deploy({ totp })
    const principal = await logIn()
    const { factorId, secret } = await factors.startTotp(principal, { accountName: 'ada' })
    const code = totpCode(secret, clock(), totp)
    expect(await factors.confirmTotp(principal, { factorId, code })).toMatchObject({ method: 'totp' })
  })
})

describe('a code of an authenticator app', () => {
  // covers ASVS-6.5.5, ASVS-6.5.8
  it('is accepted one step early or late by the clock of the server, and no further', async () => {
    const deployment = deploy()
    const { factors, clock } = deployment
    const { secret } = await enrolTotp(deployment)
    const verify = (offset: number) =>
      outcomeOf(
        factors.verify(
          'user-ada',
          { method: 'totp', code: totpCode(secret, clock() + offset * 1000) },
          LOGIN,
        ),
      )
    expect(await verify(-60)).toBe(REFUSED)
    expect(await verify(60)).toBe(REFUSED)
    expect(await verify(-30)).toEqual({ amr: ['otp'] })
    expect(await verify(30)).toEqual({ amr: ['otp'] })
    expect(await verify(0)).toEqual({ amr: ['otp'] })
  })

  it('may be typed with spaces', async () => {
    const deployment = deploy({ acr: { totp: 'urn:example:2' } })
    const { secret } = await enrolTotp(deployment)
    const code = totpCode(secret, deployment.clock()).replace(/^(...)/, '$1 ')
    expect(await deployment.factors.verify('user-ada', { method: 'totp', code }, LOGIN)).toEqual({
      amr: ['otp'],
      acr: 'urn:example:2',
    })
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'totp'],
    ['a list', ['totp']],
    ['no method', { code: '123456' }],
    ['an unknown method', { method: 'voice', code: '123456' }],
    ['a method of Object.prototype', { method: 'constructor', code: '123456' }],
    ['no code', { method: 'totp' }],
    ['a number', { method: 'totp', code: 123456 }],
    ['an object', { method: 'totp', code: { $ne: '' } }],
    ['letters', { method: 'totp', code: 'abcdef' }],
    ['a sign', { method: 'totp', code: '+12345' }],
    ['other digits', { method: 'totp', code: '１２３４５６' }],
    ['too few digits', { method: 'totp', code: '12345' }],
    ['too many digits', { method: 'totp', code: '1234567' }],
    ['far too many digits', { method: 'totp', code: '1'.repeat(1_000_000) }],
    ['another kind of factor', { method: 'hotp', code: '123456' }],
    ['a method that does not exist', { method: 'passkey', response: {} }],
    ['a code that nobody sent', { method: 'sms', code: '12345678' }],
    ['an e-mail that nobody sent', { method: 'email', code: '12345678' }],
    ['a recovery code that is none', { method: 'recovery_code', code: 'x' }],
  ])('is not %s', async (_, proof) => {
    const deployment = deploy()
    await enrolTotp(deployment)
    expect(await outcomeOf(deployment.factors.verify('user-ada', proof as never, LOGIN))).toBe(REFUSED)
    expect(deployment.eventsOf('factor.refused')).toHaveLength(1)
  })

  it('comes from no polluted Object.prototype', async () => {
    const deployment = deploy()
    const { secret } = await enrolTotp(deployment)
    const prototype: Record<string, unknown> = Object.prototype as never
    prototype['code'] = totpCode(secret, deployment.clock())
    try {
      expect(await outcomeOf(deployment.factors.verify('user-ada', { method: 'totp' }, LOGIN))).toBe(REFUSED)
    } finally {
      delete prototype['code']
    }
  })
})

describeOnStores('a code at the same time', stores => {
  // covers ASVS-6.5.1
  it('passes once in 50 parallel tries', async () => {
    const deployment = deploy({ core: { stores: stores() } })
    const { factors, clock } = deployment
    const { secret } = await enrolTotp(deployment, 'user-parallel-totp')
    const proof = { method: 'totp', code: totpCode(secret, clock()) }
    const tries = Array.from({ length: 50 }, () =>
      outcomeOf(factors.verify('user-parallel-totp', proof, LOGIN)),
    )
    expect(countPassed(await Promise.all(tries))).toBe(1)
  })

  it('confirms an enrolment once in 50 parallel tries', async () => {
    const { factors, clock, logIn } = deploy({ core: { stores: stores() } })
    const principal = await logIn('user-parallel-enrolment')
    const { factorId, secret } = await factors.startTotp(principal, { accountName: 'ada' })
    const confirm = { factorId, code: totpCode(secret, clock()) }
    const tries = Array.from({ length: 50 }, () => outcomeOf(factors.confirmTotp(principal, confirm)))
    expect(countPassed(await Promise.all(tries))).toBe(1)
    expect((await factors.list(principal)).factors).toHaveLength(1)
  })

  it('of a counter passes once in 50 parallel tries', async () => {
    const { factors, logIn } = deploy({ core: { stores: stores() } })
    const principal = await logIn('user-parallel-hotp')
    const { factorId, secret } = await factors.startHotp(principal, { accountName: 'ada' })
    await factors.confirmHotp(principal, { factorId, code: hotpCode(secret, 0) })
    const proof = { method: 'hotp', code: hotpCode(secret, 1) }
    const tries = Array.from({ length: 50 }, () =>
      outcomeOf(factors.verify('user-parallel-hotp', proof, LOGIN)),
    )
    expect(countPassed(await Promise.all(tries))).toBe(1)
  })
})

describe('a counter', () => {
  it('looks ahead and never back', async () => {
    const { factors, logIn } = deploy()
    const principal = await logIn()
    const { factorId, secret, uri } = await factors.startHotp(principal, { accountName: 'ada' })
    expect(uri).toMatch(/^otpauth:\/\/hotp\//)
    expect(await factors.confirmHotp(principal, { factorId, code: hotpCode(secret, 2) })).toMatchObject({
      method: 'hotp',
    })
    const verify = (counter: number) =>
      outcomeOf(factors.verify('user-ada', { method: 'hotp', code: hotpCode(secret, counter) }, LOGIN))
    expect(await verify(2)).toBe(REFUSED)
    expect(await verify(13)).toEqual({ amr: ['otp'] })
    expect(await verify(5)).toBe(REFUSED)
    expect(await verify(25)).toBe(REFUSED)
    expect(await verify(24)).toEqual({ amr: ['otp'] })
  })
})

/** The same documents with another way to store them. */
function replacePut(documents: DocumentStore, put: DocumentStore['put']): DocumentStore {
  return {
    put,
    find: query => documents.find(query),
    list: query => documents.list(query),
    remove: command => documents.remove(command),
    removeAll: command => documents.removeAll(command),
    sweep: command => documents.sweep(command),
  }
}

describe('what is stored', () => {
  function recordDocuments(): { readonly stores: Stores; readonly values: JsonObject[] } {
    const stores = memoryStores()
    const values: JsonObject[] = []
    const put: typeof stores.documents.put = command => {
      values.push(command.value)
      return stores.documents.put(command)
    }
    return { stores: { ...stores, documents: replacePut(stores.documents, put) }, values }
  }

  it('holds no secret and no name of the account', async () => {
    const { stores, values } = recordDocuments()
    const deployment = deploy({ core: { stores } })
    const { secret, principal } = await enrolTotp(deployment)
    const codes = await deployment.factors.generateRecoveryCodes(principal)
    const text = JSON.stringify(values)
    expect(values.length).toBeGreaterThan(2)
    for (const word of [
      secret,
      'user-ada',
      'ada@example.com',
      ...codes,
      ...codes.map(c => c.replaceAll('-', '')),
    ])
      expect(text).not.toContain(word)
    expect(inspect(deployment.factors, { depth: 9, showHidden: true })).not.toContain(secret)
    expect(JSON.stringify(deployment.events)).not.toContain(secret)
  })

  it('opens for no other account and no other factor', async () => {
    const { stores, values } = recordDocuments()
    const deployment = deploy({ core: { stores } })
    const { secret } = await enrolTotp(deployment)
    const value = values.at(-1)
    // somebody who can write to the database gives the factor to another account
    await enrolTotp(deployment, 'user-eve')
    const { auth, factors, clock } = deployment
    const id = auth.secretBox('mfa.factors').hash('user-eve')
    const put = { namespace: 'mfa.factors', id, tags: [], value: value ?? {}, expectedVersion: 1 }
    await auth.stores.documents?.put({ ...put, writeId: 'w', now: clock() })
    const proof = { method: 'totp', code: totpCode(secret, clock()) }
    expect(await outcomeOf(factors.verify('user-eve', proof, LOGIN))).toBe(REFUSED)
    expect(await outcomeOf(factors.verify('user-ada', proof, LOGIN))).toEqual({ amr: ['otp'] })
  })

  const APP = {
    ...{ id: 'a', method: 'totp', name: 'a', createdAt: 1, secret: 'a', algorithm: 'SHA1' },
    ...{ digits: 6, periodSeconds: 30, counter: 0 },
  }
  it.each<[string, JsonObject]>([
    ['nothing', {}],
    ['no list', { factors: {}, recoveryCodes: [] }],
    ['no codes', { factors: [] }],
    ['a number for a code', { factors: [], recoveryCodes: [7] }],
    ['an empty factor', { factors: [{}], recoveryCodes: [] }],
    ['an unknown method', { factors: [{ ...APP, method: 'voice' }], recoveryCodes: [] }],
    ['an app without a secret', { factors: [{ ...APP, secret: 7 }], recoveryCodes: [] }],
    ['a counter that is text', { factors: [{ ...APP, counter: '0' }], recoveryCodes: [] }],
  ])('and cannot be read does not count as an account without factors: %s', async (_, value) => {
    const { auth, factors, clock } = deploy()
    const id = auth.secretBox('mfa.factors').hash('user-ada')
    const put = { namespace: 'mfa.factors', id, tags: [], value, expectedVersion: 0 }
    await auth.stores.documents?.put({ ...put, writeId: 'w', now: clock() })
    expect(await outcomeOf(factors.isEnrolled('user-ada'))).toBe('store_record_invalid')
  })

  it('that always changes meanwhile is an outage', async () => {
    const stores = memoryStores()
    const put = async () => ({ outcome: 'conflict' as const })
    const { factors, logIn } = deploy({
      core: { stores: { ...stores, documents: replacePut(stores.documents, put) } },
    })
    expect(await outcomeOf(factors.generateRecoveryCodes(await logIn()))).toBe('store_unavailable')
  })
})
