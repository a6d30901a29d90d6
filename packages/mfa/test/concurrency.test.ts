import type { RateLimitStore } from '@authcore/core/ports'
import { describeOnStores } from '@authcore/test-stores'
import { expect, it } from 'vitest'
import { Authenticator } from './support/authenticator.js'
import { countPassed, deploy, outcomeOf } from './support/fixture.js'
import { createMailbox } from './support/mailbox.js'

const PASSKEYS = { rpId: 'example.com', origins: ['https://www.example.com'] }
const LOGIN = { subject: 'user-ada', loginId: 'login-1' }
const PHONE = '+14155550123'

function times<Value>(count: number, call: (index: number) => Promise<Value>): Promise<(Value | string)[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => outcomeOf(call(index))))
}

describeOnStores('at the same time', stores => {
  async function withPasskey(subject: string, authenticator = new Authenticator()) {
    const deployment = deploy({ passkeys: PASSKEYS, core: { stores: stores() } })
    const { factors, logIn } = deployment
    const principal = await logIn(subject)
    const { options } = await factors.startPasskey(principal, { accountName: subject })
    await factors.confirmPasskey(principal, { response: authenticator.create(options) })
    return { ...deployment, authenticator, login: { ...LOGIN, subject } }
  }

  async function withNumber(subject: string, to: string, options = {}, kept = stores()) {
    const mailbox = createMailbox(options)
    const deployment = deploy({ codes: mailbox.options, core: { stores: kept } })
    const { factors, logIn, clock } = deployment
    const principal = await logIn(subject)
    const { factorId } = await factors.startCode(principal, { channel: 'sms', to })
    await factors.confirmCode(principal, { factorId, code: mailbox.code() })
    clock.advance(60)
    return { ...deployment, mailbox, login: { ...LOGIN, subject } }
  }

  it('one of 50 answers to one challenge of a passkey passes', async () => {
    const { factors, authenticator, login } = await withPasskey('user-challenge')
    const { options } = await factors.challengePasskey(login)
    const proof = { method: 'passkey', response: authenticator.get(options) }
    const outcomes = await times(50, () => factors.verify(login.subject, proof, login))
    expect(countPassed(outcomes)).toBe(1)
    const first = await factors.startPasskeyLogin()
    const alone = { method: 'passkey', response: authenticator.get(first.options) }
    expect(countPassed(await times(50, () => factors.verifyFirst(alone)))).toBe(1)
  })

  it('one of 20 answers with one count of a passkey passes', async () => {
    const { factors, authenticator, login } = await withPasskey(
      'user-count',
      new Authenticator({ counter: 1 }),
    )
    const outcomes = await times(20, async () => {
      const { options } = await factors.challengePasskey(login)
      const response = authenticator.get(options, { counter: 9 })
      return factors.verify(login.subject, { method: 'passkey', response }, login)
    })
    expect(countPassed(outcomes)).toBe(1)
  })

  it('one of 20 accounts gets one credential id', async () => {
    const { factors, logIn } = deploy({ passkeys: PASSKEYS, core: { stores: stores() } })
    const authenticator = new Authenticator()
    const outcomes = await times(20, async index => {
      const principal = await logIn(`user-of-${index}`)
      const { options } = await factors.startPasskey(principal, { accountName: 'ada' })
      return factors.confirmPasskey(principal, { response: authenticator.create(options) })
    })
    expect(countPassed(outcomes)).toBe(1)
    expect(new Set(outcomes.filter(outcome => typeof outcome === 'string'))).toEqual(
      new Set(['factor_already_enrolled']),
    )
  })

  it('one of 20 answers of one account with one credential id counts', async () => {
    const { factors, logIn } = deploy({ passkeys: PASSKEYS, core: { stores: stores() } })
    const [principal, authenticator] = [await logIn('user-twice'), new Authenticator()]
    const outcomes = await times(20, async () => {
      const { options } = await factors.startPasskey(principal, { accountName: 'ada' })
      return factors.confirmPasskey(principal, { response: authenticator.create(options) })
    })
    expect(countPassed(outcomes)).toBe(1)
    expect((await factors.list(principal)).factors).toHaveLength(1)
  })

  it('one of 50 requests for a code sends one, and one of 50 answers passes', async () => {
    const { factors, mailbox, login } = await withNumber('user-code', PHONE, { maxAttempts: 10 })
    const sent = await times(50, () => factors.sendCode(login, { channel: 'sms' }))
    expect(countPassed(sent)).toBe(1)
    const proof = { method: 'sms', code: mailbox.code() }
    const outcomes = await times(50, () => factors.verify(login.subject, proof, login))
    expect(countPassed(outcomes)).toBe(1)
  })

  it('200 guesses at a code are five', async () => {
    let counted = 0
    const { rateLimits, ...others } = stores()
    const counting: RateLimitStore = {
      reset: command => rateLimits.reset(command),
      sweep: command => rateLimits.sweep(command),
      take: async command => {
        const outcome = await rateLimits.take(command)
        if (command.key.startsWith('mfa:code:attempts:') && outcome.allowed) counted += 1
        return outcome
      },
    }
    const { factors, mailbox, login } = await withNumber(
      'user-guess',
      '+14155550177',
      {},
      {
        ...others,
        rateLimits: counting,
      },
    )
    await factors.sendCode(login, { channel: 'sms' })
    const right = mailbox.code()
    counted = 0
    const wrong = (index: number) => String((Number(right) + 1 + index) % 1_000_000).padStart(6, '0')
    const outcomes = await times(200, index =>
      factors.verify(login.subject, { method: 'sms', code: wrong(index) }, login),
    )
    expect([countPassed(outcomes), counted]).toEqual([0, 5])
    const late = factors.verify(login.subject, { method: 'sms', code: right }, login)
    expect(await outcomeOf(late)).toBe('login_second_factor_invalid')
  })
})
