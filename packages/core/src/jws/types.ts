import type { Algorithm } from './algorithms.js'

/** A key that checks signatures of exactly one algorithm. */
export interface VerificationKey {
  readonly algorithm: Algorithm
  readonly kid?: string
  /**
   * Checks a signature. Never throws for bad input.
   * @param signingInput ASCII `header.payload`
   * @param signature raw bytes as in RFC 7518 section 3
   */
  verify(signingInput: string, signature: Uint8Array): boolean | Promise<boolean>
}

/** A key that makes signatures of exactly one algorithm. */
export interface SigningKey {
  readonly algorithm: Algorithm
  readonly kid?: string
  /** @param signingInput ASCII `header.payload` */
  sign(signingInput: string): Uint8Array | Promise<Uint8Array>
}
