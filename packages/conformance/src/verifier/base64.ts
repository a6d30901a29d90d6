import type { PartEncoding } from './token-recipe.js'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const CHUNK = 0x2000

/** Encodes bytes as base64 with padding (RFC 4648 section 4), in every runtime. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  }
  return btoa(text)
}

/** Encodes bytes as base64url without padding (RFC 7515 section 2). */
export function encodeBase64url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')
}

/** Decodes base64url; throws for what is none. */
export function decodeBase64url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), byte => byte.charCodeAt(0))
}

/**
 * Writes bytes in one of the encodings.
 * @returns `undefined` when these bytes look the same in it as in base64url
 */
export function encodePart(bytes: Uint8Array, encoding: PartEncoding = 'base64url'): string | undefined {
  const text = encodeBase64url(bytes)
  if (encoding === 'base64url') return text
  const changed = ENCODINGS[encoding](text, bytes)
  return changed === text ? undefined : changed
}

const ENCODINGS: Readonly<
  Record<Exclude<PartEncoding, 'base64url'>, (text: string, bytes: Uint8Array) => string>
> = {
  // also where the length needs none: decoders that cut it off do not count
  padded: text => text + '='.repeat((4 - (text.length % 4)) % 4 || 4),
  base64: text => text.replaceAll('-', '+').replaceAll('_', '/'),
  spare_bits: setSpareBits,
  // no bytes are written so where the length was a multiple of four; else there is one byte more
  spare_character: text => `${text}A`,
  line_break: text => `${text.slice(0, 4)}\n${text.slice(4)}`,
  space: text => `${text.slice(0, 4)} ${text.slice(4)}`,
  percent: text => `%${text.charCodeAt(0).toString(16)}${text.slice(1)}`,
  hex: (_, bytes) => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join(''),
  twice: text => encodeBase64url(new TextEncoder().encode(text)),
}

/** RFC 4648 section 3.5: the last character has bits that no byte uses; the same text where it has none. */
function setSpareBits(text: string): string {
  const remainder = text.length % 4
  if (remainder === 0) return text
  const last = ALPHABET.indexOf(text.slice(-1))
  return text.slice(0, -1) + (ALPHABET[last | 1] ?? '')
}
