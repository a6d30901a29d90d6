import { InvalidRequestError } from '@authcore/core'

/** What stands in `Authorization: Basic`. */
export interface BasicCredentials {
  readonly clientId: string
  readonly clientSecret: string
}

const MAX_ID_LENGTH = 255
const MAX_SECRET_LENGTH = 1024
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * Reads the credentials of a client: identifier and secret, each form-encoded, with a colon between them in base64
 * (RFC 6749 section 2.3.1).
 * @throws InvalidRequestError `credentials_malformed`
 */
export function parseBasic(credentials: string): BasicCredentials {
  const text = decodeBase64(credentials)
  const separator = text.indexOf(':')
  if (separator < 0) throw malformed()
  const clientId = decodeForm(text.slice(0, separator))
  const clientSecret = decodeForm(text.slice(separator + 1))
  const isPlausible = clientId !== '' && clientId.length <= MAX_ID_LENGTH && clientSecret !== ''
  if (!isPlausible || clientSecret.length > MAX_SECRET_LENGTH) throw malformed()
  return { clientId, clientSecret }
}

function decodeBase64(credentials: string): string {
  if (credentials.length % 4 !== 0 || !BASE64.test(credentials)) throw malformed()
  try {
    const bytes = Uint8Array.from(atob(credentials), character => character.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw malformed()
  }
}

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw malformed()
  }
}

function malformed(): InvalidRequestError {
  return new InvalidRequestError('credentials_malformed')
}
