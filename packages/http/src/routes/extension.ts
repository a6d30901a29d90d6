import { InvalidClientError, type Principal } from '@authcore/core'
import type { AuthHeaders, AuthRequest } from '../auth-request.js'
import { type AuthResponse, jsonResponse, withHeaders } from '../auth-response.js'
import { findPrincipals } from '../authenticate-request.js'
import { findClientAddress } from '../client-address.js'
import { refuseCrossSite } from '../cross-site.js'
import { DEFAULT_HTTP_SETTINGS, type HttpSettings } from '../http-settings.js'
import { findClientCredentials } from '../oauth-clients/find-client-credentials.js'
import type { ClientCredentials } from '../oauth-clients/oauth-clients.js'
import { type AuthPolicy, parsePolicy } from '../policy.js'
import { type ProvedKeys, proveKeys } from '../proof-of-key/prove-keys.js'
import { refuseCredentialsInQuery } from '../query-credentials.js'
import type { RequestBody } from '../request-body.js'
import { checkResponseHeaders, joinHeaders, type ResponseHeaders } from '../response-headers.js'
import type { AnyAuthCore, Route } from './route.js'

/**
 * Routes of another package, served beside the own ones. The shape is all that counts: whoever offers such routes
 * needs no import of this package.
 */
export interface AuthRouteExtension {
  readonly routes: readonly ExtensionRoute[]
}

/** One route of an extension. Errors of AuthCore that it throws are answered from the table of errors. */
export interface ExtensionRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Segments after slashes, below the mount point; `:id` stands for any one: `/factors/:id`. */
  readonly path: string
  /** Who may call it; without a policy anybody, and `principal` is absent. */
  readonly policy?: AuthPolicy
  /** Refuses requests that a page of another site may have made a browser send: for routes that read or set cookies. */
  readonly sameOrigin?: boolean
  /** Errors are answered as RFC 6749 section 5.2 has it. */
  readonly isTokenEndpoint?: boolean
  handle(call: ExtensionCall): Promise<ExtensionAnswer>
}

/** One request to a route of an extension. Only `principal` has been verified. */
export interface ExtensionCall {
  readonly principal?: Principal<string, string, unknown>
  readonly method: string
  readonly url: string
  readonly headers: AuthHeaders
  /** The address of the client, as far as it can be believed. */
  readonly ip?: string
  /** What stands for `:id` in the path, as it came. */
  readonly id: string
  /** Finds out which keys the sender holds, to bind a session to them; called at most once. */
  proveKeys(): Promise<ProvedKeys>
  /** The members of a JSON or form body within the limit; called at most once. */
  readBody(): Promise<RequestBody>
  /**
   * What the sender says of the client that it is (RFC 6749 section 2.3), in its headers or in the body; nothing of it
   * is verified.
   * @param body as `readBody` returned it
   * @throws InvalidClientError `client_authentication_failed` when it does not say
   * @throws InvalidRequestError `credentials_repeated` when it says so in two ways, `credentials_malformed`,
   *   `request_body_malformed`
   */
  findClient(body: RequestBody): ClientCredentials
}

/** What an extension answers; it is never cached. */
export interface ExtensionAnswer {
  readonly status: number
  /** By name in lower case; several cookies are an array: `{ 'set-cookie': ['a=b', 'c=d'] }`. */
  readonly headers?: ResponseHeaders
  /** Becomes JSON; absent when there is no content. */
  readonly body?: unknown
  /** Sent as it stands, instead of JSON: `{ mediaType: 'text/html; charset=utf-8', content: '...' }`. */
  readonly text?: { readonly mediaType: string; readonly content: string }
}

/** Serves one route of an extension like an own one. */
export function toRoute(auth: AnyAuthCore, route: ExtensionRoute, origins: readonly string[]): Route {
  const policy = route.policy && parsePolicy(route.policy, auth)
  const settings = auth.http ?? DEFAULT_HTTP_SETTINGS
  return {
    method: route.method,
    path: route.path,
    ...(route.isTokenEndpoint !== undefined && { isTokenEndpoint: route.isTokenEndpoint }),
    ...(policy?.maxAgeSeconds !== undefined && { demands: { maxAgeSeconds: policy.maxAgeSeconds } }),
    ...(policy?.rateLimit !== undefined && { rateLimits: policy.rateLimit }),
    handle: async ({ request, id, readBody, limits }) => {
      refuseCredentialsInQuery(request.url)
      if (route.sameOrigin === true) refuseCrossSite(request.headers, origins)
      let added: ResponseHeaders = {}
      const addHeaders = (fields: ResponseHeaders): void => {
        added = joinHeaders(added, fields)
      }
      const principals = policy && (await findPrincipals(auth, request, policy, addHeaders))
      if (principals !== undefined) await limits.takeCaller(principals)
      const [principal] = principals ?? []
      const { method, url, headers } = request
      const { ip } = findClientAddress(request, settings)
      const answer = await route.handle({
        method,
        url,
        headers,
        id,
        readBody,
        findClient: body => findClient(request, body, settings),
        proveKeys: () => proveKeys(auth, request),
        ...(ip !== undefined && { ip }),
        ...(principal !== undefined && { principal }),
      })
      return withHeaders(toResponse(answer), added)
    },
  }
}

/** API keys are no clients here: what they may is said by their scope. */
function findClient(request: AuthRequest, body: RequestBody, settings: HttpSettings): ClientCredentials {
  const presented = findClientCredentials(request, body, settings)
  if (presented.kind === 'client') return presented.credentials
  throw new InvalidClientError('client_authentication_failed')
}

function toResponse({ status, headers = {}, body, text }: ExtensionAnswer): AuthResponse {
  checkResponseHeaders(headers)
  if (text === undefined && body !== undefined) return jsonResponse(status, body, headers)
  return Object.freeze({
    status,
    headers: Object.freeze({
      'cache-control': 'no-store',
      ...(text !== undefined && { 'content-type': text.mediaType }),
      ...headers,
    }),
    ...(text !== undefined && { body: text.content }),
  })
}
