/** What a runtime derives. `hashing/node.ts` and `hashing/web.ts` export a `backend` of this type each. */
export interface HashingBackend {
  readonly name: 'node' | 'web'
  /** What new hashes are made with unless told. */
  readonly preferredAlgorithm: 'argon2id' | 'scrypt'
  argon2(
    password: Uint8Array,
    parameters: Argon2Parameters,
    salt: Uint8Array,
    length: number,
  ): Promise<Uint8Array>
  scrypt(
    password: Uint8Array,
    parameters: ScryptParameters,
    salt: Uint8Array,
    length: number,
  ): Promise<Uint8Array>
  pbkdf2(
    password: Uint8Array,
    parameters: Pbkdf2Parameters,
    salt: Uint8Array,
    length: number,
  ): Promise<Uint8Array>
  /** @param hash a checked text of the form `$2b$10$...` */
  verifyBcrypt(password: Uint8Array, hash: string): Promise<boolean>
}

/** Argon2, version 1.3 (RFC 9106). */
export interface Argon2Parameters {
  readonly variant: 'argon2id' | 'argon2i' | 'argon2d'
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
}

/** scrypt (RFC 7914). Uses `128 * 2^logCost * blockSize` bytes. */
export interface ScryptParameters {
  readonly logCost: number
  readonly blockSize: number
  readonly parallelism: number
}

/** PBKDF2 (RFC 8018 section 5.2) with HMAC. */
export interface Pbkdf2Parameters {
  readonly digest: 'sha256' | 'sha512'
  readonly iterations: number
}
