import { type Grant, validateAmr } from '../access-token/grant.js'
import { validateClaims } from '../access-token/private-claims.js'
import { validateInstant, validateText } from '../arguments.js'
import { InvalidGrantError } from '../errors.js'
import { encodeBase64url } from '../jws/base64url.js'
import { ownMembers } from '../own-members.js'
import type { SessionRecord } from '../ports/session-store.js'
import { validateRoles, validateScope } from '../rights.js'
import { prepareCookieSession } from './cookie-session.js'
import { findLiveSession, type LiveSession } from './live-session.js'
import { type NewSession, validateLogin } from './new-session.js'
import type { SessionContext } from './session-context.js'
import { toGrant } from './session-tokens.js'
import type { CookieSession, RenewSessionOptions } from './sessions.js'

const HASH_LENGTH = 32

/**
 * Puts a session under a new id. The successor is stored first and its token given out last, so that a crash in
 * between leaves the former session or none, never two whose tokens somebody holds. Of any number of renewals of one
 * token, exactly one wins.
 */
export async function renewSession(
  sessionToken: unknown,
  options: RenewSessionOptions<string, string, unknown>,
  context: SessionContext,
): Promise<CookieSession> {
  const { settings, stores, revocations, instants, emit } = context
  // read before the store is asked: a "sign out everywhere" that races with this refuses what comes of it
  const issuedAt = instants.issuing()
  // asked without staleness: a new credential is never issued on an old answer
  const former = await findLiveSession(sessionToken, settings.clock(), revocations.isRevokedNow, context)
  const { record, started } = prepareCookieSession(
    await toSuccessor(former.session, options, issuedAt, context),
    context,
  )
  try {
    await stores.sessions.insert({ session: record, now: issuedAt })
    await claimFormer(former, context)
    await revocations.record([{ kind: 'session', id: former.session.id }])
    await stores.sessions.revoke({ id: former.session.id, reason: 'revoked', now: settings.clock() })
  } catch (error) {
    await discard(record.id, context)
    throw error
  }
  emit('session.renewed', {
    subject: record.subject,
    sessionId: record.id,
    formerSessionId: former.session.id,
  })
  return started
}

/** What changes is checked like a new login; what stays was checked when it was stored. */
async function toSuccessor(
  former: SessionRecord,
  { scope, roles, claims, amr, acr, authenticatedAt }: RenewSessionOptions<string, string, unknown>,
  issuedAt: number,
  { settings }: SessionContext,
): Promise<NewSession> {
  const grant: Grant = ownMembers({
    ...toGrant(former, scope === undefined ? former.scope : validateScope(scope, settings.scopes)),
    ...(roles !== undefined && { roles: validateRoles(roles, settings.roles) }),
    ...(claims !== undefined && { claims: await validateClaims(claims, settings.accessToken.claims) }),
    ...(amr !== undefined && { amr: validateAmr(amr) }),
    ...(acr !== undefined && { acr: validateText(acr, 'acr') }),
  })
  // methods or a level are facts of a login, so there was one
  const login =
    authenticatedAt !== undefined
      ? validateInstant(authenticatedAt, 'authenticatedAt')
      : amr !== undefined || acr !== undefined
        ? issuedAt
        : former.authenticatedAt
  return {
    grant,
    label: former.label,
    issuedAt,
    authenticatedAt: validateLogin(login, issuedAt),
    absoluteExpiresAt: former.absoluteExpiresAt,
  }
}

/** One atomic command that only one caller can win; from then on nothing opens the former session. */
async function claimFormer(
  { session, presented, hash }: LiveSession,
  { settings, stores }: SessionContext,
): Promise<void> {
  const now = settings.clock()
  const { outcome } = await stores.sessions.rotate({
    id: session.id,
    presentedHash: hash,
    presentedGeneration: presented.generation,
    successorHash: encodeBase64url(settings.random(HASH_LENGTH)),
    sealedSuccessor: '',
    now,
    idleExpiresAt: session.idleExpiresAt,
    graceSeconds: 0,
  })
  if (outcome === 'rotated') return
  throw new InvalidGrantError(
    outcome === 'expired' || outcome === 'not_found' ? 'session_token_expired' : 'session_token_revoked',
  )
}

/** Nobody holds its token; it would only be listed until it idles out. */
async function discard(id: string, { settings, stores }: SessionContext): Promise<void> {
  try {
    await stores.sessions.revoke({ id, reason: 'revoked', now: settings.clock() })
  } catch {
    // the first failure is the one to tell
  }
}
