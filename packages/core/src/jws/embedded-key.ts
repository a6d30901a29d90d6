import type { CryptoBackend } from '../crypto/backend.js'
import { ConfigError, InvalidTokenError } from '../errors.js'
import type { JsonObject } from '../json.js'
import { ownMembers } from '../own-members.js'
import type { Algorithm } from './algorithms.js'
import { decodePart, parseCompactJws } from './compact.js'
import { parseEmbeddedKeyHeader } from './header.js'
import { importParsedKeyWith } from './import-parsed-key.js'
import { parseStrictJsonObject } from './strict-json.js'
import { createThumbprint } from './thumbprint.js'
import type { JwsHeader, VerificationKey } from './types.js'

/** What is accepted; everything has been checked by whoever creates the verifier. */
export interface EmbeddedKeyVerifierOptions {
  readonly backend: CryptoBackend
  /** Algorithms with a public key. */
  readonly algorithms: readonly Algorithm[]
  /** The `typ` that the header must have, in lower case. */
  readonly type: string
  /** In characters. */
  readonly maxLength: number
}

/** A JWS that was signed by the key in its own header. Whose key that is, nobody has said. */
export interface EmbeddedKeyJws {
  readonly payload: JsonObject
  /** SHA-256 thumbprint of the key (RFC 7638), base64url. */
  readonly thumbprint: string
}

interface EmbeddedKey {
  readonly key: VerificationKey
  readonly thumbprint: string
}

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const

const MAX_REMEMBERED_KEYS = 500
const MAX_REMEMBERED_HEADER_LENGTH = 1024

/**
 * Creates a verifier of JWS that bring their own public key, as DPoP proofs do (RFC 9449 section 4.3, steps 2 and 4
 * to 7). It says that the sender held the key, and nothing else: use it only to compare the thumbprint.
 * @returns a function that rejects with InvalidTokenError `token_malformed`, `token_too_long`, `token_type_invalid`,
 *   `token_header_unsupported`, `token_algorithm_not_allowed`, `token_key_unknown`, `token_signature_invalid`
 */
export function createEmbeddedKeyVerifier(
  options: EmbeddedKeyVerifierOptions,
): (jws: unknown) => Promise<EmbeddedKeyJws> {
  const remembered = new Map<string, EmbeddedKey>()

  return async jws => {
    const { header: headerText, payload, signature, signingInput } = parseCompactJws(jws, options.maxLength)
    const payloadBytes = decodePart(payload)
    const signatureBytes = decodePart(signature)
    const known = remembered.get(headerText)
    const { key, thumbprint } = known ?? (await importEmbeddedKey(headerText, options))
    const isGenuine = await key.verify(signingInput, signatureBytes)
    if (isGenuine !== true) throw new InvalidTokenError('token_signature_invalid')
    if (known === undefined) remember(headerText, { key, thumbprint })
    const members = parseStrictJsonObject(payloadBytes)
    if (members === undefined) throw new InvalidTokenError('token_malformed')
    return { payload: members, thumbprint }
  }

  function remember(headerText: string, key: EmbeddedKey): void {
    // only keys that signed are kept; a flood of them costs others an import, not the memory
    if (headerText.length > MAX_REMEMBERED_HEADER_LENGTH) return
    if (remembered.size >= MAX_REMEMBERED_KEYS) remembered.clear()
    remembered.set(headerText, key)
  }
}

async function importEmbeddedKey(
  headerText: string,
  { backend, algorithms, type }: EmbeddedKeyVerifierOptions,
): Promise<EmbeddedKey> {
  const header = parseEmbeddedKeyHeader(headerText)
  if (header.typ?.toLowerCase() !== type) throw new InvalidTokenError('token_type_invalid')
  if (!algorithms.includes(header.alg)) throw new InvalidTokenError('token_algorithm_not_allowed')
  const jwk = readPublicJwk(header)
  try {
    const key = await importParsedKeyWith(backend, jwk, { algorithm: header.alg })
    if (key.type !== 'public') throw new InvalidTokenError('token_key_unknown')
    return { key, thumbprint: createThumbprint(jwk) }
  } catch (error) {
    if (error instanceof ConfigError) throw new InvalidTokenError('token_key_unknown')
    throw error
  }
}

/** RFC 9449 section 4.3 step 7: a private key in the open is no proof of anything. */
function readPublicJwk({ jwk }: JwsHeader): JsonObject {
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) {
    throw new InvalidTokenError('token_malformed')
  }
  // Array.isArray does not narrow readonly arrays
  const members = ownMembers(jwk as JsonObject)
  if (PRIVATE_MEMBERS.some(name => Object.hasOwn(members, name))) {
    throw new InvalidTokenError('token_header_unsupported')
  }
  return members
}
