import { backend } from '#crypto'

/**
 * The SHA-256 of a certificate, base64url (RFC 8705 section 3.1): what `cnf` holds as `x5t#S256`.
 * @param der the bytes as they came in the TLS handshake; nothing in them is looked at
 * @example
 * ```ts
 * import { certificateThumbprint } from '@authcore/core'
 *
 * const confirmationOf = (der: Uint8Array) => ({ 'x5t#S256': certificateThumbprint(der) })
 * ```
 */
export function certificateThumbprint(der: Uint8Array): string {
  return backend.encodeBase64url(backend.sha256(der))
}
