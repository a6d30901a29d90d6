import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type Answer, findMember, readList } from '../answer.js'
import type { StepContext, WalkStep } from '../step.js'
import { expectRefusedToken, postLogin } from './log-in.js'
import { startLogin } from './second-factor-steps.js'

/** A forgotten password, without help for whoever pretends to have forgotten it. */
export const PASSWORD_RESET_STEPS: readonly WalkStep[] = [
  {
    title: 'Ask for a reset',
    why: 'One answer for everybody: it does not tell who has an account.',
    run: async step => {
      const known = await askForReset(step, step.kept('personEmail'))
      const unknown = await askForReset(step, 'stranger@example.com')
      step.expect(known, { status: 202 })
      step.check(isDeepStrictEqual(known, unknown), 'the two answers differ')
    },
  },
  {
    title: 'The mail is shown, and not sent',
    why: 'Whoever runs the demo may read it. The token stands behind the # of a link, where no server logs it.',
    run: async step => {
      const answer = await step.call({ path: '/api/admin/mails', bearer: step.kept('adminToken') })
      step.expect(answer, { status: 200, body: { 'mails.0.to': step.kept('personEmail') } })
      const [mail] = readList(answer.body, 'mails')
      const [, token = ''] = /#reset=(\S+)$/.exec(String(findMember(mail, 'text'))) ?? []
      step.check(token.startsWith('pr_'), 'the mail holds no token')
      step.keep('resetToken', token)
    },
  },
  {
    title: 'A weak password is refused and does not use the link up',
    why: 'The policy is asked first; whoever chose badly must not ask for another mail.',
    run: async step => {
      step.expect(await reset(step, 'AuthCore demo 2026!'), {
        status: 400,
        body: { code: (code: unknown) => String(code).startsWith('password_') },
      })
    },
  },
  {
    title: 'Set a new password: every session ends',
    why: 'Whoever else knew the old password is out at once, in the same moment in which it changes.',
    run: async step => {
      const former = { email: step.kept('personEmail'), password: step.kept('personPassword') }
      const password = randomBytes(15).toString('base64url')
      step.expect(await reset(step, password), { status: 204 })
      step.keep('personPassword', password)
      await expectRefusedToken(step, step.kept('personAccessToken'), 'token_revoked')
      step.expect(await postLogin(step, former), {
        status: 401,
        challenge: 'Bearer',
        body: { code: 'login_failed' },
      })
    },
  },
  {
    title: 'The link works once',
    why: 'And any change of the password makes older links void.',
    run: async step => {
      step.expect(await reset(step, randomBytes(15).toString('base64url')), {
        status: 400,
        body: { code: 'password_reset_invalid' },
      })
    },
  },
  {
    title: 'A reset does not get past the second factor',
    why: 'Who reads somebody’s mail has the password now, and is still asked for the code of the phone.',
    run: async step => {
      await startLogin(step)
    },
  },
]

function askForReset(step: StepContext, identifier: string): Promise<Answer> {
  return step.call({ method: 'POST', path: '/auth/password/reset-request', json: { identifier } })
}

function reset(step: StepContext, newPassword: string): Promise<Answer> {
  const json = { token: step.kept('resetToken'), new_password: newPassword }
  return step.call({ method: 'POST', path: '/auth/password/reset', json })
}
