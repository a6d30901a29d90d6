import { ConfigError, InvalidRequestError } from '@authcore/core'
import { parseIdentifier } from '../throttle/account-identity.js'
import { countByAddress } from '../throttle/count-by-address.js'
import type { RegisterOptions } from './login.js'
import { callAccounts, readClient } from './login-context.js'
import type { LoginSettings } from './login-options.js'

/** Creates an account with a password that the policy accepts. */
export async function registerAccount(
  options: RegisterOptions,
  settings: LoginSettings,
): Promise<{ readonly subject: string }> {
  const { auth, accounts, policy, hasher } = settings
  const { insert } = accounts
  if (insert === undefined) {
    throw new ConfigError('config_invalid', [
      { path: 'accounts.insert', message: 'is required to register accounts' },
    ])
  }
  const identifier = parseIdentifier(options.identifier)
  await countByAddress('register', readClient(options).ip, settings)
  const { password, contextWords = [] } = options
  await policy.check(password, { contextWords: [identifier, ...contextWords] })
  const passwordHash = await hasher.hash(password)
  const account = await callAccounts(() => insert.call(accounts, { identifier, passwordHash }))
  if (account === undefined) throw new InvalidRequestError('account_exists')
  const { subject } = account
  auth.emit('password.changed', { subject, reason: 'set' })
  return Object.freeze({ subject })
}
