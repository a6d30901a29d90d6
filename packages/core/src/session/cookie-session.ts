import { InvalidRequestError } from '../errors.js'
import type { SessionRecord } from '../ports/session-store.js'
import { issueFirstToken, type NewSession, prepareSession, toNewRecord } from './new-session.js'
import { toSession } from './session.js'
import type { SessionContext } from './session-context.js'
import { SESSION_TOKEN, type SessionTokenGrant } from './session-token.js'
import type { CookieSession, StartCookieSessionOptions } from './sessions.js'
import { encodeGrant } from './token-text.js'

/** Stores a new session of a browser and issues its one token. */
export async function startCookieSession(
  options: StartCookieSessionOptions<string, string, unknown>,
  context: SessionContext,
): Promise<CookieSession> {
  if (Reflect.get(options, 'confirmation') !== undefined) {
    throw new InvalidRequestError('argument_invalid', {
      detail: 'confirmation is not for sessions by cookie: a browser proves no key beside its cookie.',
    })
  }
  const { record, started } = prepareCookieSession(await prepareSession(options, context), context)
  await context.stores.sessions.insert({ session: record, now: record.createdAt })
  const { id: sessionId, subject, clientId } = started.session
  context.emit('session.started', { subject, sessionId, ...(clientId !== undefined && { clientId }) })
  return started
}

/** Gives a session a new id and a token of its own. Nothing has been stored. */
export function prepareCookieSession(
  start: NewSession,
  context: SessionContext,
): { readonly record: SessionRecord; readonly started: CookieSession } {
  const { grant, issuedAt } = start
  const tokenGrant: SessionTokenGrant = {
    subject: grant.subject,
    ...(grant.clientId !== undefined && { clientId: grant.clientId }),
    startedAt: issuedAt,
  }
  const first = issueFirstToken(SESSION_TOKEN, encodeGrant(tokenGrant), context)
  const record = toNewRecord(start, first, context)
  const started: CookieSession = Object.freeze({
    session: toSession<string, string, typeof record.claims>(record),
    sessionToken: first.token,
    expiresAt: record.absoluteExpiresAt,
  })
  return { record, started }
}
