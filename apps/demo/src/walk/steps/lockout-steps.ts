import { isDeepStrictEqual } from 'node:util'
import type { Answer } from '../answer.js'
import type { StepContext, WalkStep } from '../step.js'
import { expectTokens, postLogin } from './log-in.js'

/** At once; then one in twelve seconds. */
const ATTEMPTS = 5
const WAIT_SECONDS = 13

/** Guessing is slowed down, and nobody is locked out for good. */
export const LOCKOUT_STEPS: readonly WalkStep[] = [
  {
    title: 'Guesses run into the lockout, and nobody can tell',
    why: 'Counted before anything is verified. The right password gets the same answer now: guessing is over.',
    run: async step => {
      const answers: Answer[] = []
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        answers.push(await tryPassword(step, `guess ${attempt} of a stranger`))
      }
      answers.push(await tryPassword(step, step.kept('password')))
      for (const answer of answers) {
        step.expect(answer, { status: 401, challenge: 'Bearer', body: { code: 'login_failed' } })
        step.check(isDeepStrictEqual(answer, answers[0]), 'the lockout can be told from a wrong password')
      }
    },
  },
  {
    title: 'The device of the owner goes on',
    why: 'It keeps a token of an earlier login that opens nothing; so no stranger can lock its owner out.',
    run: async step => {
      const json = {
        identifier: step.kept('email'),
        password: step.kept('password'),
        device_token: step.kept('deviceToken'),
      }
      expectTokens(step, await step.call({ method: 'POST', path: '/auth/login', json }))
    },
  },
  {
    title: 'The lockout ends by itself',
    why: 'Each limit opens again: five guesses at once, then one in twelve seconds, then fewer.',
    run: async step => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        await tryPassword(step, `another guess ${attempt}`)
      }
      const refused = await tryPassword(step, step.kept('password'))
      step.expect(refused, { status: 401, challenge: 'Bearer', body: { code: 'login_failed' } })
      await step.advanceClock(WAIT_SECONDS, 'the next attempt is due')
      expectTokens(step, await tryPassword(step, step.kept('password')))
    },
  },
]

function tryPassword(step: StepContext, password: string): Promise<Answer> {
  return postLogin(step, { email: step.kept('email'), password })
}
