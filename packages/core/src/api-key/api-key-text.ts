import type { Random } from '../ports/random.js'

/**
 * The text of an API key: `<prefix>_<environment>_<id><secret><checksum>`, such as `sk_live_` and 71 base62
 * characters: 22 of the id (130 random bits), 43 of the secret (256 random bits), 6 of the CRC-32 of all before.
 * The checksum is public: it refuses typos and noise without a store call and lets secret scanners be exact.
 */
const ID_LENGTH = 22
const SECRET_LENGTH = 43
const CHECKSUM_LENGTH = 6
const BODY_LENGTH = ID_LENGTH + SECRET_LENGTH + CHECKSUM_LENGTH

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** How the keys of a deployment begin. */
export interface ApiKeyFormat {
  readonly prefix: string
  readonly environments: readonly string[]
}

/** A key as text, and what is kept of it in the clear. */
export interface ApiKeyText {
  readonly text: string
  /** `<environment>_<22 characters>`: names the record. */
  readonly id: string
}

/**
 * Matches the keys of a deployment, for secret scanners and log filters. Matches the form; the checksum excludes all
 * but one in four billion chance matches.
 * @returns a global expression that matches inside of longer text
 */
export function apiKeyPattern({ prefix, environments }: ApiKeyFormat = DEFAULT_FORMAT): RegExp {
  return new RegExp(
    `(?<![A-Za-z0-9_])${prefix}_(?:${environments.join('|')})_[A-Za-z0-9]{${BODY_LENGTH}}(?![A-Za-z0-9_])`,
    'g',
  )
}

/** Makes the text of a new key. */
export function createApiKeyText(prefix: string, environment: string, random: Random): ApiKeyText {
  const id = `${environment}_${randomText(ID_LENGTH, random)}`
  const body = `${prefix}_${id}${randomText(SECRET_LENGTH, random)}`
  return { text: body + checksum(body), id }
}

/**
 * Reads the id out of a key whose form and checksum are right. Nothing is verified.
 * @returns `undefined` for anything else
 */
export function parseApiKeyText(
  text: unknown,
  { prefix, environments }: ApiKeyFormat,
): ApiKeyText | undefined {
  if (typeof text !== 'string' || text.length > 256) return undefined
  const environment = environments.find(name => text.startsWith(`${prefix}_${name}_`))
  if (environment === undefined) return undefined
  const start = prefix.length + environment.length + 2
  if (text.length !== start + BODY_LENGTH || !hasChecksum(text, start)) return undefined
  return { text, id: text.slice(prefix.length + 1, start + ID_LENGTH) }
}

/** True for the id of a key, as in URLs. */
export function isApiKeyId(id: unknown): id is string {
  return typeof id === 'string' && /^[a-z][a-z0-9]{0,15}_[A-Za-z0-9]{22}$/.test(id)
}

const DEFAULT_FORMAT: ApiKeyFormat = { prefix: 'sk', environments: ['live', 'test'] }

/** Random characters without bias: bytes past the last full multiple of 62 are thrown away. */
function randomText(length: number, random: Random): string {
  let text = ''
  while (text.length < length) {
    for (const byte of random(length)) {
      if (byte < 248 && text.length < length) text += ALPHABET.charAt(byte % 62)
    }
  }
  return text
}

/** Says whether text is base62 from `start` on and ends in the checksum of all before. */
function hasChecksum(text: string, start: number): boolean {
  const end = text.length - CHECKSUM_LENGTH
  let expected = 0
  for (let index = start; index < text.length; index++) {
    const digit = DIGITS[text.charCodeAt(index)] ?? NO_DIGIT
    if (digit === NO_DIGIT) return false
    if (index >= end) expected = expected * 62 + digit
  }
  return crc32(text, end) === expected
}

/** The checksum in base62. */
function checksum(text: string): string {
  let rest = crc32(text, text.length)
  let encoded = ''
  while (encoded.length < CHECKSUM_LENGTH) {
    encoded = ALPHABET.charAt(rest % 62) + encoded
    rest = Math.floor(rest / 62)
  }
  return encoded
}

/** CRC-32 (ISO 3309, as in zlib) of the characters before `end`. */
function crc32(text: string, end: number): number {
  let crc = 0xffffffff
  for (let index = 0; index < end; index++) {
    crc = (CRC_TABLE[(crc ^ text.charCodeAt(index)) & 0xff] ?? 0) ^ (crc >>> 8)
  }
  return (crc ^ 0xffffffff) >>> 0
}

const NO_DIGIT = 255

/** The value of each character, by its code. */
const DIGITS: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = ALPHABET.indexOf(String.fromCharCode(code))
  return digit === -1 ? NO_DIGIT : digit
})

const CRC_TABLE: Int32Array = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})
