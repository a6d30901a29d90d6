import { type InvalidLoginError, type InvalidLoginErrorCode, StoreError } from '@authcore/core'
import type { LoginClient } from './login.js'
import { callAccounts, hashOf, refuseLogin } from './login-context.js'
import type { LoginSettings } from './login-options.js'
import type { PasswordAccount } from './password-accounts.js'

/** A password, and the account that it may belong to. */
export interface PresentedPassword {
  readonly account: PasswordAccount | undefined
  /** What was typed in as a name; absent where the account is known already. */
  readonly identifier?: string
  readonly password: string
  readonly client: LoginClient
}

/**
 * Counts the attempt, then does one comparison whatever is wrong: unknown, disabled, without a password, locked.
 * @returns the account with the hash that is stored now
 * @throws InvalidLoginError `login_*`
 * @throws RateLimitError `rate_limited`, `hashing_overloaded`
 */
export async function verifyPassword(
  presented: PresentedPassword,
  settings: LoginSettings,
): Promise<PasswordAccount> {
  const { account, identifier, password, client } = presented
  const attempt = await settings.throttle.take({ ...client, subject: account?.subject, identifier })
  const refuse = (code: InvalidLoginErrorCode): InvalidLoginError =>
    refuseLogin(code, settings, { subject: account?.subject, client })

  const passwordHash = hashOf(account)
  const obstacle = attempt.outcome === 'refused' ? attempt.code : findObstacle(account)
  if (obstacle !== undefined || account === undefined || passwordHash === undefined) {
    await settings.hasher.simulate(password)
    throw refuse(obstacle ?? 'login_password_invalid')
  }
  const { matches, needsRehash } = await compare(password, passwordHash, account, settings)
  if (!matches) throw refuse('login_password_invalid')
  return needsRehash ? rehash(account, password, settings) : account
}

function findObstacle(account: PasswordAccount | undefined): InvalidLoginErrorCode | undefined {
  if (account === undefined) return 'login_account_unknown'
  return account.isDisabled === true ? 'login_account_disabled' : undefined
}

async function compare(
  password: string,
  passwordHash: string,
  { subject }: PasswordAccount,
  settings: LoginSettings,
) {
  try {
    return await settings.hasher.verify(password, passwordHash)
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'password_hash_unusable') throw error
    // the owner cannot mend this, and the answer must not tell anybody else
    settings.auth.emit('password.hash_unusable', { subject })
    await settings.hasher.simulate(password)
    return { matches: false, needsRehash: false }
  }
}

/** Whatever goes wrong here, the password was right: the login goes on, and the next one tries again. */
async function rehash(
  account: PasswordAccount,
  password: string,
  settings: LoginSettings,
): Promise<PasswordAccount> {
  const { auth, accounts, hasher } = settings
  const { subject } = account
  try {
    const passwordHash = await hasher.hash(password)
    const { saved } = await callAccounts(() =>
      accounts.savePasswordHash({ subject, passwordHash, replaces: hashOf(account) }),
    )
    if (!saved) return account
    auth.emit('password.rehashed', { subject })
    return { ...account, passwordHash }
  } catch {
    auth.emit('password.rehash_failed', { subject })
    return account
  }
}
