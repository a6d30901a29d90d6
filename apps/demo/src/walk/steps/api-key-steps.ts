import { readText } from '../answer.js'
import type { StepContext, WalkStep } from '../step.js'
import { logIn } from './log-in.js'

const OVERLAP_SECONDS = 60

/** A key for a machine: issued, used, rotated, revoked. */
export const API_KEY_STEPS: readonly WalkStep[] = [
  {
    title: 'Log in again and issue an API key',
    why: 'Shown once; the store keeps an HMAC under a pepper. A key can do no more than whoever made it.',
    run: async step => {
      const { accessToken } = await logIn(step)
      step.keep('accessToken', accessToken)
      const answer = await step.call({
        method: 'POST',
        path: '/auth/api-keys',
        bearer: accessToken,
        json: { name: 'nightly build', scope: 'reports:read' },
      })
      step.expect(answer, { status: 201, body: { name: 'nightly build', scope: 'reports:read' } })
      const apiKey = readText(answer.body, 'api_key')
      step.check(apiKey.startsWith('sk_live_'), 'the key does not begin with sk_live_')
      step.keep('apiKey', apiKey)
      step.keep('apiKeyId', readText(answer.body, 'id'))
    },
  },
  {
    title: 'Use the API key',
    why: 'One route for keys only, one for keys and tokens: the policy of the route decides.',
    run: async step => {
      await expectGoodKey(step, step.kept('apiKey'))
      const answer = await step.call({ path: '/api/reports', apiKey: step.kept('apiKey') })
      step.expect(answer, { status: 200, body: { 'read_by.method': 'api_key' } })
    },
  },
  {
    title: 'A scope that the key lacks is refused with 403',
    why: 'The challenge names the scope that is missing (RFC 6750 section 3.1).',
    run: async step => {
      const answer = await step.call({ method: 'POST', path: '/api/reports', apiKey: step.kept('apiKey') })
      step.expect(answer, {
        status: 403,
        challenge: 'error="insufficient_scope"',
        body: { code: 'insufficient_scope' },
      })
      step.check(answer.challenge.includes('scope="reports:write"'), 'the challenge lacks the scope')
    },
  },
  {
    title: 'Rotate the API key with an overlap',
    why: 'Both keys work until the machines have the new one; nobody has to stop the world.',
    run: async step => {
      const former = step.kept('apiKey')
      const answer = await step.call({
        method: 'POST',
        path: `/auth/api-keys/${step.kept('apiKeyId')}/rotate`,
        bearer: step.kept('accessToken'),
        json: { overlap_seconds: OVERLAP_SECONDS },
      })
      step.expect(answer, { status: 201, body: { 'predecessor.id': step.kept('apiKeyId') } })
      const apiKey = readText(answer.body, 'api_key')
      step.check(apiKey !== former, 'the key was not replaced')
      step.keep('replacedApiKey', former)
      step.keep('apiKey', apiKey)
      step.keep('apiKeyId', readText(answer.body, 'id'))
      await expectGoodKey(step, former)
      await expectGoodKey(step, apiKey)
    },
  },
  {
    title: 'After the overlap only the new key works',
    why: 'The end of the old key needs nobody to remember it.',
    run: async step => {
      await step.advanceClock(OVERLAP_SECONDS + 1, 'the overlap is over')
      await expectBadKey(step, step.kept('replacedApiKey'))
      await expectGoodKey(step, step.kept('apiKey'))
    },
  },
  {
    title: 'Revoke the API key',
    why: 'It is refused from the next call on. Expired, revoked and unknown keys get one and the same answer.',
    run: async step => {
      const path = `/auth/api-keys/${step.kept('apiKeyId')}`
      const answer = await step.call({ method: 'DELETE', path, bearer: step.kept('accessToken') })
      step.expect(answer, { status: 204 })
      await expectBadKey(step, step.kept('apiKey'))
    },
  },
]

async function expectGoodKey(step: StepContext, apiKey: string): Promise<void> {
  step.expect(await step.call({ path: '/api/machine', apiKey }), {
    status: 200,
    body: { subject: step.kept('userId'), method: 'api_key', scope: 'reports:read' },
  })
}

async function expectBadKey(step: StepContext, apiKey: string): Promise<void> {
  step.expect(await step.call({ path: '/api/machine', apiKey }), {
    status: 401,
    challenge: 'error="invalid_token"',
    body: { code: 'api_key_invalid' },
  })
}
