import { ConfigError } from '../errors.js'
import { type Algorithm, isAlgorithm } from '../jws/algorithms.js'
import { DEFAULT_MAX_TOKEN_LENGTH } from '../jws/compact.js'
import { ownMembers } from '../own-members.js'

/** What every verification is told, after checking. */
export interface ParsedVerifyOptions {
  readonly algorithms: readonly Algorithm[]
  readonly maxLength: number
}

/** Options of unknown type, to be read by name. */
export type UnknownOptions = Readonly<Record<string, unknown>>

const LARGEST_MAX_LENGTH = 16_777_216

/**
 * Checks the options that `verifyJws` and `verifyJwt` share.
 * @throws ConfigError `config_invalid`
 */
export function parseVerifyOptions(options: UnknownOptions): ParsedVerifyOptions {
  return { algorithms: readAlgorithms(options['algorithms']), maxLength: readMaxLength(options['maxLength']) }
}

/** Reads options that callers without a type checker may have got wrong; anything but an object has none. */
export function toUnknownOptions(options: unknown): UnknownOptions {
  // members are checked one by one when they are read; a check must not be relaxed by a polluted Object.prototype
  return ownMembers(typeof options === 'object' && options !== null ? (options as UnknownOptions) : {})
}

/** Checks the cap on the length of a token. */
export function readMaxLength(value: unknown): number {
  if (value === undefined) return DEFAULT_MAX_TOKEN_LENGTH
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LARGEST_MAX_LENGTH) {
    return value
  }
  throw optionError('maxLength', `must be a whole number from 1 to ${LARGEST_MAX_LENGTH}`)
}

/** Makes the error for one option. */
export function optionError(path: string, message: string): ConfigError {
  return new ConfigError('config_invalid', [{ path, message }])
}

/** No default: what a caller does not expect must not be accepted (RFC 8725 section 3.1). */
function readAlgorithms(value: unknown): readonly Algorithm[] {
  if (Array.isArray(value) && value.length > 0 && value.every(isAlgorithm)) return value
  throw optionError('algorithms', 'must name at least one supported algorithm, and no others')
}
