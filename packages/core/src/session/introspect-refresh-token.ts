import { InvalidGrantError } from '../errors.js'
import type { JsonObject } from '../json.js'
import { encodeBase64url } from '../jws/base64url.js'
import type { SessionRecord } from '../ports/session-store.js'
import type { Confirmation } from '../principal.js'
import { REFRESH_TOKEN, type RefreshGrant } from './refresh-token.js'
import { type Session, toSession } from './session.js'
import type { SessionContext } from './session-context.js'
import { toSessionMarks } from './session-marks.js'
import { decodeGrant, type VerifiedToken, verifyToken } from './token-text.js'

/** What a refresh token that could be used now stands for. */
export interface IntrospectedRefreshToken<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  readonly session: Session<Scope, Role, Claims>
  /** When it ends unless it is used: the idle or the absolute expiry, epoch milliseconds. */
  readonly expiresAt: number
  /** The key that whoever uses it must prove. */
  readonly confirmation?: Confirmation
}

/** Looks at a refresh token in the order of `refresh`: tag, marks of revocation, session. Writes nothing. */
export async function introspectRefreshToken(
  refreshToken: string,
  context: SessionContext,
): Promise<IntrospectedRefreshToken<string, string, SessionRecord['claims']> | undefined> {
  const presented = findVerified(refreshToken, context)
  if (presented === undefined) return undefined
  const grant = decodeGrant<RefreshGrant>(presented)
  const { settings, stores, revocations } = context
  const now = settings.clock()
  const record = await stores.sessions.find({ id: presented.sessionId, now })
  if (record === undefined || record.revokedAt !== undefined) return undefined
  if (!isUsable(refreshToken, presented, record, now, context)) return undefined
  const isRevoked = await revocations.isRevokedNow({
    marks: toSessionMarks(presented.sessionId, grant),
    issuedAt: grant.startedAt,
  })
  if (isRevoked) return undefined
  return Object.freeze({
    session: toSession<string, string, SessionRecord['claims']>(record),
    expiresAt: Math.min(record.idleExpiresAt, record.absoluteExpiresAt),
    ...(grant.confirmation !== undefined && { confirmation: grant.confirmation }),
  })
}

function findVerified(refreshToken: unknown, context: SessionContext): VerifiedToken | undefined {
  try {
    return verifyToken(refreshToken, REFRESH_TOKEN, context.secrets, context.backend)
  } catch (error) {
    if (error instanceof InvalidGrantError) return undefined
    throw error
  }
}

/** The current one, or its direct predecessor as long as that is answered with the same successor. */
function isUsable(
  refreshToken: string,
  { generation }: VerifiedToken,
  record: SessionRecord,
  now: number,
  { settings, backend }: SessionContext,
): boolean {
  if (record.currentHash === encodeBase64url(backend.sha256(refreshToken))) return true
  const graceEndsAt =
    (record.rotatedAt ?? Number.NEGATIVE_INFINITY) + settings.session.reuseGraceSeconds * 1000
  return generation + 1 === record.generation && now < graceEndsAt
}
