import { randomBytes } from 'node:crypto'
import type { LoginBody } from './login-body.js'
import type { PasswordHasher } from './password-hasher.js'
import type { User, UserDirectory } from './user-directory.js'

/** Finds out who logs in; `undefined` when email and password do not belong together. */
export type VerifyPassword = (login: LoginBody) => Promise<User | undefined>

/**
 * Prepares the check of passwords. An unknown email costs one comparison, as a known one does: else the time of the
 * answer would tell who has an account.
 */
export async function createVerifyPassword(
  users: UserDirectory,
  hasher: PasswordHasher,
): Promise<VerifyPassword> {
  const dummyHash = await hasher.hash(randomBytes(32).toString('base64url'))
  return async ({ email, password }) => {
    const user = await users.findByEmail(email)
    const isRight = await hasher.verify(user?.passwordHash ?? dummyHash, password)
    return isRight ? user : undefined
  }
}
