const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Encodes bytes as base64url without padding, with nothing but the language. */
export function encodePortableBase64url(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let pending = 0
  for (const byte of bytes) {
    pending = (pending << 8) | byte
    bits += 8
    while (bits >= 6) {
      bits -= 6
      text += ALPHABET.charAt((pending >> bits) & 63)
    }
    pending &= 63
  }
  return bits === 0 ? text : text + ALPHABET.charAt((pending << (6 - bits)) & 63)
}

/** Decodes strict base64url; `undefined` for any text that the encoder would not have made. */
export function decodePortableBase64url(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let length = 0
  let bits = 0
  let pending = 0
  for (let index = 0; index < text.length; index++) {
    const value = sextetOf(text.charCodeAt(index))
    if (value === undefined) return undefined
    pending = ((pending & 63) << 6) | value
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[length++] = (pending >> bits) & 255
  }
  // spare bits that are not zero would give one byte string several texts
  return (pending & ((1 << bits) - 1)) === 0 ? bytes : undefined
}

function sextetOf(code: number): number | undefined {
  if (code >= 97 && code <= 122) return code - 71
  if (code >= 65 && code <= 90) return code - 65
  if (code >= 48 && code <= 57) return code + 4
  if (code === 45) return 62
  return code === 95 ? 63 : undefined
}
