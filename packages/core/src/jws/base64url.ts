import * as runtime from '#crypto'

/** Encodes bytes, or text as UTF-8, as base64url without padding (RFC 7515 section 2). */
export function encodeBase64url(content: string | Uint8Array): string {
  return runtime.encodeBase64url(content)
}

/**
 * Decodes strict base64url: the URL alphabet, no padding, no white space, and spare bits that are zero, so that
 * each byte string has exactly one text (RFC 4648 sections 3.5 and 5).
 * @returns the bytes, or `undefined` for any other text
 */
export function decodeBase64url(text: string): Uint8Array | undefined {
  return runtime.decodeBase64url(text)
}
