import { isoBase64URL } from '@simplewebauthn/server/helpers'

/** So many random bytes as base64url. */
export function randomText(random: (length: number) => Uint8Array, length: number): string {
  return toBase64url(random(length))
}

/** Writes bytes as base64url without padding. */
export function toBase64url(bytes: Uint8Array): string {
  return isoBase64URL.fromBuffer(Uint8Array.from(bytes))
}

/** Reads base64url that was written here. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(isoBase64URL.toBuffer(text))
}
