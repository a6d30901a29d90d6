import { normalizePassword } from '../hashing/normalize-password.js'
import type { ChangePasswordOptions } from '../login/login.js'
import { findAccountBySubject, readClient, refuseLogin } from '../login/login-context.js'
import type { LoginSettings } from '../login/login-options.js'
import { verifyPassword } from '../login/verify-password.js'
import { replacePassword } from './replace-password.js'

/** Replaces a password by one that its owner chose, who presents the current one. */
export async function changePassword(options: ChangePasswordOptions, settings: LoginSettings): Promise<void> {
  const { auth, throttle } = settings
  const { subject, currentPassword, newPassword } = options
  const client = readClient(options)
  normalizePassword(currentPassword)
  const found = await findAccountBySubject(subject, settings)
  const presented = { account: found, identifier: subject, password: currentPassword, client }
  const account = await verifyPassword(presented, settings)
  const isReplaced = await replacePassword(
    { account, newPassword, reason: 'changed', endSessions: () => endOtherSessions(options, settings) },
    settings,
  )
  if (!isReplaced) throw refuseLogin('login_password_invalid', { auth }, { subject, client })
  await throttle.reset({ ...client, subject })
}

/** Without a session to keep, tokens that were issued outside of sessions end too. */
async function endOtherSessions(options: ChangePasswordOptions, { auth }: LoginSettings): Promise<void> {
  const { subject, keepSessionId } = options
  if (Object.hasOwn(options, 'keepSessionId') && keepSessionId !== undefined) {
    await auth.sessions.revokeAll(subject, { except: keepSessionId })
  } else {
    await auth.revocation.revokeSubject(subject)
  }
}
