import { backend as runtimeBackend } from '#hashing'
import {
  type PasswordHasherOptions,
  type PasswordHasherSettings,
  parseHasherOptions,
} from './hasher-options.js'
import type { HashingBackend } from './hashing-backend.js'
import { isWeaker } from './is-weaker.js'
import { normalizePassword, passwordCandidates, toUtf8 } from './normalize-password.js'
import type { PasswordHasher } from './password-hasher.js'
import {
  formatStoredHash,
  type NewHash,
  type NewParameters,
  parseStoredHash,
  type StoredHash,
} from './stored-hash.js'
import { createWorkQueue } from './work-queue.js'

const SALT_LENGTH = 16
const HASH_LENGTH = 32

/** bcrypt looks at so many bytes and passes over the rest. */
const BCRYPT_MAX_BYTES = 72

/**
 * Prepares the hashing of passwords. New hashes are argon2id, or scrypt; older ones of other systems are verified too.
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * ```ts
 * import { createPasswordHasher } from '@authcore/password'
 *
 * const hasher = createPasswordHasher()
 * const passwordHash = await hasher.hash('correct horse battery staple')
 * const { matches, needsRehash } = await hasher.verify('correct horse battery staple', passwordHash)
 * ```
 */
export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  return createHasherOn(runtimeBackend, options)
}

/** The same on a given backend; how tests run both. */
export function createHasherOn(backend: HashingBackend, options: PasswordHasherOptions = {}): PasswordHasher {
  const settings = parseHasherOptions(options, backend)
  const enqueue = createWorkQueue(settings)
  const newParameters = toNewParameters(settings)

  const deriveNew = async (password: string, salt: Uint8Array): Promise<NewHash> => {
    const template = { ...newParameters, salt, hash: new Uint8Array(HASH_LENGTH) }
    return { ...template, hash: await derive(backend, toUtf8(password), template) }
  }
  const matchesAny = async (
    candidates: readonly string[],
    stored: StoredHash,
  ): Promise<string | undefined> => {
    for (const candidate of candidates) if (await matches(backend, candidate, stored)) return candidate
    return undefined
  }

  return Object.freeze({
    hash: async password => {
      const normalized = normalizePassword(password)
      return enqueue(async () => formatStoredHash(await deriveNew(normalized, settings.random(SALT_LENGTH))))
    },
    verify: async (password, passwordHash) => {
      const candidates = passwordCandidates(password)
      const stored = parseStoredHash(passwordHash)
      const matched = await enqueue(() => matchesAny(candidates, stored))
      if (matched === undefined) return { matches: false, needsRehash: false }
      return { matches: true, needsRehash: matched !== candidates[0] || isWeaker(stored, newParameters) }
    },
    simulate: async password => {
      const candidates = passwordCandidates(password)
      const nobody: NewHash = {
        ...newParameters,
        salt: new Uint8Array(SALT_LENGTH),
        hash: new Uint8Array(HASH_LENGTH),
      }
      await enqueue(() => matchesAny(candidates, nobody))
    },
  } satisfies PasswordHasher)
}

function toNewParameters({ algorithm, argon2id, scrypt }: PasswordHasherSettings): NewParameters {
  return algorithm === 'argon2id'
    ? { algorithm: 'argon2', parameters: argon2id }
    : { algorithm: 'scrypt', parameters: scrypt }
}

async function matches(backend: HashingBackend, password: string, stored: StoredHash): Promise<boolean> {
  const bytes = toUtf8(password)
  if (stored.algorithm !== 'bcrypt') return equalBytes(await derive(backend, bytes, stored), stored.hash)
  const isMatch = await backend.verifyBcrypt(bytes, stored.text)
  // what bcrypt passes over must not be left to the guesser
  return isMatch && bytes.length <= BCRYPT_MAX_BYTES && !bytes.includes(0)
}

function derive(
  backend: HashingBackend,
  password: Uint8Array,
  stored: Exclude<StoredHash, { algorithm: 'bcrypt' }>,
): Promise<Uint8Array> {
  const { salt, hash } = stored
  switch (stored.algorithm) {
    case 'argon2':
      return backend.argon2(password, stored.parameters, salt, hash.length)
    case 'scrypt':
      return backend.scrypt(password, stored.parameters, salt, hash.length)
    case 'pbkdf2':
      return backend.pbkdf2(password, stored.parameters, salt, hash.length)
  }
}

/** No early end: the place of the first difference stays hidden. */
function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return (
    left.length === right.length &&
    left.reduce((sum, byte, index) => sum | (byte ^ (right[index] ?? 0)), 0) === 0
  )
}
