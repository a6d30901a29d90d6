import type { Confirmation, SessionTokens, StartSessionOptions } from '@authcore/core'
import type { CompletedLogin, LoginClient } from './login.js'
import { findAccountBySubject, hashOf, isUsable } from './login-context.js'
import type { LoginSettings } from './login-options.js'
import type { PasswordAccount } from './password-accounts.js'
import type { SessionGrant } from './session-grant.js'

/** Everything that was verified, and what the session is to be like. */
export interface VerifiedLogin extends SessionGrant {
  readonly account: PasswordAccount
  readonly amr: readonly string[]
  readonly acr?: string | undefined
  readonly client: LoginClient
  readonly confirmation?: Confirmation | undefined
}

/**
 * Starts the session of a login that has passed, unless the password was changed meanwhile: whoever changes it ends
 * the sessions that exist then, so one that starts afterwards must look again.
 * @param isStillRight is asked when the stored hash is another one by now
 * @returns `undefined` when the login came too late; its session has been ended
 */
export async function startLoginSession(
  login: VerifiedLogin,
  settings: LoginSettings,
  isStillRight: (account: PasswordAccount) => Promise<boolean>,
): Promise<CompletedLogin<string, string, unknown> | undefined> {
  const { auth, throttle } = settings
  const { subject } = login.account
  const tokens: SessionTokens<string, string, unknown> = await auth.sessions.start(toSession(login))
  const current = await findAccountBySubject(subject, settings)
  if (!(await isUnchanged(login.account, current, isStillRight))) {
    await auth.sessions.revoke(tokens.session.id)
    return undefined
  }
  await forgetFailures(login, settings)
  return Object.freeze({
    outcome: 'completed',
    subject,
    tokens,
    deviceToken: await throttle.rememberDevice(subject),
  })
}

async function isUnchanged(
  verified: PasswordAccount,
  current: PasswordAccount | undefined,
  isStillRight: (account: PasswordAccount) => Promise<boolean>,
): Promise<boolean> {
  if (!isUsable(current)) return false
  return hashOf(current) === hashOf(verified) || isStillRight(current)
}

/** A store that fails here leaves a count that is too high; the person is logged in all the same. */
async function forgetFailures(
  { account, client }: VerifiedLogin,
  { throttle }: LoginSettings,
): Promise<void> {
  try {
    await throttle.reset({ ...client, subject: account.subject })
  } catch {
    // the fence around the stores has told operators
  }
}

function toSession({
  account,
  clientId,
  label,
  amr,
  acr,
  confirmation,
}: VerifiedLogin): StartSessionOptions<string, string, unknown> {
  const { subject, scope, roles, claims } = account
  return {
    subject,
    amr: [...new Set(amr)],
    ...(acr !== undefined && { acr }),
    ...(scope !== undefined && { scope }),
    ...(roles !== undefined && { roles }),
    ...(claims !== undefined && { claims }),
    ...(clientId !== undefined && { clientId }),
    ...(label !== undefined && { label }),
    ...(confirmation !== undefined && { confirmation }),
  }
}
