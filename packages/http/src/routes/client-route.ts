import { InsufficientScopeError } from '@authcore/core'
import type { AuthResponse } from '../auth-response.js'
import { toErrorResponse } from '../error-response.js'
import {
  type ClientAuthenticationOptions,
  createAuthenticateClient,
} from '../oauth-clients/authenticate-client.js'
import type { AuthenticatedClient } from '../oauth-clients/oauth-clients.js'
import { readToken } from '../oauth-clients/read-token.js'
import type { AnyAuthCore, Route } from './route.js'

/** Answers a client that was authenticated, about the token that it sent. */
export type AnswerClient = (token: string, client: AuthenticatedClient) => Promise<AuthResponse>

/** A route that OAuth clients call about a token. */
export function clientRoute(
  auth: AnyAuthCore,
  path: string,
  options: ClientAuthenticationOptions,
  answer: AnswerClient,
): Route {
  const authenticateClient = createAuthenticateClient(auth, options)
  const resourceMetadata = auth.http?.protectedResource?.metadataUrl
  return {
    method: 'POST',
    path,
    isTokenEndpoint: true,
    handle: async ({ request, readBody, limits }) => {
      const body = await readBody()
      try {
        const client = await authenticateClient(request, body, limits)
        return await answer(readToken(body), client)
      } catch (error) {
        // RFC 7662 section 2.3: a credential that does not reach this far is answered as RFC 6750 has it
        const response =
          error instanceof InsufficientScopeError ? toErrorResponse(error, { resourceMetadata }) : undefined
        if (response === undefined) throw error
        return response
      }
    },
  }
}
