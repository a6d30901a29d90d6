import { createOptionReader, type OptionReader } from '@authcore/core/extension'
import type { HashingBackend } from './hashing-backend.js'
import { HASH_LIMITS, isBoundedArgon2, isBoundedScrypt } from './stored-hash.js'

/** How new hashes are made, and how many at once. */
export interface PasswordHasherOptions {
  /** `argon2id` on Node, Bun and Deno unless told, `scrypt` elsewhere. */
  readonly algorithm?: 'argon2id' | 'scrypt'
  /** 19,456 KiB, 2 passes, 1 lane unless told; at least 7,168 KiB, and 35,840 for memory times passes. */
  readonly argon2id?: { readonly memoryKib?: number; readonly passes?: number; readonly lanes?: number }
  /** `2^17`, 8, 1 unless told; at least `2^13`, and 655,360 for `2^logCost * blockSize * parallelism`. */
  readonly scrypt?: { readonly logCost?: number; readonly blockSize?: number; readonly parallelism?: number }
  /** Hashes at one time, 1 to 64; 2 unless told. */
  readonly concurrency?: number
  /** Calls that may wait, 0 to 10,000; 64 unless told. Any more are refused at once. */
  readonly maxQueued?: number
  /** Where salts come from; the runtime unless told. */
  readonly random?: (length: number) => Uint8Array
}

/** The options, checked and complete. */
export interface PasswordHasherSettings {
  readonly algorithm: 'argon2id' | 'scrypt'
  readonly argon2id: {
    readonly variant: 'argon2id'
    readonly memoryKib: number
    readonly passes: number
    readonly lanes: number
  }
  readonly scrypt: { readonly logCost: number; readonly blockSize: number; readonly parallelism: number }
  readonly concurrency: number
  readonly maxQueued: number
  readonly random: (length: number) => Uint8Array
}

/** What the OWASP Password Storage Cheat Sheet has as the least, in its own units. */
const LEAST_ARGON2 = { memoryKib: 7168, work: 35_840 } as const
const LEAST_SCRYPT = { logCost: 13, work: 655_360 } as const

/**
 * Checks the options once, while wiring.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function parseHasherOptions(
  options: PasswordHasherOptions,
  backend: HashingBackend,
): PasswordHasherSettings {
  const reader = createOptionReader(options)
  const settings: PasswordHasherSettings = {
    algorithm: reader.choice('algorithm', ['argon2id', 'scrypt'], backend.preferredAlgorithm),
    argon2id: readArgon2(reader.group('argon2id')),
    scrypt: readScrypt(reader.group('scrypt')),
    concurrency: reader.integer('concurrency', 1, 64, 2),
    maxQueued: reader.integer('maxQueued', 0, 10_000, 64),
    random: reader.value('random', isRandom, 'a function (length) => Uint8Array') ?? runtimeRandom,
  }
  reader.finish()
  return Object.freeze(settings)
}

function readArgon2(reader: OptionReader): PasswordHasherSettings['argon2id'] {
  const parameters = {
    variant: 'argon2id',
    memoryKib: reader.integer('memoryKib', LEAST_ARGON2.memoryKib, HASH_LIMITS.memoryKib, 19_456),
    passes: reader.integer('passes', 1, 1000, 2),
    lanes: reader.integer('lanes', 1, HASH_LIMITS.lanes, 1),
  } as const
  if (parameters.memoryKib * parameters.passes < LEAST_ARGON2.work) {
    reader.refuse('passes', 'times memoryKib must be at least 35,840')
  }
  if (!isBoundedArgon2(parameters)) reader.refuse('passes', 'times memoryKib must be at most 4,194,304')
  return parameters
}

function readScrypt(reader: OptionReader): PasswordHasherSettings['scrypt'] {
  const parameters = {
    logCost: reader.integer('logCost', LEAST_SCRYPT.logCost, HASH_LIMITS.logCost, 17),
    blockSize: reader.integer('blockSize', 1, 32, 8),
    parallelism: reader.integer('parallelism', 1, 16, 1),
  }
  const { logCost, blockSize, parallelism } = parameters
  if (2 ** logCost * blockSize * parallelism < LEAST_SCRYPT.work) {
    reader.refuse('logCost', 'must be such that 2^logCost * blockSize * parallelism is at least 655,360')
  }
  if (!isBoundedScrypt(parameters))
    reader.refuse('logCost', 'asks for more than 256 MiB at once or 1 GiB in all')
  return parameters
}

function isRandom(value: unknown): value is (length: number) => Uint8Array {
  return typeof value === 'function'
}

/** The random source of the runtime (Web Cryptography, `getRandomValues`). */
function runtimeRandom(length: number): Uint8Array {
  return globalThis.crypto.getRandomValues(new Uint8Array(length))
}
