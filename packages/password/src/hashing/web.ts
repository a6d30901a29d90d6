import { argon2dAsync, argon2iAsync, argon2idAsync } from '@noble/hashes/argon2.js'
import { pbkdf2Async } from '@noble/hashes/pbkdf2.js'
import { scryptAsync } from '@noble/hashes/scrypt.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { compare } from 'bcryptjs'
import type { HashingBackend } from './hashing-backend.js'

const ARGON2_VARIANTS = { argon2d: argon2dAsync, argon2i: argon2iAsync, argon2id: argon2idAsync } as const
const DIGESTS = { sha256, sha512 } as const

/** JavaScript alone, in slices between which the event loop goes on. */
export const backend: HashingBackend = Object.freeze<HashingBackend>({
  name: 'web',
  preferredAlgorithm: 'scrypt',
  argon2: (password, { variant, memoryKib, passes, lanes }, salt, length) =>
    ARGON2_VARIANTS[variant](password, salt, { m: memoryKib, t: passes, p: lanes, dkLen: length }),
  scrypt: (password, { logCost, blockSize, parallelism }, salt, length) =>
    scryptAsync(password, salt, {
      N: 2 ** logCost,
      r: blockSize,
      p: parallelism,
      dkLen: length,
      maxmem: 128 * blockSize * (2 ** logCost + parallelism + 2),
    }),
  pbkdf2: (password, { digest, iterations }, salt, length) =>
    pbkdf2Async(DIGESTS[digest], password, salt, { c: iterations, dkLen: length }),
  // the text is UTF-8 of what was checked before, so decoding gives it back unchanged
  verifyBcrypt: (password, hash) => compare(new TextDecoder().decode(password), hash),
})
