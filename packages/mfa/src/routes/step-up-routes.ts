import { type AccessTokenPrincipal, InvalidGrantError, InvalidRequestError } from '@authcore/core'
import {
  type AnyPrincipal,
  type PackageRoute,
  type PackageRouteAnswer,
  type PackageRouteCall,
  readRouteBody,
} from '@authcore/core/extension'
import type { StepUp } from '../second-factors.js'
import { askRoutes } from './ask-routes.js'
import { principalOf, type RouteContext } from './route-context.js'
import { toNumericDate } from './wire.js'

/** `GET /step-up`, which names the methods, and `POST /step-up`, which takes a proof; what asks for one is below. */
export function stepUpRoutes(context: RouteContext): readonly PackageRoute[] {
  const { secondFactors, person } = context
  const loginOf = (call: PackageRouteCall) => secondFactors.stepUpLogin(principalOf(call))
  return [
    ...askRoutes({ path: '/step-up', policy: person, known: [] }, async call => loginOf(call), context),
    {
      method: 'GET',
      path: '/step-up',
      policy: person,
      handle: async call => {
        const { subject } = loginOf(call)
        return { status: 200, body: { methods: await secondFactors.listMethods(subject) } }
      },
    },
    {
      method: 'POST',
      path: '/step-up',
      policy: person,
      handle: async call => {
        const body = readRouteBody(await call.readBody(), ['proof', 'device_token'])
        const proof = body.object('proof')
        const client = { ip: call.ip, deviceToken: body.optionalText('device_token', 512) }
        const principal = principalOf(call)
        const strengthen = await findSession(principal, call, context)
        return strengthen(await secondFactors.verifyStepUp(principal, proof, client))
      },
    },
  ]
}

type Strengthen = (stepUp: StepUp) => Promise<PackageRouteAnswer>

/** Before the proof, which is spent: what is to be strengthened must be there. */
async function findSession(
  principal: AnyPrincipal,
  { headers }: PackageRouteCall,
  context: RouteContext,
): Promise<Strengthen> {
  if (principal.method === 'access_token') {
    await requireLiveSession(principal, context)
    return stepUp => issueAccessToken(principal, stepUp, context)
  }
  const { auth, sessionCookie } = context
  const sessionToken = sessionCookie?.find(headers)
  if (sessionCookie === undefined || sessionToken === undefined) {
    throw new InvalidRequestError('credentials_missing')
  }
  return async stepUp => {
    // under a new id, as is due whenever rights grow
    const renewed = await auth.sessions.renew(sessionToken, toLogin(stepUp))
    return toCookieAnswer(stepUp, sessionCookie.issue(renewed))
  }
}

/**
 * A token that a step-up issues must not lead to the next one for ever: the session still has its end.
 * @throws InvalidGrantError `session_not_found`
 */
async function requireLiveSession(
  { subject, sessionId }: AccessTokenPrincipal<string, string, unknown>,
  { auth }: RouteContext,
): Promise<void> {
  const sessions = sessionId === undefined ? [] : await auth.sessions.list(subject)
  if (!sessions.some(({ id }) => id === sessionId)) throw new InvalidGrantError('session_not_found')
}

/** The session and its refresh token stay what they are: what was proved again lasts as long as this one token. */
async function issueAccessToken(
  principal: AccessTokenPrincipal<string, string, unknown>,
  stepUp: StepUp,
  { auth }: RouteContext,
): Promise<PackageRouteAnswer> {
  const { subject, scope, roles, claims, clientId, sessionId, confirmation } = principal
  const issued = await auth.accessTokens.issue({
    subject,
    scope,
    roles,
    claims,
    ...toLogin(stepUp),
    ...(clientId !== undefined && { clientId }),
    ...(sessionId !== undefined && { sessionId }),
    // proved with this request already, whose proof counts once
    ...(confirmation !== undefined && { confirmation }),
  })
  const body = {
    access_token: issued.accessToken,
    token_type: issued.tokenType,
    expires_in: issued.expiresInSeconds,
    scope: scope.join(' '),
  }
  return { status: 200, body }
}

function toCookieAnswer({ amr, acr, authenticatedAt }: StepUp, cookie: string): PackageRouteAnswer {
  return {
    status: 200,
    headers: { 'set-cookie': cookie },
    body: { auth_time: toNumericDate(authenticatedAt), amr, ...(acr !== undefined && { acr }) },
  }
}

function toLogin({ amr, acr, authenticatedAt }: StepUp) {
  return { amr, authenticatedAt, ...(acr !== undefined && { acr }) }
}
