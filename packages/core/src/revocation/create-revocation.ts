import type { AccessTokenCheck } from '../access-token/access-token-check.js'
import { validateText } from '../arguments.js'
import { InvalidGrantError, InvalidTokenError } from '../errors.js'
import { ownMembers } from '../own-members.js'
import { REFRESH_TOKEN, type RefreshGrant } from '../session/refresh-token.js'
import type { SessionContext } from '../session/session-context.js'
import { SESSION_TOKEN, type SessionTokenGrant } from '../session/session-token.js'
import type { Sessions } from '../session/sessions.js'
import { decodeGrant, type TokenKind, verifyToken } from '../session/token-text.js'
import type { Revocation } from './revocation.js'

/** What revocation needs beside the shared parts. */
export interface RevocationParts {
  readonly context: SessionContext
  readonly sessions: Sessions
  readonly checkAccessToken: AccessTokenCheck
}

/** Creates the part that takes back what was issued. */
export function createRevocation({ context, sessions, checkAccessToken }: RevocationParts): Revocation {
  const { settings, stores, revocations, secrets, backend } = context

  const revokeSessionOf = async (token: string, kind: TokenKind, clientId: string | undefined) => {
    const presented = verifyToken(token, kind, secrets, backend)
    const { clientId: owner } = decodeGrant<RefreshGrant | SessionTokenGrant>(presented)
    if (clientId !== undefined && clientId !== owner) return { found: false }
    return sessions.revoke(presented.sessionId)
  }

  return Object.freeze({
    stalenessBoundSeconds: stalenessBound(context),

    async revokeToken(token, options = {}) {
      const { clientId } = ownMembers(options)
      try {
        const kind = [REFRESH_TOKEN, SESSION_TOKEN].find(({ prefix }) => String(token).startsWith(prefix))
        if (kind !== undefined) return await revokeSessionOf(token, kind, clientId)
        // whoever holds a token may end it, also without the key that using it would take
        const { tokenId, clientId: owner } = await checkAccessToken(token, undefined, 'reported')
        if (clientId !== undefined && clientId !== owner) return { found: false }
        await revocations.record([{ kind: 'token', id: tokenId }])
        return { found: true }
      } catch (error) {
        // RFC 7009 section 2.2: an invalid token needs no revocation
        if (error instanceof InvalidTokenError || error instanceof InvalidGrantError) return { found: false }
        throw error
      }
    },

    async revokeSubject(subject) {
      const id = validateText(subject, 'subject')
      await revocations.record([{ kind: 'subject', id }])
      await stores.sessions.revokeAll({ subject: id, reason: 'subject_revoked', now: settings.clock() })
    },

    async revokeClient(clientId) {
      await revocations.record([{ kind: 'client', id: validateText(clientId, 'clientId') }])
    },
  } satisfies Revocation)
}

/** What follows from the settings: an accepted answer is never older, and no token outlives its lifetime. */
function stalenessBound({ settings }: SessionContext): number {
  const { accessToken, revocation } = settings
  const lifetimeSeconds = accessToken.ttlSeconds + accessToken.clockToleranceSeconds
  if (revocation.whenUnavailable === 'accept') return lifetimeSeconds
  return Math.min(revocation.maxStalenessSeconds, lifetimeSeconds)
}
