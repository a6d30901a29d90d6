import { InvalidRequestError } from '@authcore/core'
import { type AuthRequest, readHeaderValues } from '../auth-request.js'
import { type CredentialMethod, missingVerifier, refuseLoginAge } from './credential-method.js'

const MAX_HEADER_LENGTH = 1024

/** `X-API-Key`, or `Authorization: Bearer` with the prefix of the deployment's keys. */
export const apiKeyMethod: CredentialMethod = {
  verifier: 'apiKeys',
  isBearer: (text, { apiKeys }) => apiKeys?.isApiKey(text) === true,
  find: ({ request, presented, verifiers: { apiKeys } }) => {
    const apiKey = findApiKey(request, presented?.token)
    if (apiKey === undefined) return undefined
    if (apiKeys === undefined) throw missingVerifier('apiKeys')
    return async demands => {
      const { scope } = demands
      const principal = await apiKeys.verify(apiKey, scope === undefined ? {} : { scope })
      refuseLoginAge(demands)
      return principal
    }
  },
}

function findApiKey(request: AuthRequest, bearer: string | undefined): string | undefined {
  const values = readHeaderValues(request.headers, 'x-api-key', MAX_HEADER_LENGTH)
  // no key holds a comma; servers of the Fetch kind join repeated fields by commas
  const [apiKey, ...others] = [...values.flatMap(value => value.split(',')), ...(bearer ? [bearer] : [])]
  if (others.length > 0) throw new InvalidRequestError('credentials_repeated')
  return apiKey
}
