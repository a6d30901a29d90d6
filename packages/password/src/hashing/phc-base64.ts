/** Encodes bytes as base64 without padding, as PHC strings have it. */
export function encodeBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/=+$/, '')
}

/**
 * Decodes strict base64 without padding.
 * @returns `undefined` for every text that `encodeBase64` would not have made
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]+$/.test(text) || text.length % 4 === 1) return undefined
  const bytes = Uint8Array.from(atob(text), character => character.charCodeAt(0))
  return encodeBase64(bytes) === text ? bytes : undefined
}
