import { InvalidTokenError } from '../errors.js'
import type { Algorithm } from './algorithms.js'
import { DEFAULT_MAX_TOKEN_LENGTH, decodePart, parseCompactJws } from './compact.js'
import { parseJwsHeader } from './header.js'
import { parseStrictJsonObject } from './strict-json.js'
import type { JwsHeader, KeySource, VerificationKey, VerifiedJsonJws, VerifiedJws } from './types.js'

/** How a verifier decides; everything has been checked by whoever creates it. */
export interface CreateJwsVerifierOptions extends KeySource {
  /** The algorithms to accept; never empty. */
  readonly algorithms: readonly Algorithm[]
  /** The longest token to look at, in characters; 16384 when left out. */
  readonly maxLength?: number
}

/** Verifies one token: at once where the key and its check are synchronous. Throws or rejects alike. */
export type JwsVerifier<Result> = (token: unknown) => Result | Promise<Result>

interface PendingJws {
  readonly header: JwsHeader
  /** The text of the header when it has not been seen before. */
  readonly newHeaderText: string | undefined
  readonly signingInput: string
  readonly payload: Uint8Array
  readonly signature: Uint8Array
}

const MAX_REMEMBERED_HEADERS = 100
const MAX_REMEMBERED_HEADER_LENGTH = 1024

/**
 * Creates a verifier of JWS whose payload is a JSON object. Verified afterwards: form, algorithm, signature,
 * strict JSON. Not verified: `typ` and every claim.
 * @returns a function that throws InvalidTokenError `token_malformed`, `token_too_long`,
 *   `token_header_unsupported`, `token_algorithm_not_allowed`, `token_key_unknown`, `token_signature_invalid`;
 *   errors of `findKey` pass through
 */
export function createJwsVerifier(options: CreateJwsVerifierOptions): JwsVerifier<VerifiedJsonJws> {
  return createVerifier(options, ({ header, payload: bytes, key }) => {
    const payload = parseStrictJsonObject(bytes)
    if (payload === undefined) throw new InvalidTokenError('token_malformed')
    return { header, payload, key }
  })
}

/** Creates a verifier of JWS with any payload. Verified afterwards: form, algorithm and signature. */
export function createBytesJwsVerifier(options: CreateJwsVerifierOptions): JwsVerifier<VerifiedJws> {
  // a copy: the decoded bytes may lie in memory that the runtime shares out
  return createVerifier(options, ({ header, payload, key }) => ({ header, payload: payload.slice(), key }))
}

function createVerifier<Result>(
  options: CreateJwsVerifierOptions,
  toResult: (jws: VerifiedJws) => Result,
): JwsVerifier<Result> {
  const accepted: ReadonlySet<string> = new Set(options.algorithms)
  const maxLength = options.maxLength ?? DEFAULT_MAX_TOKEN_LENGTH
  const rememberedHeaders = new Map<string, JwsHeader>()

  return token => {
    const { header: headerText, payload, signature, signingInput } = parseCompactJws(token, maxLength)
    const rememberedHeader = rememberedHeaders.get(headerText)
    const header = rememberedHeader ?? parseJwsHeader(headerText)
    if (!accepted.has(header.alg)) throw new InvalidTokenError('token_algorithm_not_allowed')
    // all is decoded before the key is looked for: what cannot be a token must not cost a fetch
    const jws = {
      header,
      newHeaderText: rememberedHeader === undefined ? headerText : undefined,
      signingInput,
      payload: decodePart(payload),
      signature: decodePart(signature),
    }
    const key = options.findKey(header)
    return key instanceof Promise ? key.then(found => checkSignature(jws, found)) : checkSignature(jws, key)
  }

  function checkSignature(jws: PendingJws, key: VerificationKey | undefined): Result | Promise<Result> {
    if (key === undefined) throw new InvalidTokenError('token_key_unknown')
    // the key decides about the algorithm, the header can only agree (RFC 8725 section 3.1)
    if (key.algorithm !== jws.header.alg) throw new InvalidTokenError('token_algorithm_not_allowed')
    const isGenuine = key.verify(jws.signingInput, jws.signature)
    return isGenuine instanceof Promise
      ? isGenuine.then(genuine => conclude(jws, key, genuine))
      : conclude(jws, key, isGenuine)
  }

  function conclude(jws: PendingJws, key: VerificationKey, isGenuine: boolean): Result {
    if (isGenuine !== true) throw new InvalidTokenError('token_signature_invalid')
    if (jws.newHeaderText !== undefined) remember(jws.newHeaderText, jws.header)
    return toResult({ header: jws.header, payload: jws.payload, key })
  }

  function remember(headerText: string, header: JwsHeader): void {
    // only headers of genuine tokens are kept, so strangers can neither fill the memory nor push others out
    if (headerText.length > MAX_REMEMBERED_HEADER_LENGTH) return
    if (rememberedHeaders.size >= MAX_REMEMBERED_HEADERS) rememberedHeaders.clear()
    rememberedHeaders.set(headerText, header)
  }
}
