import { ConfigError } from '@authcore/core'
import { countByAddress } from '../throttle/count-by-address.js'
import type { LoginWithPasskeyOptions } from './login.js'
import { findAccountBySubject, isUsable, readClient, refuseLogin } from './login-context.js'
import type { LoginSettings } from './login-options.js'
import { validateGrant } from './session-grant.js'
import { type CompletedWith, type StartSession, startLoginSession } from './start-login-session.js'
import { readConfirmation, verifyFactor } from './verify-factor.js'

/** A login without a password: a passkey that has verified its user says who it is, and is two factors. */
export async function logInWithPasskey<Started>(
  options: LoginWithPasskeyOptions,
  settings: LoginSettings,
  start: StartSession<Started>,
): Promise<CompletedWith<Started>> {
  const { secondFactors } = settings
  const verifyFirst = secondFactors?.verifyFirst
  if (verifyFirst === undefined) {
    throw new ConfigError('config_invalid', [
      { path: 'secondFactors', message: 'must have verifyFirst for logins with a passkey' },
    ])
  }
  const client = readClient(options)
  const grant = validateGrant(options)
  // by address alone: a signature cannot be guessed, and nobody else can lock an account by sending wrong ones
  await countByAddress('passkey', client.ip, settings)
  const { subject, amr, acr } = await verifyFactor(options.proof, { client }, settings, proof =>
    verifyFirst.call(secondFactors, proof),
  )
  const account = await findAccountBySubject(subject, settings)
  const refuse = (code: 'login_account_unknown' | 'login_account_disabled') =>
    refuseLogin(code, settings, { subject, client })
  if (account === undefined) throw refuse('login_account_unknown')
  if (!isUsable(account)) throw refuse('login_account_disabled')
  const login = { account, client, ...grant, amr, acr, ...readConfirmation(options) }
  // another password makes no difference to a login that needs none
  const completed = await startLoginSession(login, settings, start, async () => true)
  if (completed === undefined) throw refuse('login_account_disabled')
  return completed
}
