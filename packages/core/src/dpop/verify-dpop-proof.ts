import type { CryptoBackend } from '../crypto/backend.js'
import { InvalidProofError, InvalidTokenError } from '../errors.js'
import type { Algorithm } from '../jws/algorithms.js'
import { createEmbeddedKeyVerifier, type EmbeddedKeyJws } from '../jws/embedded-key.js'
import { ownMembers } from '../own-members.js'
import type { Clock } from '../ports/clock.js'
import type { OneTimeStore } from '../ports/one-time-store.js'
import type { Random } from '../ports/random.js'
import type { DpopProofVerifier, VerifiedDpopProof, VerifyDpopProofOptions } from './dpop.js'
import { type DpopClaims, parseDpopClaims } from './dpop-claims.js'
import type { DpopNonces } from './dpop-nonces.js'
import { normalizeTarget } from './dpop-target.js'

/** What is accepted, and what it is checked with; everything has been checked before. */
export interface DpopSettings {
  readonly algorithms: readonly Algorithm[]
  readonly maxAgeSeconds: number
  readonly clockToleranceSeconds: number
  /** Demands nonces of these; none unless given. */
  readonly nonces?: DpopNonces | undefined
  readonly oneTime: Pick<OneTimeStore, 'reserve'>
  readonly backend: CryptoBackend
  readonly clock: Clock
  readonly random: Random
}

const PROOF_TYPE = 'dpop+jwt'

/** Holds an RSA key of 4,096 bits and a URL of 1,000 characters; larger keys are a way to make others compute. */
const MAX_PROOF_LENGTH = 4096

const NAMESPACE = 'dpop'

/** Processes whose clocks run behind accept a proof for longer; the guard outlasts them. */
const GUARD_MARGIN_MS = 60_000

/** Builds the check once; each call goes through the steps of RFC 9449 section 4.3. */
export function createDpopCheck(settings: DpopSettings): DpopProofVerifier['verify'] {
  const { algorithms, backend, clock, nonces } = settings
  const verifyProofJws = createEmbeddedKeyVerifier({
    backend,
    algorithms,
    type: PROOF_TYPE,
    maxLength: MAX_PROOF_LENGTH,
  })

  return async (proof, givenOptions) => {
    const options = ownMembers(givenOptions)
    if (proof === undefined) throw new InvalidProofError('dpop_proof_missing')
    const { payload, thumbprint } = await asProof(() => verifyProofJws(proof))
    const claims = parseDpopClaims(payload)
    validateTarget(claims, options)
    validateAge(claims, settings, clock())
    validateAccessToken(claims, options.accessToken, backend)
    const nonce = nonces && validateNonce(claims, nonces)
    const verified: VerifiedDpopProof = Object.freeze({
      jkt: thumbprint,
      proofId: claims.proofId,
      issuedAt: claims.issuedAt,
      ...(nonce === 'outdated' && nonces !== undefined && { nextNonce: nonces.current() }),
    })
    await options.accept?.(verified)
    const now = clock()
    // whoever could make `accept` take long would otherwise outlast the guard
    validateAge(claims, settings, now)
    await reserveProof(verified, settings, now)
    return verified
  }
}

/** What is wrong with a JWS is told as what is wrong with the proof. */
async function asProof(verify: () => Promise<EmbeddedKeyJws>): Promise<EmbeddedKeyJws> {
  try {
    return await verify()
  } catch (error) {
    if (!(error instanceof InvalidTokenError)) throw error
    switch (error.code) {
      case 'token_malformed':
      case 'token_too_long':
        throw new InvalidProofError('dpop_proof_malformed')
      case 'token_type_invalid':
        throw refuse('typ of the DPoP proof must be dpop+jwt.')
      case 'token_algorithm_not_allowed':
        throw refuse('The algorithm of the DPoP proof is not accepted here.')
      case 'token_signature_invalid':
        throw refuse('The signature of the DPoP proof is invalid.')
      default:
        throw refuse(
          'The header of the DPoP proof must hold a good public key, and no other key or extension.',
        )
    }
  }
}

function validateTarget(claims: DpopClaims, { method, url }: VerifyDpopProofOptions): void {
  if (claims.method !== method) throw refuse('htm of the DPoP proof is not the method of the request.')
  const target = normalizeTarget(claims.url)
  if (target === undefined || target !== normalizeTarget(url)) {
    throw refuse('htu of the DPoP proof is not the URL of the request.')
  }
}

function validateAge(
  { issuedAt }: DpopClaims,
  { maxAgeSeconds, clockToleranceSeconds }: DpopSettings,
  now: number,
): void {
  const isRecent = now < issuedAt + maxAgeSeconds * 1000 && issuedAt <= now + clockToleranceSeconds * 1000
  if (!isRecent) throw new InvalidProofError('dpop_proof_expired')
}

/** RFC 9449 section 4.3 step 12: a proof that was made for another token is of no use for this one. */
function validateAccessToken(
  { accessTokenHash }: DpopClaims,
  accessToken: string | undefined,
  backend: CryptoBackend,
): void {
  if (accessToken === undefined) return
  if (accessTokenHash !== backend.encodeBase64url(backend.sha256(accessToken))) {
    throw refuse('ath of the DPoP proof is not the hash of the access token.')
  }
}

function validateNonce({ nonce }: DpopClaims, nonces: DpopNonces): 'current' | 'outdated' {
  const verdict = nonces.judge(nonce)
  if (verdict === 'unknown') throw new InvalidProofError('dpop_nonce_required', { nonce: nonces.current() })
  return verdict
}

/** RFC 9449 section 11.1: of any number of senders of one proof, one passes. */
async function reserveProof(
  { jkt, proofId, issuedAt }: VerifiedDpopProof,
  { oneTime, backend, random, maxAgeSeconds }: DpopSettings,
  now: number,
): Promise<void> {
  const { outcome } = await oneTime.reserve({
    namespace: NAMESPACE,
    // a hash, and by key: nobody can use up the id of a proof of somebody else
    key: backend.encodeBase64url(backend.sha256(`${jkt}.${proofId}`)),
    holder: backend.encodeBase64url(random(16)),
    expiresAt: Math.ceil(issuedAt) + maxAgeSeconds * 1000 + GUARD_MARGIN_MS,
    now,
  })
  if (outcome !== 'reserved') throw new InvalidProofError('dpop_proof_replayed')
}

function refuse(detail: string): InvalidProofError {
  return new InvalidProofError('dpop_proof_invalid', { detail })
}
