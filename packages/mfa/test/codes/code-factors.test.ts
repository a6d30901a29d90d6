import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { CodeChannel } from '../../src/index.js'
import {
  countPassed,
  type Deployment,
  type DeployOptions,
  deploy,
  outcomeOf,
  wrongCode,
} from '../support/fixture.js'
import { createMailbox, type Mailbox } from '../support/mailbox.js'

const PHONE = '+14155550123'
const EMAIL = 'ada@example.com'
const LOGIN = { subject: 'user-ada', loginId: 'login-1' }
const REFUSED = 'login_second_factor_invalid'

interface WithMailbox extends Deployment {
  readonly mailbox: Mailbox
}

function deployCodes(options: DeployOptions = {}, mailbox = createMailbox()): WithMailbox {
  return { ...deploy({ codes: mailbox.options, ...options }), mailbox }
}

/** Adds a number or an address, and goes on until the next message may be sent. */
async function enrol(
  { factors, logIn, mailbox, clock }: WithMailbox,
  channel: CodeChannel = 'sms',
  to = channel === 'sms' ? PHONE : EMAIL,
  subject?: string,
) {
  const principal = await logIn(subject)
  const { factorId } = await factors.startCode(principal, { channel, to })
  const factor = await factors.confirmCode(principal, { factorId, code: mailbox.code() })
  clock.advance(60)
  return { factor, principal }
}

const verify = ({ factors }: WithMailbox, code: unknown, { subject, loginId } = LOGIN, method = 'sms') =>
  outcomeOf(factors.verify(subject, { method, code }, { loginId }))

describe('a number or an address', () => {
  it.each<[CodeChannel, string, string, string]>([
    ['sms', '+1 (415) 555-0123', PHONE, '•• 23'],
    ['email', 'Ada.Lovelace@Example.com', 'Ada.Lovelace@Example.com', 'A•••@Example.com'],
  ])('counts after one right code by %s', async (channel, to, sent, sentTo) => {
    const deployment = deployCodes()
    const { factors, mailbox, logIn, clock, eventsOf } = deployment
    const principal = await logIn()
    const started = await factors.startCode(principal, { channel, to, name: 'Mine' })
    expect(started).toEqual({
      factorId: expect.stringMatching(/^[0-9a-f]{32}$/),
      channel,
      sentTo,
      expiresAt: clock() + 600_000,
    })
    expect(mailbox.messages).toMatchObject([
      { channel, to: sent, purpose: 'enrolment', code: expect.stringMatching(/^[0-9]{6}$/) },
    ])
    expect(await factors.isEnrolled('user-ada')).toBe(false)
    const { factorId } = started
    const wrong = { factorId, code: wrongCode(mailbox.code()) }
    expect(await outcomeOf(factors.confirmCode(principal, wrong))).toBe('factor_enrolment_invalid')
    const factor = await factors.confirmCode(principal, { factorId, code: mailbox.code() })
    expect(factor).toMatchObject({ method: channel, name: 'Mine', sentTo })
    expect(await factors.listMethods('user-ada')).toEqual([channel])
    expect((await factors.list(principal)).factors).toEqual([factor])
    expect(eventsOf('factor.code_sent')).toMatchObject([{ subject: 'user-ada', factorId, method: channel }])
    const again = { factorId, code: mailbox.code() }
    expect(await outcomeOf(factors.confirmCode(principal, again))).toBe('factor_enrolment_invalid')
  })

  it('is confirmed by its owner, in the session that asked, and in time', async () => {
    const deployment = deployCodes()
    const { factors, mailbox, logIn, clock } = deployment
    const principal = await logIn()
    const { factorId } = await factors.startCode(principal, { channel: 'sms', to: PHONE })
    const confirm = { factorId, code: mailbox.code() }
    for (const other of [await logIn('user-eve'), await logIn()])
      expect(await outcomeOf(factors.confirmCode(other, confirm))).toBe('factor_enrolment_invalid')
    clock.advance(299)
    expect(await factors.confirmCode(principal, confirm)).toMatchObject({ method: 'sms' })
    const late = await factors.startCode(await logIn(), { channel: 'email', to: EMAIL })
    clock.advance(600)
    const after = { factorId: late.factorId, code: mailbox.code() }
    expect(await outcomeOf(factors.confirmCode(await logIn(), after))).toBe('factor_enrolment_invalid')
  })

  it.each<[CodeChannel, unknown]>([
    ['sms', '14155550123'],
    ['sms', '+1415'],
    ['sms', '+04155550123'],
    ['sms', `+1${'5'.repeat(20)}`],
    ['sms', '+14155550123\n+15005550006'],
    ['sms', '+14155550123;ext=1'],
    ['sms', EMAIL],
    ['email', PHONE],
    ['email', 'ada'],
    ['email', 'ada@localhost'],
    ['email', 'ada@example.com, eve@example.com'],
    ['email', 'ada@example.com\r\nBcc: eve@example.com'],
    ['email', 'Ada <ada@example.com>'],
    ['email', 'ada@eve@example.com'],
    ['email', 'ada@-example.com'],
    ['email', 'ada\u200b@example.com'],
    ['email', `${'a'.repeat(65)}@example.com`],
    ['email', `ada@${'a'.repeat(250)}.com`],
    ['email', undefined],
    ['sms', { to: PHONE }],
  ])('is refused by %s: %j', async (channel, to) => {
    const { factors, logIn, mailbox } = deployCodes()
    const call = factors.startCode(await logIn(), { channel, to: to as never })
    expect(await outcomeOf(call)).toBe('argument_invalid')
    expect(mailbox.messages).toEqual([])
  })

  it('is masked in answers and sealed at rest', async () => {
    const deployment = deployCodes()
    const { auth, clock, events } = deployment
    const { principal } = await enrol(deployment)
    const list = await deployment.factors.list(principal)
    const namespaces = ['mfa.factors', 'mfa.enrolments', 'mfa.codes']
    const boxed = auth.secretBox('mfa.factors').hash('user-ada')
    const stored = await auth.stores.documents?.find({
      namespace: namespaces[0] ?? '',
      id: boxed,
      now: clock(),
    })
    expect(JSON.stringify(stored)).toContain('•• 23')
    for (const seen of [list, stored, events]) expect(JSON.stringify(seen)).not.toContain('4155550123')
  })
})

