import type { Confirmation, CookieSession, SessionTokens, StartSessionOptions } from '@authcore/core'
import type { LoginClient } from './login.js'
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

/** Starts a session of one kind. */
export type StartSession<Started> = (
  options: StartSessionOptions<string, string, unknown>,
  settings: Pick<LoginSettings, 'auth'>,
) => Promise<{ readonly sessionId: string; readonly started: Started }>

/** A login that is done, with what its session came to. */
export type CompletedWith<Started> = Started & {
  readonly outcome: 'completed'
  readonly subject: string
  readonly deviceToken: string
}

/** Tokens for a client that keeps them itself. */
export const startTokens: StartSession<{
  readonly tokens: SessionTokens<string, string, unknown>
}> = async (options, { auth }) => {
  const tokens = await auth.sessions.start(options)
  return { sessionId: tokens.session.id, started: { tokens } }
}

/** The one token of a cookie, which is bound to no key. */
export const startCookie: StartSession<{
  readonly cookieSession: CookieSession<string, string, unknown>
}> = async ({ confirmation: _, ...options }, { auth }) => {
  const cookieSession = await auth.sessions.startCookie(options)
  return { sessionId: cookieSession.session.id, started: { cookieSession } }
}

/**
 * Starts the session of a login that has passed, unless the password was changed meanwhile: whoever changes it ends
 * the sessions that exist then, so one that starts afterwards must look again.
 * @param isStillRight is asked when the stored hash is another one by now
 * @returns `undefined` when the login came too late; its session has been ended
 */
export async function startLoginSession<Started>(
  login: VerifiedLogin,
  settings: LoginSettings,
  start: StartSession<Started>,
  isStillRight: (account: PasswordAccount) => Promise<boolean>,
): Promise<CompletedWith<Started> | undefined> {
  const { auth, throttle } = settings
  const { subject } = login.account
  const { sessionId, started } = await start(toSession(login), settings)
  const current = await findAccountBySubject(subject, settings)
  if (!(await isUnchanged(login.account, current, isStillRight))) {
    await auth.sessions.revoke(sessionId)
    return undefined
  }
  await forgetFailures(login, settings)
  return Object.freeze({
    outcome: 'completed',
    subject,
    ...started,
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
