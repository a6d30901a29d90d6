import { ConfigError } from '../errors.js'

/** How a memory store is set up. */
export interface MemoryStoreOptions {
  /** How many unexpired entries a store holds before it refuses new ones; a positive integer, default 100,000. */
  readonly maxEntries?: number
}

const DEFAULT_MAX_ENTRIES = 100_000

/**
 * Reads the bound of a store.
 * @throws {ConfigError} `config_invalid` when `maxEntries` is not a positive integer
 */
export function parseMaxEntries({ maxEntries = DEFAULT_MAX_ENTRIES }: MemoryStoreOptions): number {
  if (Number.isSafeInteger(maxEntries) && maxEntries > 0) return maxEntries
  throw new ConfigError('config_invalid', [{ path: 'maxEntries', message: 'must be a positive integer' }])
}
