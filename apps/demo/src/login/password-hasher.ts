import { hash, verify } from '@node-rs/argon2'

/** Hashes passwords and compares them, off the event loop. */
export interface PasswordHasher {
  /** @returns a text that holds its parameters and a fresh salt */
  hash(password: string): Promise<string>
  verify(passwordHash: string, password: string): Promise<boolean>
}

/** The first choice of the OWASP Password Storage Cheat Sheet for argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** argon2id in the thread pool of the runtime: a login never stops other requests. */
export const argon2Hasher: PasswordHasher = Object.freeze({
  hash: (password: string) => hash(normalize(password), COST),
  verify: (passwordHash: string, password: string) => verify(passwordHash, normalize(password)),
})

/** Keyboards differ in how they compose letters (NIST SP 800-63B section 3.1.1.2). */
function normalize(password: string): string {
  return password.normalize('NFKC')
}
