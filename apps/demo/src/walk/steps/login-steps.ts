import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { readText } from '../answer.js'
import { decodeHeader } from '../forged-tokens.js'
import type { WalkStep } from '../step.js'
import { expectTokens, postLogin } from './log-in.js'

/** From nobody to somebody with an access token. */
export const LOGIN_STEPS: readonly WalkStep[] = [
  {
    title: 'Register a user',
    why: 'The password is hashed with argon2id, and must be long; nothing else is asked of it (NIST SP 800-63B).',
    run: async step => {
      // data are kept between walks, so each one brings a user of its own
      const email = `walker-${randomBytes(4).toString('hex')}@example.com`
      const short = { identifier: email, password: 'Tr0ub4dor&3' }
      step.expect(await step.call({ method: 'POST', path: '/auth/register', json: short }), {
        status: 400,
        body: { code: 'password_too_short' },
      })
      const password = randomBytes(15).toString('base64url')
      const json = { identifier: email, password }
      const answer = await step.call({ method: 'POST', path: '/auth/register', json })
      step.expect(answer, { status: 201 })
      step.keep('email', email)
      step.keep('password', password)
      step.keep('userId', readText(answer.body, 'subject'))
    },
  },
  {
    title: 'A wrong password and an unknown user get the same answer',
    why: 'Else the login would tell strangers who has an account here. Both take the same work, too.',
    run: async step => {
      const password = 'not the password of anybody'
      const wrong = await postLogin(step, { email: step.kept('email'), password })
      const unknown = await postLogin(step, { email: 'stranger@example.com', password })
      step.expect(wrong, { status: 401, challenge: 'Bearer', body: { code: 'login_failed' } })
      step.check(isDeepStrictEqual(wrong, unknown), 'the two answers differ')
    },
  },
  {
    title: 'Log in',
    why: 'A session begins: a short-lived access token, and a refresh token to replace it.',
    run: async step => {
      const answer = await postLogin(step, { email: step.kept('email'), password: step.kept('password') })
      const { accessToken, refreshToken } = expectTokens(step, answer)
      const { alg, typ } = decodeHeader(accessToken)
      step.check(alg === 'RS256' && typ === 'at+jwt', 'the token is no RS256 access token (RFC 9068)')
      step.keep('accessToken', accessToken)
      step.keep('refreshToken', refreshToken)
      step.keep('deviceToken', readText(answer.body, 'device_token'))
    },
  },
  {
    title: 'Call with the access token',
    why: 'The signature says who is calling; no password travels, and nothing is written to verify it.',
    run: async step => {
      const answer = await step.call({ path: '/api/me', bearer: step.kept('accessToken') })
      step.expect(answer, {
        status: 200,
        body: { subject: step.kept('userId'), method: 'access_token', roles: [] },
      })
    },
  },
  {
    title: 'Call without credentials',
    why: 'A bare challenge (RFC 6750 section 3.1): there is no error where nothing was presented.',
    run: async step => {
      step.expect(await step.call({ path: '/api/me' }), {
        status: 401,
        challenge: 'Bearer realm="api"',
        challengeWithout: 'error',
        body: { code: 'credentials_missing' },
      })
    },
  },
  {
    title: 'A role that the user lacks is refused with 403',
    why: 'The caller is known, and it is not for them: logging in again would not help.',
    run: async step => {
      const answer = await step.call({ path: '/api/admin/users', bearer: step.kept('accessToken') })
      step.expect(answer, { status: 403, body: { status: 403, code: 'insufficient_role' } })
    },
  },
  {
    title: 'An admin passes',
    why: 'Roles come from the login and stand in the signed token, so no route asks a database for them.',
    run: async step => {
      const login = await postLogin(step, step.admin)
      const { accessToken } = expectTokens(step, login)
      step.keep('adminToken', accessToken)
      const answer = await step.call({ path: '/api/admin/users', bearer: accessToken })
      step.expect(answer, {
        status: 200,
        body: { 'users.0.email': step.admin.email, 'users.0.roles': ['admin'] },
      })
    },
  },
]
