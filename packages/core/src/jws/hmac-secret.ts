const LONGEST_PATTERN = 16

/** Secrets that stand in documentation and tutorials, at which guessing starts. Compared in lower case. */
const PUBLISHED_SECRETS: readonly string[] = [
  'secret',
  'your-256-bit-secret',
  'your-384-bit-secret',
  'your-512-bit-secret',
  'a-string-secret-at-least-256-bits-long',
  'a-valid-string-secret-that-is-at-least-384-bits-long',
  'a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long',
  'qwertyuiopasdfghjklzxcvbnm123456',
  'cc7e0d44fd473002f1c42167459001140ec6389b7353f8088f4d9a95f2f596f2',
  'thisisasecretkeythatshouldbechanged',
  'this-is-a-secret-key-that-should-be-changed',
  'my-32-character-ultra-secure-and-ultra-long-secret',
  'my-super-secret-key-that-is-at-least-32-characters-long',
  'super-secret-jwt-token-with-at-least-32-characters-long',
  'your-super-secret-jwt-token-with-at-least-32-characters-long',
]

const KEY_TEXT = [
  // PEM (RFC 7468), also with the four dashes of RFC 4716, wherever in the text it begins
  /-{4,5} ?BEGIN /,
  /"(?:kty|keys)"\s*:/,
  /(?:^|\s)(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d+|sk-(?:ssh|ecdsa)-\S+) AAAA/,
  /PuTTY-User-Key-File/,
] as const

/**
 * Says why bytes cannot be an HMAC key, or nothing. Text of other keys is refused because a public key that is
 * taken for a secret lets everybody sign; text that people made up, because it can be guessed.
 * @param minLength bytes of the hash (RFC 7518 section 3.2)
 */
export function findSecretProblem(bytes: Uint8Array, minLength: number): string | undefined {
  if (isKeyText(bytes)) return 'is the text of another key (PEM, DER, JWK or SSH), not secret bytes'
  if (isPublished(bytes)) return 'is an example from documentation, which everybody knows'
  if (bytes.length < minLength) return `has ${bytes.length} bytes; this algorithm needs at least ${minLength}`
  if (isGuessable(bytes)) return 'is a pattern that can be guessed; take bytes from a random source'
  return undefined
}

function isKeyText(bytes: Uint8Array): boolean {
  if (isDerKey(bytes)) return true
  const text = toText(bytes)
  if (KEY_TEXT.some(pattern => pattern.test(text))) return true
  // environment variables often hold a key as base64, with or without the lines around it
  const decoded = decodeBase64(text)
  return (
    decoded !== undefined && (isDerKey(decoded) || KEY_TEXT.some(pattern => pattern.test(toText(decoded))))
  )
}

/** SPKI, PKCS #8, PKCS #1, SEC 1 and X.509 all are one ASN.1 sequence that begins with an integer or a sequence. */
function isDerKey(bytes: Uint8Array): boolean {
  const [tag, first = 0] = bytes
  if (tag !== 0x30) return false
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  let length = lengthBytes === 0 ? first : 0
  for (const byte of bytes.subarray(2, 2 + lengthBytes)) length = length * 256 + byte
  const start = 2 + lengthBytes
  return start + length === bytes.length && (bytes[start] === 0x30 || bytes[start] === 0x02)
}

/** One character per byte; without the zero bytes of UTF-16, in which text could hide. */
function toText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) if (byte !== 0) text += String.fromCharCode(byte)
  return text
}

function decodeBase64(text: string): Uint8Array | undefined {
  const compact = text.replace(/[\s=]/g, '').replaceAll('-', '+').replaceAll('_', '/')
  if (compact.length < 16 || !/^[A-Za-z0-9+/]+$/.test(compact) || compact.length % 4 === 1) return undefined
  return Uint8Array.from(atob(compact), character => character.charCodeAt(0))
}

function isPublished(bytes: Uint8Array): boolean {
  const text = toText(bytes).trim().toLowerCase()
  return PUBLISHED_SECRETS.includes(text)
}

/** A period, a run up or down, or too few different bytes: nothing that a random source would give. */
function isGuessable(bytes: Uint8Array): boolean {
  if (new Set(bytes).size <= 4) return true
  const steps = Array.from(bytes.subarray(1), (byte, index) => (byte - (bytes[index] ?? 0)) & 255)
  if (new Set(steps).size <= 4) return true
  for (let period = 1; period <= LONGEST_PATTERN; period++) {
    if (bytes.every((byte, index) => byte === bytes[index % period])) return true
  }
  return false
}
