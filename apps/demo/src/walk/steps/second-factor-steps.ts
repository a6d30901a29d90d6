import { randomBytes } from 'node:crypto'
import { type Answer, findMember, readList, readText } from '../answer.js'
import { guessCode, showCode } from '../one-time-code.js'
import type { StepContext, WalkStep } from '../step.js'
import { expectTokens, postLogin } from './log-in.js'

/** A code counts for this long, and each once. */
const STEP_SECONDS = 30
/** Enrolments and pending logins say when they end; so the walk knows the time of the demo. */
const ENROLMENT_SECONDS = 600
const PENDING_SECONDS = 300
const FRESH_SECONDS = 300

/** An authenticator app, recovery codes, and what they are asked for. */
export const SECOND_FACTOR_STEPS: readonly WalkStep[] = [
  {
    title: 'Enrol an authenticator app',
    why: 'A page shows the QR code, the app its first code: the factor counts once that came back.',
    run: async step => {
      const person = createPerson()
      step.keep('personEmail', person.email)
      step.keep('personPassword', person.password)
      const json = { identifier: person.email, password: person.password }
      step.expect(await step.call({ method: 'POST', path: '/auth/register', json }), { status: 201 })
      const { accessToken } = expectTokens(step, await postLogin(step, person))
      step.keep('personAccessToken', accessToken)
      const started = await step.call({
        method: 'POST',
        path: '/auth/factors/totp',
        bearer: accessToken,
        json: { name: 'phone' },
      })
      step.expect(started, { status: 201, body: { qr_code: isSvg, uri: isKeyUri } })
      const secret = readText(started.body, 'secret')
      step.keep('totpSecret', secret)
      step.keep('usedCode', showCode(secret, readStart(started, ENROLMENT_SECONDS)))
      const confirmed = await step.call({
        method: 'POST',
        path: '/auth/factors/totp/confirm',
        bearer: accessToken,
        json: { factor_id: readText(started.body, 'factor_id'), code: step.kept('usedCode') },
      })
      step.expect(confirmed, { status: 201, body: { method: 'totp', name: 'phone' } })
    },
  },
  {
    title: 'Take recovery codes',
    why: 'For the day when the phone is lost: shown once, kept as hashes.',
    run: async step => {
      const bearer = step.kept('personAccessToken')
      const answer = await step.call({ method: 'POST', path: '/auth/factors/recovery-codes', bearer })
      step.expect(answer, { status: 201 })
      step.check(readList(answer.body, 'recovery_codes').length === 10, 'these are not ten codes')
      step.keep('recoveryCode', readText(answer.body, 'recovery_codes', 0))
      const factors = await step.call({ path: '/auth/factors', bearer })
      step.expect(factors, { status: 200, body: { 'factors.0.name': 'phone', recovery_codes_left: 10 } })
    },
  },
  {
    title: 'The password alone opens nothing any more',
    why: 'It brings a pending login of five minutes, which no route takes for anything else.',
    run: async step => {
      const pending = await startLogin(step)
      const bearer = readText(pending.body, 'pending_token')
      step.expect(await step.call({ path: '/api/me', bearer }), {
        status: 401,
        challenge: 'error="invalid_token"',
        body: { code: 'token_malformed' },
      })
    },
  },
  {
    title: 'A wrong code is refused, the right one logs in',
    why: 'A wrong code leaves the pending login as it is. The session says what was proved.',
    run: async step => {
      await step.advanceClock(STEP_SECONDS, 'the app shows the next code')
      const pending = await startLogin(step)
      const secret = step.kept('totpSecret')
      const now = readStart(pending, PENDING_SECONDS)
      expectFailedLogin(step, await complete(step, pending, { method: 'totp', code: guessCode(secret, now) }))
      const code = showCode(secret, now)
      const { accessToken } = expectTokens(step, await complete(step, pending, { method: 'totp', code }))
      step.keep('usedCode', code)
      step.keep('personAccessToken', accessToken)
      const sessions = await step.call({ path: '/auth/sessions', bearer: accessToken })
      step.expect(sessions, { status: 200 })
      const current = readList(sessions.body, 'sessions').find(session => findMember(session, 'current'))
      step.check(String(findMember(current, 'amr')) === 'pwd,otp,mfa', 'the session lacks what was proved')
    },
  },
  {
    title: 'The same code opens nothing a second time',
    why: 'Whoever looks over a shoulder has 30 seconds, and comes too late.',
    run: async step => {
      const pending = await startLogin(step)
      const proof = { method: 'totp', code: step.kept('usedCode') }
      expectFailedLogin(step, await complete(step, pending, proof))
    },
  },
  {
    title: 'A recovery code stands in for the lost phone, once',
    why: 'It is used up by the login that it opens.',
    run: async step => {
      const proof = { method: 'recovery_code', code: step.kept('recoveryCode') }
      expectTokens(step, await complete(step, await startLogin(step), proof))
      expectFailedLogin(step, await complete(step, await startLogin(step), proof))
    },
  },
  {
    title: 'Factors are for fresh logins; a step-up makes an old one fresh',
    why: 'Whoever finds an open laptop must not add a phone of theirs (RFC 9470 tells the client what to do).',
    run: async step => {
      const bearer = step.kept('personAccessToken')
      await step.advanceClock(FRESH_SECONDS + 1, 'the login is five minutes old')
      step.expect(await step.call({ path: '/auth/factors', bearer }), {
        status: 401,
        challenge: 'error="insufficient_user_authentication"',
        body: { code: 'authentication_too_old' },
      })
      // a login that is begun tells the time of the demo
      const now = readStart(await startLogin(step), PENDING_SECONDS)
      const proof = { method: 'totp', code: showCode(step.kept('totpSecret'), now) }
      const stepUp = await step.call({ method: 'POST', path: '/auth/step-up', bearer, json: { proof } })
      step.expect(stepUp, { status: 200, body: { token_type: 'Bearer' } })
      const fresh = readText(stepUp.body, 'access_token')
      step.expect(await step.call({ path: '/auth/factors', bearer: fresh }), {
        status: 200,
        body: { 'factors.0.method': 'totp', recovery_codes_left: 9 },
      })
      step.keep('personAccessToken', fresh)
    },
  },
]

