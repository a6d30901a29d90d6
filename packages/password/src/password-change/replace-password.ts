import { callAccounts, hashOf } from '../login/login-context.js'
import type { LoginSettings } from '../login/login-options.js'
import type { PasswordAccount } from '../login/password-accounts.js'

/** A new password for an account that was looked up before. */
export interface ReplacePasswordCommand {
  readonly account: PasswordAccount
  readonly newPassword: string
  readonly reason: 'changed' | 'reset'
  /** Runs between hashing and storing; `false` leaves everything as it is. */
  readonly confirm?: () => Promise<boolean>
  /** Ends what was issued before; runs before and after the hash is stored. */
  readonly endSessions: () => Promise<unknown>
}

/**
 * Stores the hash of a new password and ends what was issued under the old one.
 * @returns false when the password was changed by somebody else meanwhile, or `confirm` says no
 * @throws InvalidRequestError `password_*`; nothing has been changed then
 * @throws RateLimitError `hashing_overloaded`
 * @throws StoreError
 */
export async function replacePassword(
  command: ReplacePasswordCommand,
  settings: LoginSettings,
): Promise<boolean> {
  const { account, newPassword, reason, confirm, endSessions } = command
  const { subject } = account
  await checkNewPassword(account, newPassword, settings)
  const passwordHash = await settings.hasher.hash(newPassword)
  // first too: after a crash in between there is no new password, rather than one beside the sessions of a thief
  await endSessions()
  if (confirm !== undefined && !(await confirm())) return false
  const { saved } = await callAccounts(() =>
    settings.accounts.savePasswordHash({ subject, passwordHash, replaces: hashOf(account) }),
  )
  if (!saved) return false
  await endSessions()
  settings.auth.emit('password.changed', { subject, reason })
  return true
}

async function checkNewPassword(
  account: PasswordAccount,
  newPassword: string,
  settings: LoginSettings,
): Promise<void> {
  const { policy, secondFactors } = settings
  const { subject, email, contextWords = [] } = account
  await policy.check(newPassword, {
    hasSecondFactor: secondFactors !== undefined && (await secondFactors.isEnrolled(subject)),
    contextWords: [...contextWords, ...(typeof email === 'string' ? [email] : [])],
  })
}
