import { InvalidApiKeyError, InvalidClientError, InvalidRequestError, type Principal } from '@authcore/core'
import { authenticateRequest } from '../authenticate-request.js'
import { parsePolicy } from '../policy.js'
import { refuseCredentialsInQuery } from '../query-credentials.js'
import type { RequestLimits } from '../rate-limits/request-limits.js'
import type { RequestBody } from '../request-body.js'
import type { AnyAuthCore, AuthRouteRequest } from '../routes/route.js'
import { findClientCredentials } from './find-client-credentials.js'
import type { AuthenticatedClient, ClientCredentials, OAuthClients } from './oauth-clients.js'

/** Who may call a route for clients. */
export interface ClientAuthenticationOptions {
  readonly clients: OAuthClients | undefined
  /** The scope with which an API key speaks for its owner as a client; `undefined` where keys are not accepted. */
  readonly apiKeyScope: string | undefined
  /** Whether a client without any secret may call: RFC 7009 section 2.1 lets it, RFC 7662 section 2.1 does not. */
  readonly allowsPublicClients: boolean
}

/** Finds the client of a request. */
export type AuthenticateClient = (
  request: AuthRouteRequest,
  body: RequestBody,
  limits: RequestLimits,
) => Promise<AuthenticatedClient>

/**
 * Prepares the authentication of clients: by what the deployment knows of OAuth clients, or by API keys, which stand in
 * `Authorization: Bearer`, in `X-API-Key`, or in the place of a client secret.
 */
export function createAuthenticateClient(
  auth: AnyAuthCore,
  { clients, apiKeyScope, allowsPublicClients }: ClientAuthenticationOptions,
): AuthenticateClient {
  const policy =
    apiKeyScope === undefined ? undefined : parsePolicy({ methods: ['api_key'], scope: [apiKeyScope] }, auth)

  const byHeader = async (
    request: AuthRouteRequest,
  ): Promise<Principal<string, string, unknown> | undefined> =>
    policy && authenticateRequest(auth, request, policy)

  const bySecret = async ({ clientId, clientSecret }: ClientCredentials) => {
    const isApiKey = clientSecret !== undefined && auth.apiKeys.isApiKey(clientSecret)
    if (apiKeyScope === undefined || !isApiKey) return undefined
    const principal = await auth.apiKeys.verify(clientSecret, { scope: [apiKeyScope] })
    return clientId === principal.apiKeyId || clientId === principal.subject ? principal : undefined
  }

  return async (request, body, limits) => {
    refuseCredentialsInQuery(request.url)
    const presented = findClientCredentials(request, body, auth.http)
    const principal = await refuseAlike(() =>
      presented.kind === 'api_key' ? byHeader(request) : bySecret(presented.credentials),
    )
    if (principal !== undefined) {
      await limits.takeCaller([principal])
      return { clientId: principal.subject, introspects: 'any' }
    }
    const isAllowed =
      presented.kind === 'client' && (allowsPublicClients || presented.credentials.method !== 'none')
    const client = isAllowed ? await clients?.authenticate(presented.credentials) : undefined
    if (client === undefined) throw new InvalidClientError('client_authentication_failed')
    return client
  }
}

/** RFC 6749 section 5.2: one answer for every client that did not prove who it is. */
async function refuseAlike<Result>(authenticate: () => Promise<Result>): Promise<Result> {
  try {
    return await authenticate()
  } catch (error) {
    // what is no API key is "not mine" to a policy, and here nobody else's
    const isMissing = error instanceof InvalidRequestError && error.code === 'credentials_missing'
    if (!isMissing && !(error instanceof InvalidApiKeyError)) throw error
    throw new InvalidClientError('client_authentication_failed')
  }
}
