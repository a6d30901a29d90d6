import { decodeBase64 } from './base64.js'

/**
 * Reads `Client-Cert` (RFC 9440 section 2.2): the DER of one certificate as a Byte Sequence of Structured Fields.
 * @returns `undefined` for any other text
 */
export function parseClientCert(value: string): Uint8Array | undefined {
  const [, base64] = /^ *:([A-Za-z0-9+/]+={0,2}): *$/.exec(value) ?? []
  return base64 === undefined ? undefined : decodeBase64(base64)
}
