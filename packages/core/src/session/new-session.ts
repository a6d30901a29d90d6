import { type Grant, validateGrant } from '../access-token/grant.js'
import { validateOptionalText } from '../arguments.js'
import { InvalidRequestError } from '../errors.js'
import { encodeBase64url } from '../jws/base64url.js'
import type { SessionRecord } from '../ports/session-store.js'
import type { SessionContext } from './session-context.js'
import type { StartSessionOptions } from './sessions.js'
import { formatToken, NONCE_LENGTH, SESSION_ID_LENGTH, type TokenKind } from './token-text.js'

const MAX_LABEL = 200

/** A login that was checked; nothing has been stored. */
export interface NewSession {
  readonly grant: Grant
  readonly label: string | undefined
  /** Epoch milliseconds, as the others. */
  readonly issuedAt: number
  readonly authenticatedAt: number
  readonly absoluteExpiresAt: number
}

/**
 * Checks who logged in, and with what rights.
 * @throws InvalidRequestError `argument_invalid`, `scope_unknown`, `role_unknown`, `claims_*`
 */
export async function prepareSession(
  options: StartSessionOptions<string, string, unknown>,
  { settings, instants }: SessionContext,
): Promise<NewSession> {
  const grant = await validateGrant(options, settings)
  const label = validateOptionalText(options.label, 'label', MAX_LABEL)
  // read before the store is asked: a "sign out everywhere" that races with this refuses what comes of it
  const issuedAt = instants.issuing()
  return {
    grant,
    label,
    issuedAt,
    authenticatedAt: validateLogin(grant.authenticatedAt ?? issuedAt, issuedAt),
    absoluteExpiresAt: issuedAt + settings.session.absoluteSeconds * 1000,
  }
}

/** @throws InvalidRequestError `argument_invalid` for a login that is yet to come */
export function validateLogin(authenticatedAt: number, issuedAt: number): number {
  if (authenticatedAt <= issuedAt) return authenticatedAt
  throw new InvalidRequestError('argument_invalid', { detail: 'authenticatedAt must not be in the future.' })
}

/** Names a session and writes its first token. */
export function issueFirstToken(
  kind: TokenKind,
  grant: Uint8Array,
  { settings, secrets }: SessionContext,
): { readonly sessionId: string; readonly token: string } {
  const sessionId = encodeBase64url(settings.random(SESSION_ID_LENGTH))
  const nonce = settings.random(NONCE_LENGTH)
  const token = formatToken({ sessionId, generation: 0, nonce, grant }, kind, secrets.current)
  return { sessionId, token }
}

/** The record of a new session, of whose token it keeps the SHA-256. */
export function toNewRecord(
  { grant, label, issuedAt, authenticatedAt, absoluteExpiresAt }: NewSession,
  { sessionId, token }: { readonly sessionId: string; readonly token: string },
  { settings, backend }: SessionContext,
): SessionRecord {
  return Object.freeze({
    id: sessionId,
    subject: grant.subject,
    ...(grant.clientId !== undefined && { clientId: grant.clientId }),
    scope: grant.scope,
    roles: grant.roles,
    claims: grant.claims,
    amr: grant.amr ?? [],
    ...(grant.acr !== undefined && { acr: grant.acr }),
    ...(grant.confirmation !== undefined && { confirmation: grant.confirmation }),
    ...(label !== undefined && { label }),
    createdAt: issuedAt,
    authenticatedAt,
    lastUsedAt: issuedAt,
    idleExpiresAt: Math.min(issuedAt + settings.session.idleSeconds * 1000, absoluteExpiresAt),
    absoluteExpiresAt,
    generation: 0,
    currentHash: encodeBase64url(backend.sha256(token)),
  })
}
