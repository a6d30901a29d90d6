import { InvalidGrantError, type Session } from '@authcore/core'
import { emptyResponse, jsonResponse } from '../auth-response.js'
import { readBoolean, refuseUnknownMembers } from '../request-body.js'
import { toNumericDate } from '../wire.js'
import { createAuthenticateActor } from './actor.js'
import { type AnyAuthCore, isResourceId, type ManagementDemands, type Route } from './route.js'

const NOT_FOUND = { found: false } as const

/** Lists and ends the sessions of the caller. */
export function sessionRoutes(auth: AnyAuthCore, demands: ManagementDemands): readonly Route[] {
  const authenticate = createAuthenticateActor(auth, demands)
  return [
    {
      method: 'GET',
      demands,
      path: '/sessions',
      handle: async call => {
        const { subject, sessionId } = await authenticate(call)
        const sessions = await auth.sessions.list(subject)
        return jsonResponse(200, { sessions: sessions.map(session => toWireSession(session, sessionId)) })
      },
    },
    {
      method: 'DELETE',
      demands,
      path: '/sessions/:id',
      handle: async call => {
        const { subject } = await authenticate(call)
        const { found } = isResourceId(call.id) ? await auth.sessions.revoke(call.id, { subject }) : NOT_FOUND
        if (!found) throw new InvalidGrantError('session_not_found')
        return emptyResponse()
      },
    },
    {
      method: 'POST',
      demands,
      path: '/sessions/revoke-all',
      handle: async call => {
        const { subject, sessionId } = await authenticate(call)
        const body = await call.readBody()
        refuseUnknownMembers(body, ['except_current'])
        const keepsCurrent = readBoolean(body, 'except_current') === true && sessionId !== undefined
        const { ids } = await auth.sessions.revokeAll(subject, keepsCurrent ? { except: sessionId } : {})
        return jsonResponse(200, { revoked: ids })
      },
    },
  ]
}

function toWireSession(session: Session<string, string, unknown>, currentId: string | undefined): object {
  return {
    id: session.id,
    current: session.id === currentId,
    ...(session.label !== undefined && { label: session.label }),
    ...(session.clientId !== undefined && { client_id: session.clientId }),
    scope: session.scope.join(' '),
    amr: session.amr,
    ...(session.acr !== undefined && { acr: session.acr }),
    created_at: toNumericDate(session.createdAt),
    auth_time: toNumericDate(session.authenticatedAt),
    last_used_at: toNumericDate(session.lastUsedAt),
    expires_at: toNumericDate(Math.min(session.idleExpiresAt, session.absoluteExpiresAt)),
  }
}
