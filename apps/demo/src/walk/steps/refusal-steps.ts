import { findMember, readList } from '../answer.js'
import {
  changePayload,
  claimNoAlgorithm,
  decodeHeader,
  flipSignature,
  signWithPublicKey,
} from '../forged-tokens.js'
import type { StepContext, WalkStep } from '../step.js'
import { expectRefusedToken, logIn } from './log-in.js'

const ACCESS_TOKEN_SECONDS = 900

/** What looks like a credential and is none: a status, a challenge and a code, never an echo, never a 500. */
export const REFUSAL_STEPS: readonly WalkStep[] = [
  {
    title: 'A flipped signature is refused',
    why: 'One bit is enough.',
    run: step => expectRefusedToken(step, flipSignature(goodToken(step)), 'token_signature_invalid'),
  },
  {
    title: 'A changed payload is refused',
    why: 'Whoever writes "admin" into a token of theirs breaks its signature.',
    run: step =>
      expectRefusedToken(
        step,
        changePayload(goodToken(step), { roles: ['admin'] }),
        'token_signature_invalid',
      ),
  },
  {
    title: 'alg: none is refused',
    why: 'Without a signature a token is only text; that algorithm does not exist here.',
    run: async step => {
      const token = goodToken(step)
      await expectRefusedToken(step, claimNoAlgorithm(token, ''), 'token_malformed')
      await expectRefusedToken(step, claimNoAlgorithm(token, 'AAAA'), 'token_algorithm_not_allowed')
    },
  },
  {
    title: 'HS256 under the public key is refused',
    why: 'The algorithm belongs to the key, never to the token: else a public key would be a shared secret.',
    run: async step => {
      const token = goodToken(step)
      const keySet = await step.call({ path: '/.well-known/jwks.json' })
      const { kid } = decodeHeader(token)
      const publicJwk = readList(keySet.body, 'keys').find(key => findMember(key, 'kid') === kid)
      step.check(publicJwk !== undefined, 'the key of the token is not in the key set')
      const forged = signWithPublicKey(token, { ...Object(publicJwk) })
      await expectRefusedToken(step, forged, 'token_algorithm_not_allowed')
    },
  },
  {
    title: 'A refresh token as an access token is refused',
    why: 'Each kind of credential opens its own door only.',
    run: step => expectRefusedToken(step, step.kept('refreshToken'), 'token_malformed'),
  },
  {
    title: 'An access token as an API key is refused',
    why: 'The same the other way round, with the one answer that all bad keys get.',
    run: async step => {
      step.expect(await step.call({ path: '/api/machine', apiKey: goodToken(step) }), {
        status: 401,
        challenge: 'error="invalid_token"',
        body: { code: 'api_key_invalid' },
      })
    },
  },
  {
    title: 'A token in the URL is refused',
    why: 'Logs, histories and referrers would keep it; a client that does this must learn it (RFC 9700).',
    run: async step => {
      const answer = await step.call({ path: `/api/me?access_token=${goodToken(step)}` })
      step.expect(answer, {
        status: 400,
        challenge: 'error="invalid_request"',
        body: { code: 'credentials_in_query' },
      })
    },
  },
  {
    title: 'The token itself is good until it expires',
    why: 'What was refused above was refused for the reason given, not because the token had ended.',
    run: async step => {
      const { accessToken } = await logIn(step)
      const before = await step.call({ path: '/api/me', bearer: accessToken })
      step.expect(before, { status: 200, body: { subject: step.kept('userId') } })
      await step.advanceClock(ACCESS_TOKEN_SECONDS, 'the lifetime of the token is over')
      await expectRefusedToken(step, accessToken, 'token_expired')
    },
  },
]

function goodToken(step: StepContext): string {
  return step.kept('accessToken')
}
