import { InvalidClientError, InvalidRequestError } from '@authcore/core'
import { type AuthRequest, readHeaderValues } from '../auth-request.js'
import { parseAuthorization } from '../authorization-header.js'
import { findClientAddress } from '../client-address.js'
import { findClientCertificate } from '../client-certificate/find-client-certificate.js'
import { DEFAULT_HTTP_SETTINGS, type HttpSettings } from '../http-settings.js'
import { type RequestBody, readText } from '../request-body.js'
import type { ClientCredentials } from './oauth-clients.js'
import { parseBasic } from './parse-basic.js'

const MAX_ASSERTION_LENGTH = 8192

/** What a request says of the client that sent it: its own credentials, or an API key. Nothing is verified. */
export type PresentedClient =
  | { readonly kind: 'client'; readonly credentials: ClientCredentials }
  /** In the header `Authorization: Bearer` or `X-API-Key`. */
  | { readonly kind: 'api_key' }

/**
 * Finds how the client of a request says who it is.
 * @throws InvalidClientError `client_authentication_failed` when it does not say
 * @throws InvalidRequestError `credentials_repeated` when it says so in two ways (RFC 6749 section 2.3), and
 *   `credentials_malformed`, `request_body_malformed`
 */
export function findClientCredentials(
  request: AuthRequest,
  body: RequestBody,
  settings: HttpSettings = DEFAULT_HTTP_SETTINGS,
): PresentedClient {
  const ways = [...fromHeaders(request), ...fromBody(body)]
  const [way, second] = ways
  if (second !== undefined) throw new InvalidRequestError('credentials_repeated')
  const clientId = readText(body, 'client_id', 255)
  if (way === undefined) return withoutSecret(request, clientId, settings)
  if (way.kind === 'api_key') return way
  const { credentials } = way
  // a client may name itself once more, but not as another
  if (clientId !== undefined && credentials.clientId !== undefined && clientId !== credentials.clientId) {
    throw new InvalidRequestError('credentials_repeated')
  }
  return toPresented({ ...(clientId !== undefined && { clientId }), ...credentials }, request, settings)
}

function toPresented(
  credentials: ClientCredentials,
  request: AuthRequest,
  settings: HttpSettings,
): PresentedClient {
  const { ip } = findClientAddress(request, settings)
  return { kind: 'client', credentials: { ...credentials, ...(ip !== undefined && { ip }) } }
}

function fromHeaders({ headers }: AuthRequest): readonly PresentedClient[] {
  const authorization = parseAuthorization(headers)
  const keys = readHeaderValues(headers, 'x-api-key', 1024)
  const way = authorization === undefined ? [] : [fromAuthorization(authorization)]
  return keys.length > 0 ? [...way, { kind: 'api_key' }] : way
}

function fromAuthorization({
  scheme,
  credentials = '',
}: {
  readonly scheme: string
  readonly credentials: string | undefined
}): PresentedClient {
  switch (scheme) {
    case 'basic':
      return { kind: 'client', credentials: { method: 'client_secret_basic', ...parseBasic(credentials) } }
    case 'bearer':
      return { kind: 'api_key' }
    default:
      throw new InvalidClientError('client_authentication_failed')
  }
}

function fromBody(body: RequestBody): readonly PresentedClient[] {
  const clientSecret = readText(body, 'client_secret', 1024)
  const clientAssertion = readText(body, 'client_assertion', MAX_ASSERTION_LENGTH)
  const clientAssertionType = readText(body, 'client_assertion_type', 255)
  if ((clientAssertion === undefined) !== (clientAssertionType === undefined)) {
    throw new InvalidRequestError('request_body_malformed', {
      detail: 'client_assertion and client_assertion_type belong together.',
    })
  }
  const ways: PresentedClient[] = []
  if (clientSecret !== undefined) {
    ways.push({ kind: 'client', credentials: { method: 'client_secret_post', clientSecret } })
  }
  if (clientAssertion !== undefined && clientAssertionType !== undefined) {
    const credentials = { method: 'client_assertion', clientAssertion, clientAssertionType } as const
    ways.push({ kind: 'client', credentials })
  }
  return ways
}

/** A certificate speaks for the client that the body names; a name alone is what public clients have. */
function withoutSecret(
  request: AuthRequest,
  clientId: string | undefined,
  settings: HttpSettings,
): PresentedClient {
  if (clientId === undefined) throw new InvalidClientError('client_authentication_failed')
  const clientCertificate = findClientCertificate(request, settings)
  const credentials: ClientCredentials =
    clientCertificate === undefined
      ? { method: 'none', clientId }
      : { method: 'tls_client_auth', clientId, clientCertificate }
  return toPresented(credentials, request, settings)
}