/** Data are kept between walks, so each one brings people of its own. */
function createPerson(): { readonly email: string; readonly password: string } {
  return {
    email: `walker-${randomBytes(4).toString('hex')}@example.com`,
    password: randomBytes(15).toString('base64url'),
  }
}

/** The first step of a login, which waits for the second one. */
export async function startLogin(step: StepContext): Promise<Answer> {
  const person = { email: step.kept('personEmail'), password: step.kept('personPassword') }
  const answer = await postLogin(step, person)
  step.expect(answer, {
    status: 202,
    body: {
      outcome: 'second_factor_required',
      methods: (methods: unknown) => String(methods).includes('totp'),
    },
  })
  return answer
}

function complete(
  step: StepContext,
  pending: Answer,
  proof: Readonly<Record<string, string>>,
): Promise<Answer> {
  const json = { pending_token: readText(pending.body, 'pending_token'), proof }
  return step.call({ method: 'POST', path: '/auth/login/complete', json })
}

function expectFailedLogin(step: StepContext, answer: Answer): void {
  step.expect(answer, { status: 401, challenge: 'Bearer', body: { code: 'login_failed' } })
}

/** When something was begun that says when it ends, in epoch seconds. */
function readStart(answer: Answer, lifetimeSeconds: number): number {
  return Number(findMember(answer.body, 'expires_at')) - lifetimeSeconds
}

function isSvg(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('<svg ') && value.endsWith('</svg>')
}

function isKeyUri(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('otpauth://totp/')
}
