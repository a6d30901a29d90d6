import { ConfigError, InvalidRequestError, InvalidTokenError, type Principal } from '@authcore/core'
import { type AuthRequest, readHeaderValues } from './auth-request.js'
import { parseBearerToken } from './authorization-header.js'
import type { CredentialVerifiers } from './credential-verifiers.js'
import type { AuthPolicy, ParsedPolicy } from './policy.js'

const MAX_API_KEY_HEADER_LENGTH = 1024

/** What a credential must satisfy beside being good. */
export type CredentialDemands<Scope extends string = string> = Pick<
  AuthPolicy<Scope>,
  'scope' | 'maxAgeSeconds'
>

/** Verifies one credential that was found. */
export type VerifyCredential<Scope extends string, Role extends string, Claims> = (
  demands: CredentialDemands<Scope>,
) => Promise<Principal<Scope, Role, Claims>>

/**
 * Asks each method of the policy, in its order, for credentials of its kind. Nothing is verified yet.
 * @returns one entry for each kind that is there; a method that says "not mine" has none
 * @throws InvalidRequestError `credentials_malformed`, `credentials_repeated`
 */
export function findCredentials<Scope extends string, Role extends string, Claims>(
  verifiers: CredentialVerifiers<Scope, Role, Claims>,
  request: AuthRequest,
  { methods }: ParsedPolicy<Scope, Role>,
): readonly VerifyCredential<Scope, Role, Claims>[] {
  const bearer = parseBearerToken(request.headers)
  // where keys are not accepted, one in the place of a token is a bad token
  const isApiKey = bearer !== undefined && methods.includes('api_key') && verifiers.apiKeys?.isApiKey(bearer)
  const token = isApiKey ? undefined : bearer
  return methods.flatMap(method => {
    switch (method) {
      case 'access_token':
        return token === undefined ? [] : [accessTokenCredential(verifiers, token)]
      case 'api_key': {
        const apiKey = findApiKey(request, isApiKey ? bearer : undefined)
        return apiKey === undefined ? [] : [apiKeyCredential(verifiers, apiKey)]
      }
      default:
        return method satisfies never
    }
  })
}

function findApiKey(request: AuthRequest, bearer: string | undefined): string | undefined {
  const values = readHeaderValues(request.headers, 'x-api-key', MAX_API_KEY_HEADER_LENGTH)
  // no key holds a comma; servers of the Fetch kind join repeated fields by commas
  const [apiKey, ...others] = [...values.flatMap(value => value.split(',')), ...(bearer ? [bearer] : [])]
  if (others.length > 0) throw new InvalidRequestError('credentials_repeated')
  return apiKey
}

function accessTokenCredential<Scope extends string, Role extends string, Claims>(
  { accessTokens }: CredentialVerifiers<Scope, Role, Claims>,
  token: string,
): VerifyCredential<Scope, Role, Claims> {
  if (accessTokens === undefined) throw missingVerifier('accessTokens')
  return demands => accessTokens.verify(token, demands)
}

function apiKeyCredential<Scope extends string, Role extends string, Claims>(
  { apiKeys }: CredentialVerifiers<Scope, Role, Claims>,
  apiKey: string,
): VerifyCredential<Scope, Role, Claims> {
  if (apiKeys === undefined) throw missingVerifier('apiKeys')
  return async ({ scope, maxAgeSeconds }) => {
    const principal = await apiKeys.verify(apiKey, scope === undefined ? {} : { scope })
    // nobody logs in to use a key, so no login can be recent enough
    if (maxAgeSeconds !== undefined) throw new InvalidTokenError('authentication_too_old')
    return principal
  }
}

function missingVerifier(path: string): ConfigError {
  return new ConfigError('config_invalid', [{ path, message: 'is needed by the policy' }])
}
