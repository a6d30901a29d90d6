import type { InvalidLoginErrorCode } from '@authcore/core'
import { normalizePassword } from '../hashing/normalize-password.js'
import { parseIdentifier } from '../throttle/account-identity.js'
import type { CompleteLoginOptions, LoginClient, LoginOptions, PendingLogin } from './login.js'
import {
  findAccount,
  findAccountBySubject,
  hashOf,
  isUsable,
  readClient,
  refuseLogin,
} from './login-context.js'
import type { LoginSettings } from './login-options.js'
import type { PasswordAccount } from './password-accounts.js'
import type { OpenedPendingLogin, PendingLogins } from './pending-login.js'
import type { SecondFactors, VerifiedSecondFactor } from './second-factors.js'
import { type SessionGrant, validateGrant } from './session-grant.js'
import { type CompletedWith, type StartSession, startLoginSession } from './start-login-session.js'
import { readConfirmation, verifyFactor } from './verify-factor.js'
import { verifyPassword } from './verify-password.js'

/** The first step of a login: the password. */
export async function logIn<Started>(
  options: LoginOptions,
  settings: LoginSettings,
  pendingLogins: PendingLogins,
  start: StartSession<Started>,
): Promise<CompletedWith<Started> | PendingLogin> {
  const { auth, secondFactors, hasher } = settings
  const client = readClient(options)
  const grant = validateGrant(options)
  const { password } = options
  // what is no password for anybody is refused before any account is looked up
  normalizePassword(password)
  const identifier = parseIdentifier(options.identifier)
  const found = await findAccount(identifier, settings)
  const account = await verifyPassword({ account: found, identifier, password, client }, settings)
  if (secondFactors !== undefined && (await secondFactors.isEnrolled(account.subject))) {
    return askForSecondFactor(account, grant, settings, pendingLogins)
  }
  // another login may have strengthened the hash meanwhile; the password decides
  const isStillRight = async (current: PasswordAccount): Promise<boolean> => {
    const passwordHash = hashOf(current)
    return passwordHash !== undefined && (await hasher.verify(password, passwordHash)).matches
  }
  const login = { account, amr: ['pwd'], client, ...grant, ...readConfirmation(options) }
  const completed = await startLoginSession(login, settings, start, isStillRight)
  if (completed !== undefined) return completed
  throw refuseLogin('login_password_invalid', { auth }, { subject: account.subject, client })
}

async function askForSecondFactor(
  account: PasswordAccount,
  grant: SessionGrant,
  { auth, secondFactors }: LoginSettings,
  pendingLogins: PendingLogins,
): Promise<PendingLogin> {
  const { subject } = account
  const { pendingToken, expiresAt } = await pendingLogins.issue(account, grant)
  const methods = (await secondFactors?.listMethods?.(subject)) ?? []
  auth.emit('login.second_factor_required', { subject })
  return Object.freeze({
    outcome: 'second_factor_required',
    pendingToken,
    expiresAt,
    methods: Object.freeze([...methods]),
  })
}

/** The second step of a login: the second factor. */
export async function finishLogin<Started>(
  options: CompleteLoginOptions,
  settings: LoginSettings,
  pendingLogins: PendingLogins,
  start: StartSession<Started>,
): Promise<CompletedWith<Started>> {
  const { secondFactors } = settings
  const client = readClient(options)
  const pending = await pendingLogins.open(options.pendingToken)
  const { subject, clientId, label } = pending
  const refuse = (code: InvalidLoginErrorCode) => refuseLogin(code, settings, { subject, client })
  const account = await findAccountBySubject(subject, settings)
  if (secondFactors === undefined || !isUsable(account) || !pendingLogins.isCurrent(pending, account)) {
    throw refuse('login_pending_invalid')
  }
  // counted before it is verified, with the guesses at the password: none of the two has attempts of its own
  const attempt = await settings.throttle.take({ ...client, subject })
  if (attempt.outcome === 'refused') throw refuse(attempt.code)
  const { amr, acr } = await verifySecondFactor(options.proof, pending, settings, secondFactors, client)
  if (!(await pendingLogins.finish(pending))) throw refuse('login_pending_invalid')

  const login = {
    account,
    client,
    clientId,
    label,
    amr: ['pwd', ...amr, 'mfa'],
    acr,
    ...readConfirmation(options),
  }
  const completed = await startLoginSession(login, settings, start, async () => false)
  if (completed === undefined) throw refuse('login_pending_invalid')
  return completed
}

async function verifySecondFactor(
  proof: unknown,
  { subject, loginId }: OpenedPendingLogin,
  settings: LoginSettings,
  secondFactors: SecondFactors,
  client: LoginClient,
): Promise<VerifiedSecondFactor> {
  return verifyFactor(proof, { subject, client }, settings, accepted =>
    secondFactors.verify(subject, accepted, { loginId }),
  )
}
