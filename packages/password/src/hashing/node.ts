import { pbkdf2, type ScryptOptions, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { hashRaw } from '@node-rs/argon2'
import { verify } from '@node-rs/bcrypt'
import type { HashingBackend } from './hashing-backend.js'

const ARGON2_VARIANTS = { argon2d: 0, argon2i: 1, argon2id: 2 } as const

const deriveScrypt = promisify<Uint8Array, Uint8Array, number, ScryptOptions, Buffer>(scrypt)
const derivePbkdf2 = promisify(pbkdf2)

/** Everything runs on the thread pool: the event loop goes on meanwhile. */
export const backend: HashingBackend = Object.freeze<HashingBackend>({
  name: 'node',
  preferredAlgorithm: 'argon2id',
  argon2: (password, { variant, memoryKib, passes, lanes }, salt, length) =>
    hashRaw(password, {
      algorithm: ARGON2_VARIANTS[variant],
      memoryCost: memoryKib,
      timeCost: passes,
      parallelism: lanes,
      outputLen: length,
      salt,
    }),
  scrypt: (password, { logCost, blockSize, parallelism }, salt, length) => {
    const N = 2 ** logCost
    // the default of 32 MiB is less than what the parameters need
    const maxmem = 128 * blockSize * (N + parallelism + 2)
    return deriveScrypt(password, salt, length, { N, r: blockSize, p: parallelism, maxmem })
  },
  pbkdf2: (password, { digest, iterations }, salt, length) =>
    derivePbkdf2(password, salt, iterations, length, digest),
  verifyBcrypt: verify,
})
