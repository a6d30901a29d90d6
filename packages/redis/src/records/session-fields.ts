import type { SessionRecord, SessionRevocationReason } from '@authcore/core/ports'
import {
  assertCounts,
  assertInstants,
  assertObjects,
  assertOptionalInstants,
  assertOptionalStrings,
  assertStringLists,
  assertStrings,
} from '@authcore/core/ports'
import { toJsonText } from '../arguments/to-json-text.js'
import { encodeKeyText } from './key-text.js'
import {
  hasMembers,
  isJsonObject,
  isNumber,
  isOptional,
  isString,
  isStringList,
  toArguments,
  toRecord,
} from './shapes.js'
import {
  damaged,
  readCount,
  readJson,
  readNumber,
  readOptionalNumber,
  readOptionalText,
  readText,
  type StoredFields,
} from './stored-fields.js'

type FixedFields = Pick<
  SessionRecord,
  | 'id'
  | 'clientId'
  | 'scope'
  | 'roles'
  | 'claims'
  | 'amr'
  | 'acr'
  | 'confirmation'
  | 'label'
  | 'createdAt'
  | 'authenticatedAt'
>

const REASONS: Readonly<Record<SessionRevocationReason, true>> = {
  revoked: true,
  refresh_token_reused: true,
  subject_revoked: true,
}

/**
 * Writes a session as the fields of a hash. What never changes is one JSON text, which scripts pass on unread; what
 * scripts read and write are fields of their own.
 * @throws {TypeError} when a field has another type
 */
export function toSessionArguments(session: SessionRecord): readonly string[] {
  assertSession(session)
  const { id, clientId, scope, roles, claims, amr, acr, confirmation, label, createdAt, authenticatedAt } =
    session
  const fixed = {
    id,
    clientId,
    scope,
    roles,
    claims,
    amr,
    acr,
    confirmation,
    label,
    createdAt,
    authenticatedAt,
  }
  return toArguments({
    fixed: toJsonText(fixed),
    subject: encodeKeyText(session.subject),
    lastUsedAt: session.lastUsedAt,
    idleExpiresAt: session.idleExpiresAt,
    absoluteExpiresAt: session.absoluteExpiresAt,
    generation: session.generation,
    currentHash: encodeKeyText(session.currentHash),
    sealedSuccessor: encodeOptional(session.sealedSuccessor),
    rotatedAt: session.rotatedAt,
    revokedAt: session.revokedAt,
    revocationReason: session.revocationReason,
  })
}

/**
 * Reads a session back.
 * @throws {StoreError} `store_record_invalid` when anything is missing or of another type, or the record is of another id
 */
export function readSession(fields: StoredFields, id: string): SessionRecord {
  const fixed = readJson(fields, 'fixed', isFixed)
  if (fixed.id !== id) throw damaged('a session of another id')
  return toRecord<SessionRecord>({
    id,
    subject: readText(fields, 'subject'),
    clientId: fixed.clientId,
    scope: fixed.scope,
    roles: fixed.roles,
    claims: fixed.claims,
    amr: fixed.amr,
    acr: fixed.acr,
    confirmation: fixed.confirmation,
    label: fixed.label,
    createdAt: fixed.createdAt,
    authenticatedAt: fixed.authenticatedAt,
    lastUsedAt: readNumber(fields, 'lastUsedAt'),
    idleExpiresAt: readNumber(fields, 'idleExpiresAt'),
    absoluteExpiresAt: readNumber(fields, 'absoluteExpiresAt'),
    generation: readCount(fields, 'generation'),
    currentHash: readText(fields, 'currentHash'),
    sealedSuccessor: readOptionalText(fields, 'sealedSuccessor'),
    rotatedAt: readOptionalNumber(fields, 'rotatedAt'),
    revokedAt: readOptionalNumber(fields, 'revokedAt'),
    revocationReason: readReason(fields),
  })
}

/** From when on a session is not even kept as an ended one. */
export function toSessionExpiry({ idleExpiresAt, absoluteExpiresAt, revokedAt }: SessionRecord): number {
  return revokedAt === undefined ? Math.min(idleExpiresAt, absoluteExpiresAt) : absoluteExpiresAt
}

function isFixed(value: unknown): value is FixedFields {
  return (
    isJsonObject(value) &&
    hasMembers(value, {
      id: isString,
      clientId: isOptional(isString),
      scope: isStringList,
      roles: isStringList,
      claims: isJsonObject,
      amr: isStringList,
      acr: isOptional(isString),
      confirmation: isOptional(isConfirmation),
      label: isOptional(isString),
      createdAt: isNumber,
      authenticatedAt: isNumber,
    })
  )
}

function isConfirmation(value: unknown): value is object {
  return (
    isJsonObject(value) && hasMembers(value, { jkt: isOptional(isString), 'x5t#S256': isOptional(isString) })
  )
}

function readReason(fields: StoredFields): SessionRevocationReason | undefined {
  const reason = fields.get('revocationReason')
  if (reason === undefined || isReason(reason)) return reason
  throw damaged('revocationReason')
}

export function isReason(reason: string): reason is SessionRevocationReason {
  return Object.hasOwn(REASONS, reason)
}

/** @throws {TypeError} when a reason is none of those that a session can end for */
export function assertReason(reason: unknown): asserts reason is SessionRevocationReason {
  assertStrings({ reason })
  if (!isReason(String(reason)))
    throw new TypeError('reason must be one of the reasons that a session ends for.')
}

function encodeOptional(text: string | undefined): string | undefined {
  return text === undefined ? undefined : encodeKeyText(text)
}

function assertSession(session: SessionRecord): void {
  assertObjects({ session })
  const { id, subject, currentHash, clientId, acr, label, sealedSuccessor, revocationReason } = session
  const { createdAt, authenticatedAt, lastUsedAt, idleExpiresAt, absoluteExpiresAt } = session
  assertStrings({ id, subject, currentHash })
  assertOptionalStrings({ clientId, acr, label, sealedSuccessor })
  assertStringLists({ scope: session.scope, roles: session.roles, amr: session.amr })
  assertObjects({ claims: session.claims })
  if (session.confirmation !== undefined) {
    const { confirmation } = session
    assertObjects({ confirmation })
    assertOptionalStrings({ jkt: confirmation.jkt, 'x5t#S256': confirmation['x5t#S256'] })
  }
  assertInstants({ createdAt, authenticatedAt, lastUsedAt, idleExpiresAt, absoluteExpiresAt })
  assertOptionalInstants({ rotatedAt: session.rotatedAt, revokedAt: session.revokedAt })
  assertCounts({ generation: session.generation })
  if (revocationReason !== undefined) assertReason(revocationReason)
}
