import { createSealedTokens } from '../sealed-tokens.js'
import type { PendingLoginContent } from './login.js'
import { hashOf, refuseLogin } from './login-context.js'
import type { LoginSettings } from './login-options.js'
import type { PasswordAccount } from './password-accounts.js'
import { readGrant, type SessionGrant } from './session-grant.js'

export const PENDING_LOGIN_PREFIX = 'pl_'

const ID_LENGTH = 16

/** The content of a pending token that was opened and has not expired. */
export interface OpenedPendingLogin extends PendingLoginContent, SessionGrant {
  readonly accountState: string
}

/** Logins that wait for a second factor. Nothing is stored until one is finished. */
export interface PendingLogins {
  issue(
    account: PasswordAccount,
    grant: SessionGrant,
  ): Promise<{ readonly pendingToken: string; readonly expiresAt: number }>
  /** @throws InvalidLoginError `login_pending_invalid` */
  open(pendingToken: unknown): Promise<OpenedPendingLogin>
  /** True while the account has the password that the login was started with. */
  isCurrent(pending: OpenedPendingLogin, account: PasswordAccount): boolean
  /** Takes a login out of the list of those that can be finished; only one call gets `true`. */
  finish(pending: OpenedPendingLogin): Promise<boolean>
}

/** Prepares pending logins under a key of their own: no other part of a deployment accepts their tokens. */
export function createPendingLogins({ auth, pendingSeconds }: LoginSettings): PendingLogins {
  const box = auth.secretBox('password.pending')
  const tokens = createSealedTokens(PENDING_LOGIN_PREFIX, box)
  const stateOf = (account: PasswordAccount): string =>
    box.hash(`${account.subject}\n${hashOf(account) ?? ''}`)

  return Object.freeze({
    issue: async (account, { clientId, label }) => {
      const expiresAt = auth.clock() + pendingSeconds * 1000
      const pendingToken = await tokens.issue({
        subject: account.subject,
        loginId: box.hash(auth.random(ID_LENGTH)),
        expiresAt,
        accountState: stateOf(account),
        ...(clientId !== undefined && { clientId }),
        ...(label !== undefined && { label }),
      })
      return { pendingToken, expiresAt }
    },
    open: async pendingToken => {
      const members = await tokens.open(pendingToken)
      const expiresAt = Number(members?.get('expiresAt'))
      if (members === undefined || auth.clock() >= expiresAt) {
        throw refuseLogin('login_pending_invalid', { auth }, { client: {} })
      }
      return {
        subject: String(members.get('subject')),
        loginId: String(members.get('loginId')),
        expiresAt,
        accountState: String(members.get('accountState')),
        ...readGrant(members),
      }
    },
    isCurrent: (pending, account) => pending.accountState === stateOf(account),
    finish: async ({ loginId, expiresAt }) => {
      const { outcome } = await auth.stores.oneTime.reserve({
        namespace: 'password.pending',
        key: box.hash(loginId),
        holder: box.hash(auth.random(ID_LENGTH)),
        expiresAt,
        now: auth.clock(),
      })
      return outcome === 'reserved'
    },
  } satisfies PendingLogins)
}
