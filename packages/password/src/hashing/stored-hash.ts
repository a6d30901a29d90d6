import { StoreError } from '@authcore/core'
import type { Argon2Parameters, Pbkdf2Parameters, ScryptParameters } from './hashing-backend.js'
import { decodeBase64, encodeBase64 } from './phc-base64.js'

/** A stored hash whose every part has been checked. */
export type StoredHash =
  | (Derived & { readonly algorithm: 'argon2'; readonly parameters: Argon2Parameters })
  | (Derived & { readonly algorithm: 'scrypt'; readonly parameters: ScryptParameters })
  | (Derived & { readonly algorithm: 'pbkdf2'; readonly parameters: Pbkdf2Parameters })
  | { readonly algorithm: 'bcrypt'; readonly text: string }

/** What new hashes are made of and with. */
export type NewHash = Extract<StoredHash, { algorithm: 'argon2' | 'scrypt' }>

/** What new hashes are made with. */
export type NewParameters =
  | Pick<Extract<NewHash, { algorithm: 'argon2' }>, 'algorithm' | 'parameters'>
  | Pick<Extract<NewHash, { algorithm: 'scrypt' }>, 'algorithm' | 'parameters'>

interface Derived {
  readonly salt: Uint8Array
  readonly hash: Uint8Array
}

const MAX_TEXT = 512
const MAX_MEMORY_BYTES = 256 * 1024 * 1024

interface HashLimits {
  readonly memoryKib: number
  /** Of memory times passes, in KiB. */
  readonly argon2Work: number
  readonly lanes: number
  readonly logCost: number
  /** Of memory times parallelism, in bytes. */
  readonly scryptWork: number
  readonly iterations: number
  readonly bcryptCost: number
}

/** Bounds on what a stored text may ask for: whoever can write one to the database must not stop the service. */
export const HASH_LIMITS: HashLimits = Object.freeze({
  memoryKib: MAX_MEMORY_BYTES / 1024,
  argon2Work: 4 * 1024 * 1024,
  lanes: 16,
  logCost: 20,
  scryptWork: 4 * MAX_MEMORY_BYTES,
  iterations: 5_000_000,
  bcryptCost: 15,
})

const NUMBER = '(0|[1-9][0-9]{0,9})'
const BASE64 = '([A-Za-z0-9+/]{1,128})'
const ARGON2 = new RegExp(
  `^\\$(argon2id|argon2i|argon2d)\\$v=19\\$m=${NUMBER},t=${NUMBER},p=${NUMBER}\\$${BASE64}\\$${BASE64}$`,
)
const SCRYPT = new RegExp(`^\\$scrypt\\$ln=${NUMBER},r=${NUMBER},p=${NUMBER}\\$${BASE64}\\$${BASE64}$`)
// passlib leaves out "i=" and writes "." for "+"
const PBKDF2 = new RegExp(
  `^\\$pbkdf2-(sha256|sha512)\\$(?:i=)?${NUMBER}(?:,l=${NUMBER})?\\$([A-Za-z0-9+/.]{1,128})\\$([A-Za-z0-9+/.]{1,128})$`,
)
const DJANGO = new RegExp(
  `^pbkdf2_(sha256)\\$${NUMBER}\\$([A-Za-z0-9]{8,64})\\$([A-Za-z0-9+/]{1,128}={0,2})$`,
)
const BCRYPT = /^\$2[aby]\$(0[4-9]|1[0-9]|2[0-9]|3[01])\$[./A-Za-z0-9]{53}$/

/**
 * Reads a stored hash and refuses what would cost too much, before any work is done.
 * @param text a PHC string of Argon2, scrypt or PBKDF2, a bcrypt hash, or one of Django's PBKDF2
 * @throws StoreError `password_hash_unusable`; never quotes the text
 */
export function parseStoredHash(text: unknown): StoredHash {
  if (typeof text !== 'string' || text.length > MAX_TEXT) throw unusable()
  const parsed =
    parseArgon2(text) ?? parseScrypt(text) ?? parsePbkdf2(text) ?? parseDjango(text) ?? parseBcrypt(text)
  if (parsed === undefined) throw unusable()
  return parsed
}

/** Writes a PHC string. */
export function formatStoredHash(stored: NewHash): string {
  const tail = `$${encodeBase64(stored.salt)}$${encodeBase64(stored.hash)}`
  if (stored.algorithm === 'argon2') {
    const { variant, memoryKib, passes, lanes } = stored.parameters
    return `$${variant}$v=19$m=${memoryKib},t=${passes},p=${lanes}${tail}`
  }
  const { logCost, blockSize, parallelism } = stored.parameters
  return `$scrypt$ln=${logCost},r=${blockSize},p=${parallelism}${tail}`
}

