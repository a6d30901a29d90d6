import { type Answer, readText } from '../answer.js'
import type { StepContext } from '../step.js'

/** Who logs in. */
export interface Credentials {
  readonly email: string
  readonly password: string
}

/** What a login brings. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

/** Logs in as the user of the walk. */
export async function logIn(step: StepContext, label?: string): Promise<Tokens> {
  const answer = await postLogin(step, { email: step.kept('email'), password: step.kept('password') }, label)
  return expectTokens(step, answer)
}

/** Sends an email and a password, right or wrong. */
export function postLogin(
  step: StepContext,
  { email, password }: Credentials,
  label?: string,
): Promise<Answer> {
  const json = { identifier: email, password, ...(label !== undefined && { label }) }
  return step.call({ method: 'POST', path: '/auth/login', json })
}

/** Presents a refresh token. */
export function refresh(step: StepContext, refreshToken: string): Promise<Answer> {
  return step.call({ method: 'POST', path: '/auth/refresh', json: { refresh_token: refreshToken } })
}

/** Checks that an answer is that of a token endpoint (RFC 6749 section 5.1). */
export function expectTokens(step: StepContext, answer: Answer): Tokens {
  step.expect(answer, {
    status: 200,
    body: { token_type: 'Bearer', expires_in: 900, scope: 'reports:read reports:write' },
  })
  return {
    accessToken: readText(answer.body, 'access_token'),
    refreshToken: readText(answer.body, 'refresh_token'),
  }
}

/** Checks that an access token is refused everywhere, and for this reason. */
export async function expectRefusedToken(step: StepContext, bearer: string, code: string): Promise<void> {
  step.expect(await step.call({ path: '/api/me', bearer }), {
    status: 401,
    challenge: 'error="invalid_token"',
    body: { status: 401, code },
  })
}
