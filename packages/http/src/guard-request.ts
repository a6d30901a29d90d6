import type { Principal } from '@authcore/core'
import type { AuthRequest } from './auth-request.js'
import { type AuthResponse, withHeaders } from './auth-response.js'
import { findPrincipals } from './authenticate-request.js'
import type { CredentialVerifiers } from './credential-verifiers.js'
import { deploymentChallenges } from './deployment-challenges.js'
import { toErrorResponse } from './error-response.js'
import { DEFAULT_HTTP_SETTINGS } from './http-settings.js'
import { type AuthPolicy, parsePolicy } from './policy.js'
import { createRequestLimits } from './rate-limits/request-limits.js'
import { joinHeaders, type ResponseHeaders } from './response-headers.js'
import { clearDeadCookie } from './session-cookie.js'
import { checkTransport, hstsFields } from './transport/transport.js'

/** What a request came to. */
export type GuardOutcome<Found> =
  | {
      readonly outcome: 'passed'
      /** Verified and frozen; `undefined` only if the policy is optional and no alternative of it was complete. */
      readonly principal: Found | undefined
      /** Everyone whose credential was verified: `principal` first, then those that came with it. */
      readonly principals: readonly Found[]
      /** Fields that belong on whatever the route answers. */
      readonly headers: ResponseHeaders
      /**
       * Answers an error that what stands behind throws as this guard answers its own: with the challenges of the
       * deployment, and with `headers`. `undefined` for errors that are not for the caller.
       */
      answerError(error: unknown): AuthResponse | undefined
    }
  | { readonly outcome: 'answered'; readonly response: AuthResponse }

/** Shared caches keep answers to requests with `Authorization` apart (RFC 9111 section 3.5), but not those to cookies. */
const COOKIE_HEADERS: ResponseHeaders = Object.freeze({ 'cache-control': 'no-store' })

/**
 * Lets a request pass under a policy or answers it: all that an adapter has to call. In this order: HTTPS, the limits of
 * the address, the credentials, the limits of the caller.
 *
 * @param verifiers an `AuthCore`, one with the settings of `createHttpAuth`, or `{ accessTokens }` on a resource server
 * @param request nothing in it is trusted
 * @param policy what the route demands; pass the result of `parsePolicy` to have it checked only once
 * @throws what is not for the caller: `ConfigError`, and errors of other libraries
 * @example
 * const guarded = await guardRequest(auth, request, { methods: ['access_token'] })
 * if (guarded.outcome === 'answered') return guarded.response
 */
export async function guardRequest<Scope extends string, Role extends string, Claims>(
  verifiers: CredentialVerifiers<Scope, Role, Claims>,
  request: AuthRequest,
  policy: AuthPolicy<NoInfer<Scope>, NoInfer<Role>>,
): Promise<GuardOutcome<Principal<Scope, Role, Claims>>> {
  const parsed = parsePolicy(policy, verifiers)
  const settings = verifiers.http ?? DEFAULT_HTTP_SETTINGS
  const limits = createRequestLimits(verifiers, request, parsed.rateLimit)
  let added = hstsFields(request, settings)
  const addHeaders = (fields: ResponseHeaders): void => {
    added = joinHeaders(added, fields)
  }
  const headers = () => joinHeaders(added, limits.fields())
  const refuse = (error: unknown): AuthResponse | undefined => {
    const response = toErrorResponse(error, { policy: parsed, ...deploymentChallenges(verifiers, request) })
    return response && withHeaders(response, headers())
  }
  try {
    checkTransport(request, settings)
    await limits.takeAddress()
    const principals = await findPrincipals(verifiers, request, parsed, addHeaders)
    await limits.takeCaller(principals)
    if (principals.some(({ method }) => method === 'session')) addHeaders(COOKIE_HEADERS)
    return Object.freeze({
      outcome: 'passed',
      principal: principals[0],
      principals,
      headers: headers(),
      answerError: refuse,
    })
  } catch (error) {
    await limits.takeFailure(error)
    const response = refuse(error)
    if (response === undefined) throw error
    return {
      outcome: 'answered',
      response: clearDeadCookie(response, error, request, settings.sessionCookie),
    }
  }
}
