import { findMember, readList } from '../answer.js'
import type { WalkStep } from '../step.js'
import { expectRefusedToken, logIn, refresh } from './log-in.js'

/** One device, then all of them. */
export const SIGN_OUT_STEPS: readonly WalkStep[] = [
  {
    title: 'Two devices log in',
    why: 'Each login is a session of its own, and the user can see them all.',
    run: async step => {
      const phone = await logIn(step, 'phone')
      const laptop = await logIn(step, 'laptop')
      step.keep('phoneAccessToken', phone.accessToken)
      step.keep('phoneRefreshToken', phone.refreshToken)
      step.keep('laptopAccessToken', laptop.accessToken)
      step.keep('laptopRefreshToken', laptop.refreshToken)
      const answer = await step.call({ path: '/auth/sessions', bearer: laptop.accessToken })
      const labels = readList(answer.body, 'sessions').map(session => findMember(session, 'label'))
      step.expect(answer, {
        status: 200,
        body: { 'sessions.0.label': 'laptop', 'sessions.0.current': true },
      })
      step.check(labels.includes('phone'), 'the session of the phone is missing')
    },
  },
  {
    title: 'Log out of one session',
    why: 'The refresh token says which; no other session is touched.',
    run: async step => {
      const json = { refresh_token: step.kept('phoneRefreshToken') }
      const answer = await step.call({ method: 'POST', path: '/auth/logout', json })
      step.expect(answer, { status: 204 })
      await expectRefusedToken(step, step.kept('phoneAccessToken'), 'token_revoked')
      const other = await step.call({ path: '/api/me', bearer: step.kept('laptopAccessToken') })
      step.expect(other, { status: 200, body: { subject: step.kept('userId') } })
    },
  },
  {
    title: 'Sign out everywhere',
    why: 'One call, and every access token and refresh token that was issued before it is refused.',
    run: async step => {
      const tablet = await logIn(step, 'tablet')
      const bearer = step.kept('laptopAccessToken')
      const answer = await step.call({ method: 'POST', path: '/auth/sessions/revoke-all', bearer })
      step.expect(answer, { status: 200 })
      step.check(readList(answer.body, 'revoked').length >= 2, 'fewer sessions ended than were alive')
      await expectRefusedToken(step, bearer, 'token_revoked')
      await expectRefusedToken(step, tablet.accessToken, 'token_revoked')
      step.expect(await refresh(step, step.kept('laptopRefreshToken')), {
        status: 400,
        body: { error: 'invalid_grant', code: 'session_revoked' },
      })
    },
  },
  {
    title: 'Logging in right afterwards works',
    why: 'What is issued after signing out everywhere is good, also within the same second.',
    run: async step => {
      const { accessToken, refreshToken } = await logIn(step)
      const answer = await step.call({ path: '/api/me', bearer: accessToken })
      step.expect(answer, { status: 200, body: { subject: step.kept('userId') } })
      step.keep('accessToken', accessToken)
      step.keep('refreshToken', refreshToken)
    },
  },
]