describe('a code', () => {
  // covers ASVS-6.6.2
  it('belongs to one login, of one account, and one purpose', async () => {
    const deployment = deployCodes()
    const { factors, mailbox, clock } = deployment
    const { principal } = await enrol(deployment)
    await enrol(deployment, 'sms', '+14155550199', 'user-eve')
    const sent = await factors.sendCode(LOGIN, { channel: 'sms' })
    expect(sent).toMatchObject({ channel: 'sms', sentTo: '•• 23', expiresAt: clock() + 600_000 })
    expect(mailbox.messages.at(-1)).toMatchObject({ purpose: 'login', to: PHONE })
    const code = mailbox.code()
    expect(await verify(deployment, code, { ...LOGIN, loginId: 'login-2' })).toBe(REFUSED)
    expect(await verify(deployment, code, { ...LOGIN, subject: 'user-eve' })).toBe(REFUSED)
    expect(await verify(deployment, code, LOGIN, 'email')).toBe(REFUSED)
    expect(await outcomeOf(factors.verifyStepUp(principal, { method: 'sms', code }))).toBe(REFUSED)
    expect(await verify(deployment, `${code.slice(0, 3)} ${code.slice(3)}`)).toEqual({ amr: ['otp', 'sms'] })
    expect(await verify(deployment, code)).toBe(REFUSED)
  })

  it('by e-mail is a one-time password, and steps a session up', async () => {
    const deployment = deployCodes({ acr: { email: 'urn:example:1' } })
    const { factors, mailbox } = deployment
    const { principal } = await enrol(deployment, 'email')
    await factors.sendCode(factors.stepUpLogin(principal), { channel: 'email' })
    expect(mailbox.messages.at(-1)).toMatchObject({ purpose: 'step_up', to: EMAIL })
    const proof = { method: 'email', code: mailbox.code() }
    expect(await verify(deployment, mailbox.code(), LOGIN, 'email')).toBe(REFUSED)
    expect(await factors.verifyStepUp(principal, proof)).toMatchObject({
      amr: ['pwd', 'otp', 'mfa'],
      acr: 'urn:example:1',
    })
  })

  // covers ASVS-6.5.5
  it('lives ten minutes at most, and until the next one', async () => {
    const deployment = deployCodes()
    const { factors, mailbox, clock } = deployment
    await enrol(deployment)
    await factors.sendCode(LOGIN, { channel: 'sms' })
    const first = mailbox.code()
    clock.advance(30)
    await factors.sendCode(LOGIN, { channel: 'sms' })
    const second = mailbox.code()
    expect(first).not.toBe(second)
    expect(await verify(deployment, first)).toBe(REFUSED)
    clock.advance(600)
    expect(await verify(deployment, second)).toBe(REFUSED)
  })

  // covers ASVS-6.6.3
  it('stands five guesses of 200 at once, and then not the right one either', async () => {
    const deployment = deployCodes()
    const { factors, mailbox, clock } = deployment
    await enrol(deployment)
    await factors.sendCode(LOGIN, { channel: 'sms' })
    const right = mailbox.code()
    const guesses = Array.from({ length: 200 }, (_, index) => String(index).padStart(6, '0'))
    const wrong = guesses.filter(guess => guess !== right)
    await Promise.all(wrong.map(guess => verify(deployment, guess)))
    expect(await verify(deployment, right)).toBe(REFUSED)
    clock.advance(599)
    expect(await verify(deployment, right)).toBe(REFUSED)
  })

  // covers ASVS-6.5.1
  it('counts once of 50', async () => {
    const deployment = deployCodes({}, createMailbox({ maxAttempts: 10, digits: 8 }))
    const { factors, mailbox } = deployment
    await enrol(deployment)
    await factors.sendCode(LOGIN, { channel: 'sms' })
    expect(mailbox.code()).toMatch(/^[0-9]{8}$/)
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => verify(deployment, mailbox.code())))
    expect(countPassed(outcomes)).toBe(1)
  })

  it.each([undefined, null, 123_456, '', {}, [], '1'.repeat(33), 'abcdef'])('is none: %j', async code => {
    const deployment = deployCodes()
    await enrol(deployment)
    await deployment.factors.sendCode(LOGIN, { channel: 'sms' })
    expect(await verify(deployment, code)).toBe(REFUSED)
  })

  it('goes to the number that was chosen', async () => {
    const deployment = deployCodes()
    const { factors, mailbox, clock } = deployment
    await enrol(deployment)
    const { factor } = await enrol(deployment, 'sms', '+14155550199')
    await factors.sendCode(LOGIN, { channel: 'sms', factorId: factor.factorId })
    expect(mailbox.messages.at(-1)?.to).toBe('+14155550199')
    expect(await verify(deployment, mailbox.code())).toMatchObject({ amr: ['otp', 'sms'] })
    clock.advance(60)
    for (const options of [{ channel: 'email' }, { channel: 'sms', factorId: 'x' }] as const)
      expect(await outcomeOf(factors.sendCode(LOGIN, options))).toBe('factor_not_found')
    for (const channel of ['fax', undefined, 7] as never[])
      expect(await outcomeOf(factors.sendCode(LOGIN, { channel }))).toBe('argument_invalid')
  })
})

