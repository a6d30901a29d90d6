import { type AuthResponse, jsonResponse } from '../auth-response.js'
import type { ClientAuthenticationOptions } from '../oauth-clients/authenticate-client.js'
import { introspectToken } from '../oauth-clients/introspect-token.js'
import { clientRoute } from './client-route.js'
import type { AnyAuthCore, Route } from './route.js'

/** RFC 7662 section 2.2: nothing else may be told of a token that is not active, whatever the reason. */
const INACTIVE: AuthResponse = jsonResponse(200, { active: false })

/** Tells resource servers and clients what a token stands for (RFC 7662). */
export function introspectionRoute(auth: AnyAuthCore, options: ClientAuthenticationOptions): Route {
  return clientRoute(auth, '/introspect', options, async (token, client) => {
    const found = await introspectToken(auth, token, client)
    return found === undefined ? INACTIVE : jsonResponse(200, { ...found, active: true })
  })
}
