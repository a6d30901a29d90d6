import type { Algorithm } from '../jws/algorithms.js'
import { toKeySource, type VerificationKeyInput } from '../jws/key-source.js'
import type { JwsHeader } from '../jws/types.js'
import { createBytesJwsVerifier } from '../jws/verify.js'
import { parseVerifyOptions, toUnknownOptions } from './verify-options.js'

/** How `verifyJws` decides. */
export interface VerifyJwsOptions {
  /** The algorithms to accept; never empty. The key must be of the one that the token uses. */
  readonly algorithms: readonly Algorithm[]
  /** The longest token to look at, in characters; 16384 when left out. */
  readonly maxLength?: number
}

/** A JWS of which the form, the algorithm and the signature have been verified. */
export interface VerifyJwsResult {
  readonly header: JwsHeader
  readonly payload: Uint8Array
}

/**
 * Verifies a JWS in compact serialization with any payload (RFC 7515 section 5.2). Verified: strict form,
 * algorithm, signature. Not verified: `typ`, and what the payload means.
 *
 * @param token anything; what is no string is refused like any malformed token
 * @param key see {@link VerificationKeyInput}; from a set the key is chosen by `kid` and algorithm, and a token
 *   without `kid` is accepted only when exactly one key fits
 * @throws InvalidTokenError `token_malformed`, `token_too_long`, `token_header_unsupported`,
 *   `token_algorithm_not_allowed`, `token_key_unknown`, `token_signature_invalid`
 * @throws ConfigError `config_invalid` or `key_invalid` for options or a key that cannot be used
 * @throws StoreError `jwk_set_unavailable` when keys cannot be fetched
 * @example
 * ```ts
 * import { importKey, verifyJws } from '@authcore/core/jwt'
 *
 * const key = await importKey(process.env.PUBLIC_KEY_PEM ?? '', { algorithm: 'EdDSA' })
 * const { payload } = await verifyJws('eyJhbGciOiJFZERTQSJ9...', key, { algorithms: ['EdDSA'] })
 * ```
 */
export async function verifyJws(
  token: unknown,
  key: VerificationKeyInput,
  options: VerifyJwsOptions,
): Promise<VerifyJwsResult> {
  const { algorithms, maxLength } = parseVerifyOptions(toUnknownOptions(options))
  const { findKey } = await toKeySource(key, algorithms)
  const { header, payload } = await createBytesJwsVerifier({ algorithms, maxLength, findKey })(token)
  return Object.freeze({ header: Object.freeze({ ...header }), payload })
}
