import {
  type AccessTokenVerifier,
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
} from '../access-token/create-access-token-verifier.js'
import type { JsonObject } from '../json.js'
import { INTERNAL_TOKEN_TYPE } from './create-internal-tokens.js'

/** What an inner service accepts. Where the gateway's keys are comes as in `createAccessTokenVerifier`. */
export type InternalTokenVerifierOptions<Claims = JsonObject> = Omit<
  AccessTokenVerifierOptions<Claims>,
  'types' | 'revocations'
>

/**
 * Creates the verifier of an inner service behind a gateway. It accepts internal tokens and nothing else, so that an
 * access token that went past the gateway opens nothing here. There is no look-up of revocations: a token lives a
 * minute.
 *
 * @throws ConfigError `config_invalid` with every problem of the options by path
 * @example
 * ```ts
 * import { createInternalTokenVerifier } from '@authcore/core'
 *
 * const accessTokens = createInternalTokenVerifier({
 *   issuer: 'https://api.example.com',
 *   audience: 'https://orders.internal',
 *   jwksUri: 'https://api.example.com/auth/.well-known/jwks.json',
 * })
 * // requireAuth({ accessTokens }, { methods: ['access_token'] }) in any framework
 * ```
 */
export function createInternalTokenVerifier<Claims = JsonObject>(
  options: InternalTokenVerifierOptions<Claims>,
): AccessTokenVerifier<Claims> {
  return createAccessTokenVerifier({ ...options, types: [INTERNAL_TOKEN_TYPE] })
}
