import type { Algorithm } from '../jws/algorithms.js'

/** The request that a proof has to be made for. */
export interface VerifyDpopProofOptions {
  /** The method of the request, as `htm` must name it. */
  readonly method: string
  /** The absolute URL that the client used, whatever proxies made of it; query and fragment do not count. */
  readonly url: string
  /** The access token of the request, whose hash `ath` must be; left out at a token endpoint. */
  readonly accessToken?: string
  /**
   * Called when everything is good but for the look whether the proof was used before, which is the first question
   * to the store. Verify here what the proof is for: strangers then cannot fill the store. What it throws refuses
   * the proof, which may be used again.
   */
  readonly accept?: (proof: VerifiedDpopProof) => unknown
}

/** A proof that was verified. */
export interface VerifiedDpopProof {
  /** SHA-256 JWK thumbprint of the key that was proved (RFC 7638): pass it as `confirmation: { jkt }`. */
  readonly jkt: string
  /** `jti` of the proof. */
  readonly proofId: string
  /** `iat` of the proof, epoch milliseconds. */
  readonly issuedAt: number
  /** The nonce for the next proof, where that of this one is about to end: send it as `DPoP-Nonce`. */
  readonly nextNonce?: string
}

/** Verifies DPoP proofs (RFC 9449): that the sender of a request holds the private part of a key. */
export interface DpopProofVerifier {
  /** The accepted algorithms, for `algs` of challenges and `dpop_signing_alg_values_supported`. */
  readonly algorithms: readonly Algorithm[]
  /**
   * Verifies form, signature, method, URL, age, hash of the access token and nonce, then `accept`, then, in one
   * atomic command of the store, that the proof was never used (RFC 9449 section 4.3).
   * @param proof the value of the one `DPoP` header
   * @returns frozen; that the credential is bound to `jkt` is what `accessTokens.verify` checks
   * @throws InvalidProofError `dpop_proof_missing`, `dpop_proof_malformed`, `dpop_proof_invalid`,
   *   `dpop_proof_expired`, `dpop_proof_replayed`; `dpop_nonce_required` with the `nonce` to use
   * @throws StoreError `store_unavailable`
   * @throws whatever `accept` throws
   */
  verify(proof: string | undefined, options: VerifyDpopProofOptions): Promise<VerifiedDpopProof>
}
