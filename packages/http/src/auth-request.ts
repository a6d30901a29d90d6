import { InvalidRequestError } from '@authcore/core'

/**
 * Header fields by lower-case name. A field that came more than once is an array of its values: joined or dropped
 * duplicates would hide that a request carries two credentials. On Node that is `request.headersDistinct`.
 */
export type AuthHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** A request, as far as authentication is concerned. Nothing in it has been verified. */
export interface AuthRequest {
  /** In upper case. */
  readonly method: string
  /** As the client sent it, with the query: `/a?b=c` or absolute. */
  readonly url: string
  readonly headers: AuthHeaders
  /** DER bytes of the certificate that the client proved in the TLS handshake. */
  readonly clientCertificate?: Uint8Array
  /** The address at the other end of the connection, whatever headers say. */
  readonly ip?: string
  /** Whether that connection uses TLS. */
  readonly isEncrypted?: boolean
}

/**
 * Reads every value of one header field.
 * @param name in lower case
 * @param maxLength of all values together, in characters
 * @throws InvalidRequestError `credentials_malformed` for a longer field or one that is not text
 */
export function readHeaderValues(headers: AuthHeaders, name: string, maxLength: number): readonly string[] {
  // unknown: the declared type is what adapters promise, a request must not be able to break the process
  const field: unknown = Object.hasOwn(headers, name) ? headers[name] : undefined
  if (field === undefined) return []
  const values: unknown[] = Array.isArray(field) ? field : [field]
  if (!values.every(isString)) throw new InvalidRequestError('credentials_malformed')
  if (values.reduce((sum, value) => sum + value.length, 0) > maxLength) {
    throw new InvalidRequestError('credentials_malformed', { detail: `The ${name} header is too long.` })
  }
  return values
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}
