import type { NewParameters, StoredHash } from './stored-hash.js'

const LEAST_SALT_LENGTH = 16
const LEAST_HASH_LENGTH = 32

/**
 * True when a hash is of another kind than new ones, or cheaper to guess. One that costs more is left alone: setting
 * parameters down must not weaken what is stored.
 */
export function isWeaker(stored: StoredHash, current: NewParameters): boolean {
  if (stored.algorithm === 'bcrypt' || stored.algorithm === 'pbkdf2') return true
  if (stored.salt.length < LEAST_SALT_LENGTH || stored.hash.length < LEAST_HASH_LENGTH) return true
  if (stored.algorithm === 'argon2') {
    if (current.algorithm !== 'argon2' || stored.parameters.variant !== 'argon2id') return true
    const { memoryKib, passes } = stored.parameters
    const { parameters } = current
    return memoryKib < parameters.memoryKib || memoryKib * passes < parameters.memoryKib * parameters.passes
  }
  if (current.algorithm !== 'scrypt') return true
  const { logCost, blockSize, parallelism } = current.parameters
  const { parameters } = stored
  const memory = 2 ** parameters.logCost * parameters.blockSize
  const currentMemory = 2 ** logCost * blockSize
  return memory < currentMemory || memory * parameters.parallelism < currentMemory * parallelism
}
