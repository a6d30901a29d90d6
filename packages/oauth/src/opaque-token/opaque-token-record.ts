import type { Confirmation, Grant, JsonObject, StoredPrincipal } from '@authcore/core'
import type { DocumentRecord } from '@authcore/core/ports'
import { readStoredValue } from '../stored-value.js'
import type { OpaqueTokenText } from './opaque-token-text.js'
import type { OpaqueToken } from './opaque-tokens.js'

/** What is kept of a token. */
export interface OpaqueTokenRecord {
  /** SHA-256 of the token. */
  readonly hash: string
  readonly principal: StoredPrincipal
}

/** Where and for whom a token was issued. */
export interface OpaqueTokenFrame extends OpaqueTokenText {
  readonly hash: string
  readonly audience: readonly string[]
}

/** What lists and deletions find tokens by. */
export const OWNER_TAGS: Readonly<Record<'subject' | 'clientId' | 'sessionId', (id: string) => string>> =
  Object.freeze({
    subject: (subject: string): string => `subject:${subject}`,
    clientId: (clientId: string): string => `client:${clientId}`,
    sessionId: (sessionId: string): string => `session:${sessionId}`,
  })

/** The tags of a token: one for each name that it can be revoked by. */
export function toTags({
  subject,
  clientId,
  sessionId,
}: Pick<OpaqueTokenText, 'subject' | 'clientId' | 'sessionId'>): readonly string[] {
  return [
    OWNER_TAGS.subject(subject),
    OWNER_TAGS.clientId(clientId),
    ...(sessionId === undefined ? [] : [OWNER_TAGS.sessionId(sessionId)]),
  ]
}

/** Writes the record of a new token. */
export function toStoredToken(grant: Grant, frame: OpaqueTokenFrame): JsonObject {
  return {
    hash: frame.hash,
    subject: frame.subject,
    clientId: frame.clientId,
    ...(frame.sessionId !== undefined && { sessionId: frame.sessionId }),
    audience: frame.audience,
    scope: grant.scope,
    roles: grant.roles,
    claims: grant.claims,
    ...(grant.confirmation !== undefined && { confirmation: { ...grant.confirmation } }),
    ...(grant.authenticatedAt !== undefined && { authenticatedAt: grant.authenticatedAt }),
    ...(grant.amr !== undefined && { amr: grant.amr }),
    ...(grant.acr !== undefined && { acr: grant.acr }),
    issuedAt: frame.issuedAt,
    expiresAt: frame.expiresAt,
  }
}

/**
 * Reads a record.
 * @throws StoreError `store_record_invalid`
 */
export function parseStoredToken({ id, value }: DocumentRecord): OpaqueTokenRecord {
  const stored = readStoredValue(value)
  const sessionId = stored.optionalText('sessionId')
  const confirmation = stored.optionalObject('confirmation')
  const authenticatedAt = stored.optionalInstant('authenticatedAt')
  const amr = stored.optionalTexts('amr')
  const acr = stored.optionalText('acr')
  const principal: StoredPrincipal = {
    method: 'opaque_token',
    tokenId: id,
    subject: stored.text('subject'),
    clientId: stored.text('clientId'),
    ...(sessionId !== undefined && { sessionId }),
    audience: Object.freeze([...stored.texts('audience')]),
    scope: Object.freeze([...stored.texts('scope')]),
    roles: Object.freeze([...stored.texts('roles')]),
    claims: deepFreeze(stored.object('claims')),
    ...(confirmation !== undefined && { confirmation: toConfirmation(confirmation) }),
    ...(authenticatedAt !== undefined && { authenticatedAt }),
    ...(amr !== undefined && { amr: Object.freeze([...amr]) }),
    ...(acr !== undefined && { acr }),
    issuedAt: stored.instant('issuedAt'),
    expiresAt: stored.instant('expiresAt'),
  }
  return Object.freeze({ hash: stored.text('hash'), principal: Object.freeze(principal) })
}

/** What the owner of a token may see of it. */
export function toOpaqueToken({ principal }: OpaqueTokenRecord): OpaqueToken {
  const { tokenId, subject, clientId, sessionId, audience, scope, issuedAt, expiresAt } = principal
  return Object.freeze({
    tokenId,
    subject,
    clientId,
    ...(sessionId !== undefined && { sessionId }),
    audience,
    scope,
    issuedAt,
    expiresAt,
  })
}

function toConfirmation(stored: JsonObject): Confirmation {
  const members = readStoredValue(stored)
  const [thumbprint, jkt] = [members.optionalText('x5t#S256'), members.optionalText('jkt')]
  return Object.freeze({
    ...(thumbprint !== undefined && { 'x5t#S256': thumbprint }),
    ...(jkt !== undefined && { jkt }),
  })
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null)
    for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
