import type { AuthMethod } from '@authcore/core'
import { accessTokenMethod } from './methods/access-token.js'
import { apiKeyMethod } from './methods/api-key.js'
import { clientCertificateMethod } from './methods/client-certificate.js'
import type { CredentialMethod } from './methods/credential-method.js'
import { opaqueTokenMethod } from './methods/opaque-token.js'
import { sessionMethod } from './methods/session.js'

/** The methods that a policy can name. */
export type PolicyMethod = AuthMethod

/** How each method finds and verifies its credentials. */
export const CREDENTIAL_METHODS: Readonly<Record<PolicyMethod, CredentialMethod>> = Object.freeze({
  access_token: accessTokenMethod,
  api_key: apiKeyMethod,
  client_certificate: clientCertificateMethod,
  session: sessionMethod,
  opaque_token: opaqueTokenMethod,
})

/** Whether a value names a method. */
export function isPolicyMethod(value: unknown): value is PolicyMethod {
  return typeof value === 'string' && Object.hasOwn(CREDENTIAL_METHODS, value)
}
