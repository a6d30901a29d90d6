import type { WalkStep } from '../step.js'
import { expectRefusedToken, expectTokens, refresh } from './log-in.js'

const GRACE_SECONDS = 10

/** Rotation: a lost answer does no harm, a stolen token ends the session. */
export const REFRESH_STEPS: readonly WalkStep[] = [
  {
    title: 'Refresh',
    why: 'Both tokens are replaced: from one refresh token there is at most one successor.',
    run: async step => {
      const presented = step.kept('refreshToken')
      const former = step.kept('accessToken')
      const tokens = expectTokens(step, await refresh(step, presented))
      step.check(tokens.refreshToken !== presented, 'the refresh token was not replaced')
      step.check(tokens.accessToken !== former, 'the access token was not replaced')
      step.keep('replacedRefreshToken', presented)
      step.keep('refreshToken', tokens.refreshToken)
      step.keep('accessToken', tokens.accessToken)
    },
  },
  {
    title: 'The same refresh token again, within the grace time, gets the same successor',
    why: 'The first answer may have been lost on its way; that must not sign anybody out.',
    run: async step => {
      const answer = await refresh(step, step.kept('replacedRefreshToken'))
      const { refreshToken } = expectTokens(step, answer)
      step.check(refreshToken === step.kept('refreshToken'), 'the successor is another one')
    },
  },
  {
    title: 'The old refresh token after the grace time is theft',
    why: 'Two parties hold the same token, and nobody can tell which is the thief: the session ends.',
    run: async step => {
      await step.advanceClock(GRACE_SECONDS + 1, 'the grace time is over')
      step.expect(await refresh(step, step.kept('replacedRefreshToken')), {
        status: 400,
        body: { error: 'invalid_grant', code: 'refresh_token_reused' },
      })
    },
  },
  {
    title: 'The newest refresh token of that session is dead',
    why: 'Whoever holds it, owner or thief, must log in again.',
    run: async step => {
      step.expect(await refresh(step, step.kept('refreshToken')), {
        status: 400,
        body: { error: 'invalid_grant', code: 'session_revoked' },
      })
    },
  },
  {
    title: 'The access token of that session is dead',
    why: 'Its signature and its time are still good; revocation wins.',
    run: step => expectRefusedToken(step, step.kept('accessToken'), 'token_revoked'),
  },
]
