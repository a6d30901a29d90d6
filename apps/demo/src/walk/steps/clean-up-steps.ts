import { findMember, readList } from '../answer.js'
import type { WalkStep } from '../step.js'
import { expectTokens, logIn, postLogin, refresh } from './log-in.js'

const KEYS = 7
const KEY_SECONDS = 60
const BATCH_SIZE = 3

/** Expired rows are never used, only in the way. */
export const CLEAN_UP_STEPS: readonly WalkStep[] = [
  {
    title: 'Expired rows are deleted in bounded batches',
    why: 'No statement holds locks for long, however much has piled up; the demo does this once a minute.',
    run: async step => {
      const { accessToken, refreshToken } = await logIn(step)
      step.keep('refreshToken', refreshToken)
      for (let count = 1; count <= KEYS; count += 1) {
        const json = { name: `short-lived ${count}`, expires_in: KEY_SECONDS }
        const issued = await step.call({ method: 'POST', path: '/auth/api-keys', bearer: accessToken, json })
        step.expect(issued, { status: 201 })
      }
      await step.advanceClock(KEY_SECONDS, 'the keys have expired')

      const login = await postLogin(step, step.admin)
      step.keep('adminToken', expectTokens(step, login).accessToken)
      const answer = await step.call({
        method: 'POST',
        path: '/api/admin/clean-up',
        bearer: step.kept('adminToken'),
        json: { batch_size: BATCH_SIZE },
      })
      step.expect(answer, { status: 200 })
      const batches = readList(answer.body, 'batches').map(Number)
      step.check(Number(findMember(answer.body, 'removed', 'api_keys')) >= KEYS, 'expired keys are left')
      step.check(
        batches.every(removed => removed <= BATCH_SIZE),
        'a batch is larger than it may be',
      )
      step.check(batches.filter(removed => removed === BATCH_SIZE).length >= 2, 'it was no work of batches')
    },
  },
  {
    title: 'A second clean-up finds no expired key, and what lives is untouched',
    why: 'Any number of cleaners may run; none of them deletes what somebody could still use.',
    run: async step => {
      const answer = await step.call({
        method: 'POST',
        path: '/api/admin/clean-up',
        bearer: step.kept('adminToken'),
      })
      step.expect(answer, { status: 200, body: { 'removed.api_keys': 0 } })
      expectTokens(step, await refresh(step, step.kept('refreshToken')))
      step.expect(await step.call({ path: '/api/machine', apiKey: step.kept('apiKey') }), {
        status: 200,
        body: { subject: step.kept('userId') },
      })
    },
  },
]
