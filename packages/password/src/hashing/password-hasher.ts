/** Hashes passwords and compares them, off the event loop where the runtime can. */
export interface PasswordHasher {
  /**
   * Hashes a new password with a fresh salt.
   * @returns a PHC string that names algorithm and parameters
   * @throws InvalidRequestError `password_malformed`, `password_too_long` (1,024 characters, 4,096 bytes)
   * @throws RateLimitError `hashing_overloaded`
   */
  hash(password: string): Promise<string>
  /**
   * Compares a password with a stored hash.
   * @param passwordHash PHC strings of Argon2, scrypt and PBKDF2, bcrypt (`$2a$`, `$2b$`, `$2y$`), Django's PBKDF2
   * @throws InvalidRequestError `password_malformed`, `password_too_long`
   * @throws StoreError `password_hash_unusable` for another form, or for parameters that nobody sets in good faith
   * @throws RateLimitError `hashing_overloaded`
   */
  verify(password: string, passwordHash: string): Promise<VerifyPasswordResult>
  /**
   * Does the work of comparing with a hash of its own and forgets the result: for accounts that do not exist, whose
   * answer must take as long as any other.
   * @throws the same errors as `verify` but for the stored hash
   */
  simulate(password: string): Promise<void>
}

/** What a comparison came to. */
export interface VerifyPasswordResult {
  readonly matches: boolean
  /** The password matches and the stored hash is of an older kind, or weaker than what is set today. */
  readonly needsRehash: boolean
}
