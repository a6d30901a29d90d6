import { InvalidTokenError } from '../errors.js'
import { decodeBase64url } from './base64url.js'

/** The longest token that is looked at unless a caller says otherwise, in characters. */
export const DEFAULT_MAX_TOKEN_LENGTH = 16_384

/** The three parts of a JWS in compact serialization, still text. */
export interface CompactJws {
  readonly header: string
  readonly payload: string
  readonly signature: string
  /** ASCII `header.payload` (RFC 7515 section 5.2). */
  readonly signingInput: string
}

/**
 * Splits a JWS in compact serialization (RFC 7515 section 7.1). Nothing has been verified.
 * @throws InvalidTokenError `token_malformed`, `token_too_long`
 */
export function parseCompactJws(token: unknown, maxLength: number): CompactJws {
  if (typeof token !== 'string') throw new InvalidTokenError('token_malformed')
  if (token.length > maxLength) throw new InvalidTokenError('token_too_long')
  const first = token.indexOf('.')
  const second = token.indexOf('.', first + 1)
  if (first < 1 || second === -1 || second === token.length - 1 || token.indexOf('.', second + 1) !== -1) {
    throw new InvalidTokenError('token_malformed')
  }
  return {
    header: token.slice(0, first),
    payload: token.slice(first + 1, second),
    signature: token.slice(second + 1),
    signingInput: token.slice(0, second),
  }
}

/**
 * Decodes one part of a token as strict base64url.
 * @throws InvalidTokenError `token_malformed`
 */
export function decodePart(text: string): Uint8Array {
  const bytes = decodeBase64url(text)
  if (bytes === undefined) throw new InvalidTokenError('token_malformed')
  return bytes
}
