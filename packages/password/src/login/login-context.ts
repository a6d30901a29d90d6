import { AuthError, InvalidLoginError, type InvalidLoginErrorCode, StoreError } from '@authcore/core'
import type { LoginClient } from './login.js'
import type { LoginSettings } from './login-options.js'
import type { PasswordAccount } from './password-accounts.js'

/**
 * Calls the accounts of the application.
 * @throws StoreError `store_unavailable` for whatever they throw
 */
export async function callAccounts<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof AuthError) throw error
    throw new StoreError('store_unavailable', { cause: error })
  }
}

/** Finds an account by what was typed in. */
export async function findAccount(
  identifier: string,
  { accounts }: LoginSettings,
): Promise<PasswordAccount | undefined> {
  return toOwnAccount(await callAccounts(() => accounts.find(identifier)))
}

/** Finds an account by its subject. */
export async function findAccountBySubject(
  subject: string,
  { accounts }: LoginSettings,
): Promise<PasswordAccount | undefined> {
  return toOwnAccount(await callAccounts(() => accounts.findBySubject(subject)))
}

/** The stored hash, where there is one. */
export function hashOf(account: PasswordAccount | undefined): string | undefined {
  return account?.passwordHash ?? undefined
}

/** True while somebody may log in with the account. */
export function isUsable(account: PasswordAccount | undefined): account is PasswordAccount {
  return account !== undefined && account.isDisabled !== true
}

/** Makes the error of a refused login, and tells operators. */
export function refuseLogin(
  code: InvalidLoginErrorCode,
  { auth }: Pick<LoginSettings, 'auth'>,
  details: { readonly subject?: string | undefined; readonly client: LoginClient },
): InvalidLoginError {
  const { subject, client } = details
  auth.emit('login.refused', {
    code,
    ...(subject !== undefined && { subject }),
    ...(client.ip !== undefined && { ip: client.ip }),
  })
  return new InvalidLoginError(code)
}

/** The fields of a client, own ones only. */
export function readClient(options: LoginClient): LoginClient {
  const members = new Map<string, unknown>(Object.entries(options))
  const [ip, deviceToken] = [members.get('ip'), members.get('deviceToken')]
  return {
    ...(typeof ip === 'string' && ip !== '' && { ip }),
    ...(typeof deviceToken === 'string' && { deviceToken }),
  }
}

/** @throws StoreError `store_record_invalid` for what is no account */
function toOwnAccount(account: PasswordAccount | null | undefined): PasswordAccount | undefined {
  if (account === undefined || account === null) return undefined
  // without a prototype: what is left out must not come from a polluted Object.prototype
  const own: PasswordAccount = Object.assign(Object.create(null), account)
  const { subject, passwordHash, isDisabled, email, contextWords, scope, roles, claims } = own
  if (typeof subject !== 'string' || subject === '') {
    throw new StoreError('store_record_invalid', {
      cause: new TypeError('An account must have a subject of its own.'),
    })
  }
  return { subject, passwordHash, isDisabled, email, contextWords, scope, roles, claims }
}
