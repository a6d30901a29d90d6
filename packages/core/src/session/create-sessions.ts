import { validateOptionalText, validateText } from '../arguments.js'
import { InvalidGrantError } from '../errors.js'
import { reportRefusal } from '../events.js'
import { ownMembers } from '../own-members.js'
import type { RevocationMark } from '../ports/revocation-store.js'
import type { RevocationCheck } from '../revocation/revocation-check.js'
import { startCookieSession } from './cookie-session.js'
import { introspectRefreshToken } from './introspect-refresh-token.js'
import { refreshSession } from './refresh-session.js'
import { REFRESH_TOKEN, type RefreshGrant } from './refresh-token.js'
import { renewSession } from './renew-session.js'
import { toSession } from './session.js'
import type { SessionContext } from './session-context.js'
import { SESSION_TOKEN } from './session-token.js'
import { createSessionTouches } from './session-touches.js'
import type { Sessions } from './sessions.js'
import { startSession } from './start-session.js'
import { decodeGrant, hasTokenForm, verifyToken } from './token-text.js'
import { verifySession } from './verify-session.js'

const MAX_LISTED = 1000

/** Creates the sessions of one deployment. */
export function createSessions(context: SessionContext, revocationCheck: RevocationCheck): Sessions {
  const verifyContext = { ...context, revocationCheck, touches: createSessionTouches(context) }
  return Object.freeze({
    // own members: what an option leaves out must not come from a polluted Object.prototype
    start: options => startSession(ownMembers(options), context),
    refresh: (refreshToken, options = {}) =>
      reportRefusal('refresh_token', context.emit, () =>
        refreshSession(refreshToken, ownMembers(options), context),
      ),
    introspect: refreshToken => introspectRefreshToken(refreshToken, context),
    startCookie: options => startCookieSession(ownMembers(options), context),
    isSessionToken: text => hasTokenForm(text, SESSION_TOKEN),
    verify: (sessionToken, options = {}) =>
      reportRefusal('session', context.emit, () =>
        verifySession(sessionToken, ownMembers(options), verifyContext),
      ),
    renew: (sessionToken, options = {}) =>
      reportRefusal('session', context.emit, () => renewSession(sessionToken, ownMembers(options), context)),
    list: subject => listSessions(subject, context),
    revoke: (sessionId, options = {}) => revokeSession(sessionId, ownMembers(options).subject, context),
    revokeByRefreshToken: (refreshToken, options = {}) =>
      revokeByRefreshToken(refreshToken, ownMembers(options).clientId, context),
    revokeBySessionToken: sessionToken => revokeBySessionToken(sessionToken, context),
    revokeAll: (subject, options = {}) => revokeAllSessions(subject, ownMembers(options).except, context),
  } satisfies Sessions)
}

async function listSessions(subject: string, { settings, stores }: SessionContext) {
  const query = { subject: validateText(subject, 'subject'), now: settings.clock(), limit: MAX_LISTED }
  const records = await stores.sessions.list(query)
  return records.map(record => toSession<string, string, typeof record.claims>(record))
}

async function revokeSession(sessionId: string, subject: string | undefined, context: SessionContext) {
  const { settings, stores, revocations, emit } = context
  const id = validateText(sessionId, 'sessionId')
  const owner = validateOptionalText(subject, 'subject')
  const mark: RevocationMark = { kind: 'session', id }
  const command = { id, reason: 'revoked', now: settings.clock() } as const

  if (owner === undefined) {
    // the mark first: a crash between the two leaves refused access tokens, not a session that seems ended
    await revocations.record([mark])
    const { found } = await stores.sessions.revoke(command)
    if (found) emit('session.revoked', { sessionId: id, reason: 'revoked' })
    return { found }
  }
  // the store first: the mark must not touch a session of somebody else; a repeat writes it again
  const { found } = await stores.sessions.revoke({ ...command, subject: owner })
  if (!found) return { found }
  await revocations.record([mark])
  emit('session.revoked', { sessionId: id, subject: owner, reason: 'revoked' })
  return { found }
}

async function revokeByRefreshToken(
  refreshToken: string,
  clientId: string | undefined,
  context: SessionContext,
) {
  const presented = verifyToken(refreshToken, REFRESH_TOKEN, context.secrets, context.backend)
  const grant = decodeGrant<RefreshGrant>(presented)
  if (grant.clientId !== clientId) throw new InvalidGrantError('refresh_token_client_mismatch')
  return revokeSession(presented.sessionId, undefined, context)
}

async function revokeBySessionToken(sessionToken: string, context: SessionContext) {
  const { sessionId } = verifyToken(sessionToken, SESSION_TOKEN, context.secrets, context.backend)
  return revokeSession(sessionId, undefined, context)
}

async function revokeAllSessions(subject: string, except: string | undefined, context: SessionContext) {
  const { settings, stores, revocations, emit } = context
  const owner = validateText(subject, 'subject')
  const exceptId = validateOptionalText(except, 'except')
  const toMarks = (ids: readonly string[]) => ids.map((id): RevocationMark => ({ kind: 'session', id }))

  const listed = await stores.sessions.list({ subject: owner, now: settings.clock(), limit: MAX_LISTED })
  const known = listed.map(({ id }) => id).filter(id => id !== exceptId)
  if (known.length > 0) await revocations.record(toMarks(known))
  const { ids } = await stores.sessions.revokeAll({
    subject: owner,
    ...(exceptId !== undefined && { exceptId }),
    reason: 'revoked',
    now: settings.clock(),
  })
  // sessions that were started in between, and those that an interrupted call had ended without a mark
  const unmarked = ids.filter(id => !known.includes(id))
  if (unmarked.length > 0) await revocations.record(toMarks(unmarked))
  // the store also names sessions that had ended before; those are no news
  const ended = ids.filter(id => known.includes(id))
  for (const sessionId of ended) emit('session.revoked', { sessionId, subject: owner, reason: 'revoked' })
  return { ids: ended }
}
