import { type Answer, readList, readText } from '../answer.js'
import type { StepContext, WalkStep } from '../step.js'

/** Whoever the caller would like to be. */
const SOMEBODY_ELSE = 'user_somebody-else'

/** A request that goes through to another service: the caller is verified once, in front. */
export const GATEWAY_STEPS: readonly WalkStep[] = [
  {
    title: 'The gateway tells the inner service who is calling',
    why: 'The token of the caller stays behind; a signed one for this service, good for a minute, goes on.',
    run: async step => {
      const answer = await step.call({ path: '/gateway/orders', bearer: step.kept('accessToken') })
      expectCaller(step, answer, 'access_token')
      step.expect(answer, { status: 200, body: { 'internal_token.audience': ['urn:authcore-demo:orders'] } })
      step.keep('innerServiceUrl', readText(answer.body, 'service'))
    },
  },
  {
    title: 'A spoofed x-user-id of the caller is dropped',
    why: 'In every spelling: to some servers X_User_Id is X-User-Id. Only what the gateway verified arrives.',
    run: async step => {
      const answer = await step.call({
        path: '/gateway/orders',
        bearer: step.kept('accessToken'),
        headers: { 'X-User-Id': SOMEBODY_ELSE, X_User_Id: SOMEBODY_ELSE },
      })
      expectCaller(step, answer, 'access_token')
      step.check(!JSON.stringify(answer.body).includes(SOMEBODY_ELSE), 'what the caller made up has arrived')
      step.check(!readList(answer.body, 'received').includes('x_user_id'), 'the other spelling has arrived')
    },
  },
  {
    title: 'A caller with an API key becomes an internal token as well',
    why: 'Inner services know one kind of credential, whatever callers come with; the key goes no further.',
    run: async step => {
      const issued = await step.call({
        method: 'POST',
        path: '/auth/api-keys',
        bearer: step.kept('accessToken'),
        json: { name: 'calls through the gateway', scope: 'reports:read' },
      })
      step.expect(issued, { status: 201 })
      const apiKey = readText(issued.body, 'api_key')
      const answer = await step.call({ path: '/gateway/orders', apiKey })
      expectCaller(step, answer, 'api_key')
      step.check(!readList(answer.body, 'received').includes('x-api-key'), 'the API key has arrived')
    },
  },
  {
    title: 'Without credentials nothing reaches the inner service',
    why: 'The gateway answers as every other route does.',
    run: async step => {
      const answer = await step.call({ path: '/gateway/orders', headers: { 'X-User-Id': SOMEBODY_ELSE } })
      step.expect(answer, {
        status: 401,
        challenge: 'Bearer realm="api"',
        body: { code: 'credentials_missing' },
      })
    },
  },
  {
    title: 'Past the gateway an access token opens nothing',
    why: 'The inner service takes internal tokens only, told apart by their type (RFC 8725 section 3.11).',
    run: async step => {
      const answer = await step.call({
        origin: step.kept('innerServiceUrl'),
        path: '/orders',
        bearer: step.kept('accessToken'),
        headers: { 'X-User-Id': SOMEBODY_ELSE },
      })
      step.expect(answer, {
        status: 401,
        challenge: 'error="invalid_token"',
        body: { code: 'token_type_invalid' },
      })
    },
  },
]

/** Checks that the user of the walk has arrived, signed and in plain. */
function expectCaller(step: StepContext, answer: Answer, method: string): void {
  step.expect(answer, {
    status: 200,
    body: {
      'internal_token.subject': step.kept('userId'),
      'internal_token.auth_method': method,
      x_user_id: step.kept('userId'),
    },
  })
}