/** True within the bounds, and for parameters that the algorithm has. */
export function isBoundedArgon2({ memoryKib, passes, lanes }: Argon2Parameters): boolean {
  return (
    isWithin(lanes, 1, HASH_LIMITS.lanes) &&
    isWithin(memoryKib, 8 * lanes, HASH_LIMITS.memoryKib) &&
    isWithin(passes, 1, HASH_LIMITS.argon2Work) &&
    memoryKib * passes <= HASH_LIMITS.argon2Work
  )
}

/** True within the bounds, and for parameters that the algorithm has. */
export function isBoundedScrypt({ logCost, blockSize, parallelism }: ScryptParameters): boolean {
  const memory = 128 * 2 ** logCost * blockSize
  return (
    isWithin(logCost, 1, HASH_LIMITS.logCost) &&
    isWithin(blockSize, 1, 32) &&
    isWithin(parallelism, 1, 16) &&
    memory <= MAX_MEMORY_BYTES &&
    memory * parallelism <= HASH_LIMITS.scryptWork
  )
}

function parseArgon2(text: string): StoredHash | undefined {
  const [, variant, memory, passes, lanes, salt, hash] = ARGON2.exec(text) ?? []
  if (!isVariant(variant)) return undefined
  const parameters = { variant, memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) }
  const derived = isBoundedArgon2(parameters) ? toDerived(salt, hash) : undefined
  return derived && { algorithm: 'argon2', parameters, ...derived }
}

function parseScrypt(text: string): StoredHash | undefined {
  const [, logCost, blockSize, parallelism, salt, hash] = SCRYPT.exec(text) ?? []
  const parameters = {
    logCost: Number(logCost),
    blockSize: Number(blockSize),
    parallelism: Number(parallelism),
  }
  const derived = isBoundedScrypt(parameters) ? toDerived(salt, hash) : undefined
  return derived && { algorithm: 'scrypt', parameters, ...derived }
}

function parsePbkdf2(text: string): StoredHash | undefined {
  const [, digest, iterations, length, salt = '', hash = ''] = PBKDF2.exec(text) ?? []
  const derived = toDerived(salt.replaceAll('.', '+'), hash.replaceAll('.', '+'))
  if (length !== undefined && derived?.hash.length !== Number(length)) return undefined
  return derived && toPbkdf2(digest, iterations, derived)
}

function parseDjango(text: string): StoredHash | undefined {
  const [, digest, iterations, salt = '', padded = ''] = DJANGO.exec(text) ?? []
  const hash = padded.length % 4 === 0 ? decodeBase64(padded.replace(/=+$/, '')) : undefined
  if (hash === undefined || hash.length !== 32) return undefined
  return toPbkdf2(digest, iterations, { salt: new TextEncoder().encode(salt), hash })
}

function toPbkdf2(
  digest: string | undefined,
  iterations: string | undefined,
  derived: Derived,
): StoredHash | undefined {
  const parameters = {
    digest: digest === 'sha512' ? ('sha512' as const) : ('sha256' as const),
    iterations: Number(iterations),
  }
  return isWithin(parameters.iterations, 1, HASH_LIMITS.iterations)
    ? { algorithm: 'pbkdf2', parameters, ...derived }
    : undefined
}

function parseBcrypt(text: string): StoredHash | undefined {
  const cost = BCRYPT.exec(text)?.[1]
  return cost !== undefined && Number(cost) <= HASH_LIMITS.bcryptCost
    ? { algorithm: 'bcrypt', text }
    : undefined
}

function isVariant(text: string | undefined): text is Argon2Parameters['variant'] {
  return text === 'argon2id' || text === 'argon2i' || text === 'argon2d'
}

function toDerived(saltText: string | undefined, hashText: string | undefined): Derived | undefined {
  const salt = saltText === undefined ? undefined : decodeBase64(saltText)
  const hash = hashText === undefined ? undefined : decodeBase64(hashText)
  if (salt === undefined || hash === undefined) return undefined
  // a short hash is found by chance: 1 byte by every 256th password
  return isWithin(salt.length, 8, 64) && isWithin(hash.length, 16, 64) ? { salt, hash } : undefined
}

function isWithin(value: number, minimum: number, maximum: number): boolean {
  return Number.isSafeInteger(value) && value >= minimum && value <= maximum
}

function unusable(): StoreError {
  return new StoreError('password_hash_unusable')
}
