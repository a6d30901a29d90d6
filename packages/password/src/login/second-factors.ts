/** What somebody presents beside the password; its members are up to the factors. Nothing about it is known. */
export type SecondFactorProof = Readonly<Record<string, unknown>>

/** The login that a factor is verified for. */
export interface SecondFactorContext {
  /** The same for all steps of one login; what belongs to a login, such as a challenge, is bound to it. */
  readonly loginId: string
}

/** What a verified factor adds to the session. */
export interface VerifiedSecondFactor {
  /** Methods (RFC 8176) beside `pwd` and `mfa`, such as `['otp']`. */
  readonly amr: readonly string[]
  readonly acr?: string
}

/** The second factors of a deployment. `@authcore/mfa` implements this; attempts are counted before it is called. */
export interface SecondFactors {
  /** True when the account cannot log in with its password alone. */
  isEnrolled(subject: string): Promise<boolean>
  /**
   * Verifies a proof. One that counts once is used up by this call, also when several come at the same time.
   * @throws InvalidLoginError `login_second_factor_invalid` for whatever is not accepted
   */
  verify(
    subject: string,
    proof: SecondFactorProof,
    context: SecondFactorContext,
  ): Promise<VerifiedSecondFactor>
  /**
   * Verifies a proof that says by itself whose it is, and is two factors: a passkey that has verified its user. Needed
   * for `loginWithPasskey` only.
   * @returns with everything that belongs into `amr`
   * @throws InvalidLoginError `login_second_factor_invalid` for whatever is not accepted
   */
  verifyFirst?(proof: SecondFactorProof): Promise<VerifiedSecondFactor & { readonly subject: string }>
  /** Names of the factors that the account has, for the page that asks for one. */
  listMethods?(subject: string): Promise<readonly string[]>
}
