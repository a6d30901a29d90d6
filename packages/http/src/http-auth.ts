import { ConfigError } from '@authcore/core'
import type { CredentialVerifiers } from './credential-verifiers.js'
import { type HttpAuthOptions, type HttpSettings, parseHttpAuthOptions } from './http-settings.js'

/**
 * Adds the settings of HTTP to a deployment. Pass the result wherever adapters take `auth`.
 * @param auth an `AuthCore`, or `{ accessTokens }` on a resource server without stores
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * const auth = createHttpAuth(createAuthCore(options), { trustedProxies: ['10.0.0.0/8'], dpop: {} })
 */
export function createHttpAuth<Auth extends CredentialVerifiers>(
  auth: Auth,
  options: HttpAuthOptions,
): Auth & { readonly http: HttpSettings } {
  const http = parseHttpAuthOptions(options, auth)
  const { address, caller } = http.rateLimits
  if (address.length + caller.length > 0 && auth.rateLimits === undefined) {
    const message = 'needs `rateLimits` beside the other verifiers, such as createRateLimiter({ store })'
    throw new ConfigError('config_invalid', [{ path: 'rateLimits', message }])
  }
  return Object.freeze({ ...auth, http })
}
