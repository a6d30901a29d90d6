import type { AccessTokenCheck } from '../access-token/access-token-check.js'
import { validateText } from '../arguments.js'
import { InvalidGrantError, InvalidTokenError } from '../errors.js'
import { REFRESH_TOKEN_PREFIX } from '../session/refresh-token.js'
import type { SessionContext } from '../session/session-context.js'
import type { Sessions } from '../session/sessions.js'
import type { Revocation } from './revocation.js'

/** What revocation needs beside the shared parts. */
export interface RevocationParts {
  readonly context: SessionContext
  readonly sessions: Sessions
  readonly checkAccessToken: AccessTokenCheck
}

/** Creates the part that takes back what was issued. */
export function createRevocation({ context, sessions, checkAccessToken }: RevocationParts): Revocation {
  const { settings, stores, revocations } = context

  return Object.freeze({
    stalenessBoundSeconds: stalenessBound(context),

    async revokeToken(token) {
      try {
        if (String(token).startsWith(REFRESH_TOKEN_PREFIX)) return await sessions.revokeByRefreshToken(token)
        const { tokenId } = await checkAccessToken(token)
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
