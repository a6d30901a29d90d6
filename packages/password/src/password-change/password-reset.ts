import { ConfigError } from '@authcore/core'
import { type ActionTokens, createActionTokens } from '../action-tokens.js'
import type { RequestPasswordResetOptions, ResetPasswordOptions } from '../login/login.js'
import {
  findAccount,
  findAccountBySubject,
  hashOf,
  isUsable,
  readClient,
  refuseLogin,
} from '../login/login-context.js'
import type { LoginSettings } from '../login/login-options.js'
import type { PasswordAccount } from '../login/password-accounts.js'
import { parseIdentifier, toIdentityKey } from '../throttle/account-identity.js'
import { countByAddress } from '../throttle/count-by-address.js'
import { replacePassword } from './replace-password.js'

/** New passwords for people who have forgotten theirs. */
export interface PasswordReset {
  request(options: RequestPasswordResetOptions): Promise<{ readonly delivery: Promise<void> }>
  reset(options: ResetPasswordOptions): Promise<{ readonly subject: string }>
}

export const PASSWORD_RESET_PREFIX = 'pr_'

const HOUR = 3600
/** A mailbox is not to be flooded. */
const MESSAGES_PER_ACCOUNT = 3

/** Prepares resets by a token that travels by e-mail. */
export function createPasswordReset(settings: LoginSettings): PasswordReset {
  const { auth, actionTokenSeconds } = settings
  const kind = {
    prefix: PASSWORD_RESET_PREFIX,
    purpose: 'password.reset',
    lifetimeSeconds: actionTokenSeconds,
  }
  const tokens = createActionTokens(auth, kind)
  // any change of the password or of the address makes older tokens void
  const stateOf = (account: PasswordAccount): string =>
    tokens.toState(account.subject, hashOf(account) ?? '', account.email ?? '')

  return Object.freeze({
    request: options => requestReset(options, { settings, tokens, stateOf }),
    reset: options => resetPassword(options, { settings, tokens, stateOf }),
  } satisfies PasswordReset)
}

interface ResetContext {
  readonly settings: LoginSettings
  readonly tokens: ActionTokens
  stateOf(account: PasswordAccount): string
}

async function requestReset(options: RequestPasswordResetOptions, context: ResetContext) {
  const { settings, tokens, stateOf } = context
  const { sendPasswordReset, auth } = settings
  if (sendPasswordReset === undefined) {
    throw new ConfigError('config_invalid', [
      { path: 'sendPasswordReset', message: 'is required for resets' },
    ])
  }
  const identifier = parseIdentifier(options.identifier)
  await countByAddress('reset', readClient(options).ip, settings)
  const account = await findAccount(identifier, settings)
  const isWithinLimit = await countMessage(account?.subject, identifier, settings)
  // the same steps whether there is an account or not
  const state = stateOf(account ?? { subject: identifier })
  const issued = await tokens.issue({ subject: account?.subject ?? identifier, state })
  if (!isUsable(account) || !isWithinLimit) return { delivery: Promise.resolve() }
  auth.emit('password.reset_requested', { subject: account.subject })
  return { delivery: deliver(() => sendPasswordReset({ account, ...issued }), account.subject, settings) }
}

async function countMessage(
  subject: string | undefined,
  identifier: string,
  { auth }: LoginSettings,
): Promise<boolean> {
  const name = toIdentityKey({ subject, identifier })
  const key = `reset:account:${auth.secretBox('password.reset').hash(`account ${name}`)}`
  const command = { key, limit: MESSAGES_PER_ACCOUNT, windowSeconds: HOUR, cost: 1, now: auth.clock() }
  return (await auth.stores.rateLimits.take(command)).allowed
}

/** Starts at once and is not awaited by whoever answers; a failure is an event. */
async function deliver(send: () => Promise<void>, subject: string, { auth }: LoginSettings): Promise<void> {
  try {
    await send()
  } catch {
    auth.emit('password.delivery_failed', { subject })
  }
}

async function resetPassword(options: ResetPasswordOptions, { settings, tokens, stateOf }: ResetContext) {
  const { auth, throttle } = settings
  const client = readClient(options)
  const opened = await tokens.open(options.token)
  const refuse = () => refuseLogin('password_reset_invalid', settings, { subject: opened?.subject, client })
  const account = opened && (await findAccountBySubject(opened.subject, settings))
  if (opened === undefined || !isUsable(account) || opened.state !== stateOf(account)) {
    throw refuse()
  }
  const { subject } = account
  const isReplaced = await replacePassword(
    {
      account,
      newPassword: options.newPassword,
      reason: 'reset',
      // after the policy: a password that is refused must not use the token up
      confirm: () => tokens.spend(opened),
      endSessions: () => auth.revocation.revokeSubject(subject),
    },
    settings,
  )
  if (!isReplaced) throw refuse()
  await throttle.reset({ ...client, subject })
  return { subject }
}
