import { findMember, readList, readText } from '../answer.js'
import { decodeHeader } from '../forged-tokens.js'
import type { StepContext, WalkStep } from '../step.js'
import { expectRefusedToken, expectTokens, logIn, refresh } from './log-in.js'

const GRACE_SECONDS = 10

/** A restart forgets nothing: not who is good, and not who is bad. */
export const RESTART_STEPS: readonly WalkStep[] = [
  {
    title: 'Leave a session, a stolen refresh token, an ended session and an API key behind',
    why: 'What comes after the restart must find each of them as it was.',
    run: async step => {
      const kept = await logIn(step)
      step.keep('accessToken', kept.accessToken)
      step.keep('refreshToken', kept.refreshToken)

      const stolen = await logIn(step)
      const successor = expectTokens(step, await refresh(step, stolen.refreshToken))
      step.keep('stolenRefreshToken', stolen.refreshToken)
      step.keep('stolenSuccessor', successor.refreshToken)
      step.keep('stolenAccessToken', successor.accessToken)

      const ended = await logIn(step)
      const json = { refresh_token: ended.refreshToken }
      step.expect(await step.call({ method: 'POST', path: '/auth/logout', json }), { status: 204 })
      step.keep('endedAccessToken', ended.accessToken)
      step.keep('endedRefreshToken', ended.refreshToken)

      const issued = await step.call({
        method: 'POST',
        path: '/auth/api-keys',
        bearer: kept.accessToken,
        json: { name: 'outlives the process', scope: 'reports:read' },
      })
      step.expect(issued, { status: 201 })
      step.keep('apiKey', readText(issued.body, 'api_key'))
      step.keep('publishedKeySet', await readKeySet(step))
    },
  },
  {
    title: 'Restart the server',
    why: 'Everything that it held in memory is gone; what follows can only come from the stores.',
    run: step => step.restart(),
  },
  {
    title: 'Tokens from before the restart verify, under the same keys',
    why: 'Signing keys are kept in the store, their private parts encrypted under the root secret.',
    run: async step => {
      const bearer = step.kept('accessToken')
      const answer = await step.call({ path: '/api/me', bearer })
      step.expect(answer, { status: 200, body: { subject: step.kept('userId') } })
      step.check((await readKeySet(step)) === step.kept('publishedKeySet'), 'the key set is another one')
    },
  },
  {
    title: 'The user logs in again, and the same key signs',
    why: 'A process that starts takes the keys that are there and makes none of its own.',
    run: async step => {
      const { kid: former } = decodeHeader(step.kept('accessToken'))
      const { kid } = decodeHeader((await logIn(step)).accessToken)
      step.check(kid === former, 'another key signs')
    },
  },
  {
    title: 'The API key from before the restart works',
    why: 'Its hash is in the store, and the pepper comes from the root secret.',
    run: async step => {
      step.expect(await step.call({ path: '/api/machine', apiKey: step.kept('apiKey') }), {
        status: 200,
        body: { subject: step.kept('userId'), method: 'api_key' },
      })
    },
  },
  {
    title: 'The session goes on',
    why: 'Nobody is signed out because a server was replaced.',
    run: async step => {
      const tokens = expectTokens(step, await refresh(step, step.kept('refreshToken')))
      step.check(tokens.refreshToken !== step.kept('refreshToken'), 'the refresh token was not replaced')
      step.keep('refreshToken', tokens.refreshToken)
      step.keep('accessToken', tokens.accessToken)
    },
  },
  {
    title: 'What was revoked before the restart stays revoked',
    why: 'A revocation that a restart forgets is none.',
    run: async step => {
      await expectRefusedToken(step, step.kept('endedAccessToken'), 'token_revoked')
      step.expect(await refresh(step, step.kept('endedRefreshToken')), {
        status: 400,
        body: { error: 'invalid_grant', code: 'session_revoked' },
      })
    },
  },
  {
    title: 'A refresh token that was replaced before the restart is theft after it',
    why: 'Every old generation is recognised by its own text; the session knows which one is current.',
    run: async step => {
      await step.advanceClock(GRACE_SECONDS + 1, 'the grace time is over')
      step.expect(await refresh(step, step.kept('stolenRefreshToken')), {
        status: 400,
        body: { error: 'invalid_grant', code: 'refresh_token_reused' },
      })
      step.expect(await refresh(step, step.kept('stolenSuccessor')), {
        status: 400,
        body: { error: 'invalid_grant', code: 'session_revoked' },
      })
      await expectRefusedToken(step, step.kept('stolenAccessToken'), 'token_revoked')
    },
  },
]

/** The published keys, as a text to compare. */
async function readKeySet(step: StepContext): Promise<string> {
  const answer = await step.call({ path: '/.well-known/jwks.json' })
  step.expect(answer, { status: 200 })
  return JSON.stringify(
    readList(answer.body, 'keys').map(key => [findMember(key, 'kid'), findMember(key, 'n')]),
  )
}
