/**
 * Decodes base64 with padding and without white space (RFC 4648 section 4).
 * @returns `undefined` for every text that encoding would not have made
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text)
    // atob forgives white space, missing padding and spare bits
    if (btoa(binary) !== text) return undefined
    return Uint8Array.from(binary, character => character.charCodeAt(0))
  } catch {
    return undefined
  }
}
