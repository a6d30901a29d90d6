import { InvalidGrantError, type Principal } from '@authcore/core'
import { type AuthResponse, emptyResponse, withHeaders } from '../auth-response.js'
import { authenticateRequest } from '../authenticate-request.js'
import { parsePresentedToken } from '../authorization-header.js'
import { refuseForgery } from '../cross-site.js'
import { toErrorResponse } from '../error-response.js'
import { parsePolicy } from '../policy.js'
import { spokenSchemes } from '../proof-of-key/spoken-dpop.js'
import { refuseCredentialsInQuery } from '../query-credentials.js'
import { readText } from '../request-body.js'
import type { SessionCookie } from '../session-cookie.js'
import type { AuthRoutesSettings } from './options.js'
import { findRefreshToken, type PresentedRefreshToken } from './presented-refresh-token.js'
import type { AnyAuthCore, AuthRouteRequest, Route } from './route.js'

/**
 * Ends the session of a refresh token from the body or its cookie, and that of the session cookie, or else that of the
 * access token.
 */
export function logoutRoute(auth: AnyAuthCore, settings: AuthRoutesSettings): Route {
  const policy = parsePolicy({ methods: ['access_token'] }, auth)
  return {
    method: 'POST',
    path: '/logout',
    handle: async ({ request, readBody }) => {
      refuseCredentialsInQuery(request.url)
      const body = await readBody()
      const clientId = readText(body, 'client_id', 255)
      const presented = findRefreshToken(request, body, settings)
      const bySession = findSessionToken(request, auth)
      if (bySession !== undefined) {
        const ended = presented && (await endByRefreshToken(auth, presented, clientId))
        const answer = await endBySessionToken(auth, bySession)
        if (ended === undefined) return answer
        // what could not be ended must be told, and both cookies go all the same
        return ended.status < 400 ? withCookieOf(answer, ended) : withCookieOf(ended, answer)
      }
      if (presented !== undefined) return endByRefreshToken(auth, presented, clientId)
      const principal = await authenticateRequest(auth, request, policy)
      await endByAccessToken(auth, request, principal)
      return emptyResponse()
    },
  }
}

/** The response, and it takes away the cookie of the other as well. */
function withCookieOf(response: AuthResponse, { headers }: AuthResponse): AuthResponse {
  const { 'set-cookie': cookie } = headers
  return cookie === undefined ? response : withHeaders(response, { 'set-cookie': cookie })
}

interface PresentedSessionToken {
  readonly sessionToken: string
  readonly cookie: SessionCookie
}

function findSessionToken(
  request: AuthRouteRequest,
  { http }: AnyAuthCore,
): PresentedSessionToken | undefined {
  const cookie = http?.sessionCookie
  const sessionToken = cookie?.find(request.headers)
  if (cookie === undefined || sessionToken === undefined) return undefined
  refuseForgery(request, http?.origins ?? [])
  return { sessionToken, cookie }
}

async function endBySessionToken(
  auth: AnyAuthCore,
  { sessionToken, cookie }: PresentedSessionToken,
): Promise<AuthResponse> {
  return answerWithoutCookie(auth, cookie, () => auth.sessions.revokeBySessionToken(sessionToken))
}

async function endByRefreshToken(
  auth: AnyAuthCore,
  { refreshToken, cookie }: PresentedRefreshToken,
  clientId: string | undefined,
): Promise<AuthResponse> {
  return answerWithoutCookie(auth, cookie, () =>
    auth.sessions.revokeByRefreshToken(refreshToken, clientId === undefined ? {} : { clientId }),
  )
}

/** Whoever signs out wants the cookie gone, also when there is nothing left to end. */
async function answerWithoutCookie(
  auth: AnyAuthCore,
  cookie: { clear(): string } | undefined,
  end: () => Promise<unknown>,
): Promise<AuthResponse> {
  const headers = cookie === undefined ? {} : { 'set-cookie': cookie.clear() }
  try {
    await end()
    return emptyResponse(headers)
  } catch (error) {
    const resourceMetadata = auth.http?.protectedResource?.metadataUrl
    const response =
      error instanceof InvalidGrantError ? toErrorResponse(error, { resourceMetadata }) : undefined
    if (response === undefined) throw error
    return withHeaders(response, headers)
  }
}

async function endByAccessToken(
  auth: AnyAuthCore,
  { headers }: AuthRouteRequest,
  principal: Principal<string, string, unknown> | undefined,
): Promise<void> {
  if (principal?.method === 'access_token' && principal.sessionId !== undefined) {
    await auth.sessions.revoke(principal.sessionId, { subject: principal.subject })
    return
  }
  // issued outside of a session: the token itself is all there is to end
  const presented = parsePresentedToken(headers, spokenSchemes(auth))
  if (presented !== undefined) await auth.revocation.revokeToken(presented.token)
}