// covers ASVS-6.6.3
describe('sending', () => {
  it('pauses, and is limited by login, destination and account', async () => {
    const deployment = deployCodes()
    const { factors, clock, mailbox } = deployment
    await enrol(deployment)
    const send = (login = LOGIN) => outcomeOf(factors.sendCode(login, { channel: 'sms' }))
    const sendAfterPause = async (login = LOGIN) => {
      clock.advance(30)
      return send(login)
    }
    expect(await send()).toMatchObject({ channel: 'sms' })
    const tooSoon = await factors.sendCode(LOGIN, { channel: 'sms' }).catch((error: unknown) => error)
    expect(tooSoon).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 30 })
    expect([await sendAfterPause(), await sendAfterPause()]).toMatchObject([{}, {}])
    expect(await sendAfterPause()).toBe('rate_limited')
    const others = ['login-2', 'login-3', 'login-4'].map(loginId => ({ ...LOGIN, loginId }))
    const outcomes = []
    for (const login of others) outcomes.push(await sendAfterPause(login))
    // one of the five an hour was spent on the enrolment
    expect(countPassed(outcomes)).toBe(1)
    expect(mailbox.messages).toHaveLength(5)
  })

  it('to many numbers ends after ten a day', async () => {
    const deployment = deployCodes()
    const { factors, logIn, mailbox } = deployment
    for (let index = 10; index < 30; index += 1) {
      const to = `+141555501${index}`
      await outcomeOf(factors.startCode(await logIn(), { channel: 'sms', to }))
    }
    expect(mailbox.messages).toHaveLength(10)
  })

  it('is one message of 50 requests at once', async () => {
    const deployment = deployCodes()
    await enrol(deployment)
    const { factors, mailbox } = deployment
    const calls = Array.from({ length: 50 }, () => outcomeOf(factors.sendCode(LOGIN, { channel: 'sms' })))
    expect(countPassed(await Promise.all(calls))).toBe(1)
    expect(mailbox.messages).toHaveLength(2)
  })

  it.each(['failure', 'throw', 'silence'] as const)(
    'that meets with %s is an outage that tells nothing',
    async fate => {
      const deployment = deployCodes()
      const { factors, mailbox, events, eventsOf } = deployment
      await enrol(deployment)
      mailbox.meet(fate)
      const call = factors.sendCode(LOGIN, { channel: 'sms' }).catch((error: unknown) => error)
      while (mailbox.messages.length < 2) await Promise.resolve()
      mailbox.runOut()
      const error = await call
      expect(error).toMatchObject({ code: 'code_delivery_failed' })
      expect(Object(error).cause).toBeUndefined()
      expect(mailbox.waits).toEqual([10_000, 10_000])
      expect(eventsOf('factor.code_delivery_failed')).toMatchObject([{ subject: 'user-ada', method: 'sms' }])
      for (const seen of [error, events]) {
        expect(inspect(seen, { depth: 9 })).not.toContain(mailbox.code())
        expect(inspect(seen, { depth: 9 })).not.toContain(PHONE)
      }
    },
  )

  it('whose time is over before it began fails too', async () => {
    const mailbox = createMailbox({
      createTimeout: () => AbortSignal.abort(),
      send: () => new Promise(() => {}),
    })
    const { factors, logIn } = deploy({ codes: mailbox.options })
    const call = factors.startCode(await logIn(), { channel: 'sms', to: PHONE })
    expect(await outcomeOf(call)).toBe('code_delivery_failed')
  })

  it('without the option is an error of the developer', async () => {
    const { factors, logIn } = deploy()
    const principal = await logIn()
    const start = factors.startCode(principal, { channel: 'sms', to: PHONE })
    expect(await outcomeOf(start)).toBe('config_invalid')
    expect(await outcomeOf(factors.sendCode(LOGIN, { channel: 'sms' }))).toBe('config_invalid')
    const confirm = { factorId: 'a'.repeat(32), code: '123456' }
    expect(await outcomeOf(factors.confirmCode(principal, confirm))).toBe('factor_enrolment_invalid')
    expect(await outcomeOf(factors.verify('user-ada', { method: 'sms', code: '123456' }, LOGIN))).toBe(
      REFUSED,
    )
  })

  it('by one channel alone refuses the other', async () => {
    const mailbox = createMailbox({ channels: ['email'] })
    const { factors, logIn } = deployCodes({}, mailbox)
    expect(factors.methods).toEqual(['totp', 'hotp', 'email'])
    const start = factors.startCode(await logIn(), { channel: 'sms', to: PHONE })
    expect(await outcomeOf(start)).toBe('argument_invalid')
  })
})
