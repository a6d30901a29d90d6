import { createHmac, createPublicKey } from 'node:crypto'

/** The header of a token, unverified: the walk looks at it as an attacker would. */
export function decodeHeader(token: string): Readonly<Record<string, unknown>> {
  return decodePart(token, 0)
}

/** A good token with one bit of the last byte of its signature flipped. */
export function flipSignature(token: string): string {
  const { header, payload, signature } = splitToken(token)
  const bytes = Buffer.from(signature, 'base64url')
  const last = bytes.length - 1
  bytes.writeUInt8(bytes.readUInt8(last) ^ 0x80, last)
  return `${header}.${payload}.${bytes.toString('base64url')}`
}

/** A good token with other claims under the same signature. */
export function changePayload(token: string, changes: Readonly<Record<string, unknown>>): string {
  const { header, signature } = splitToken(token)
  return `${header}.${encodePart({ ...decodePart(token, 1), ...changes })}.${signature}`
}

/**
 * The claims of a good token under `alg: none` (RFC 8725 section 2.1).
 * @param signature none, as RFC 7518 section 3.6 has it, or whatever an attacker puts there
 */
export function claimNoAlgorithm(token: string, signature: string): string {
  const { payload } = splitToken(token)
  return `${encodePart({ ...decodeHeader(token), alg: 'none' })}.${payload}.${signature}`
}

/**
 * The claims of a good token, signed with the text of the public key as if it were a shared secret
 * (RFC 8725 section 2.1).
 * @param publicJwk as the key set publishes it
 */
export function signWithPublicKey(token: string, publicJwk: Readonly<Record<string, unknown>>): string {
  const pem = createPublicKey({ key: { ...publicJwk }, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  })
  const { payload } = splitToken(token)
  const signingInput = `${encodePart({ ...decodeHeader(token), alg: 'HS256' })}.${payload}`
  return `${signingInput}.${createHmac('sha256', pem).update(signingInput).digest('base64url')}`
}

function splitToken(token: string): { header: string; payload: string; signature: string } {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return { header, payload, signature }
}

function decodePart(token: string, index: 0 | 1): Readonly<Record<string, unknown>> {
  return { ...JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString()) }
}

function encodePart(part: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
