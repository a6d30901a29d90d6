import type { Confirmation, JsonObject } from '@authcore/core'
import type { SessionRecord, SessionRevocationReason } from '@authcore/core/ports'
import {
  checkKey,
  checkRecord,
  count,
  instant,
  integer,
  jsonObject,
  optionalInstant,
  optionalJsonObject,
  optionalText,
  stringList,
  text,
  toInstant,
} from './parameters.js'
import {
  damaged,
  type Row,
  readCount,
  readInteger,
  readJsonObject,
  readOptionalInteger,
  readOptionalJsonObject,
  readOptionalText,
  readStringList,
  readText,
  readWord,
  toRecord,
} from './row.js'
import { type Sql, sql } from './sql.js'

// a record, so that a reason that is added to the port does not compile until it stands here
const REASONS: Readonly<Record<SessionRevocationReason, SessionRevocationReason>> = {
  revoked: 'revoked',
  refresh_token_reused: 'refresh_token_reused',
  subject_revoked: 'subject_revoked',
}

/** What is read of a table that stands as `session` in the statement. */
export const SESSION_COLUMNS: Sql = sql`
  session.id, session.subject, session.client_id, session.scope::text AS scope, session.roles::text AS roles,
  session.claims::text AS claims, session.amr::text AS amr, session.acr,
  session.confirmation::text AS confirmation, session.label, session.created_at, session.authenticated_at,
  session.last_used_at, session.idle_expires_at, session.absolute_expires_at, session.generation,
  session.current_hash, session.sealed_successor, session.rotated_at, session.revoked_at,
  session.revocation_reason`

/** A session on its way into the database. */
export interface SessionInsert {
  readonly columns: Sql
  readonly values: Sql
  /** From here on it may be swept. */
  readonly expiresAt: number
}

/**
 * Checks a session and binds its fields.
 * @throws {TypeError} when a field is not of its type
 */
export function toSessionInsert(record: SessionRecord): SessionInsert {
  // a copy, so that each field is read once
  const session = { ...checkRecord(record, 'session') }
  const idleExpiresAt = toInstant(session.idleExpiresAt, 'idleExpiresAt')
  const absoluteExpiresAt = toInstant(session.absoluteExpiresAt, 'absoluteExpiresAt')
  const isLive = session.revokedAt === undefined
  const expiresAt = isLive ? Math.min(idleExpiresAt, absoluteExpiresAt) : absoluteExpiresAt
  checkKey({ id: session.id })
  checkKey({ subject: session.subject })
  return {
    expiresAt,
    columns: sql`
      id, subject, client_id, scope, roles, claims, amr, acr, confirmation, label, created_at, authenticated_at,
      last_used_at, idle_expires_at, absolute_expires_at, expires_at, generation, current_hash, sealed_successor,
      rotated_at, revoked_at, revocation_reason`,
    values: sql`
      ${text(session.id, 'id')}, ${text(session.subject, 'subject')}, ${optionalText(session.clientId, 'clientId')},
      ${stringList(session.scope, 'scope')}, ${stringList(session.roles, 'roles')},
      ${jsonObject(session.claims, 'claims')}, ${stringList(session.amr, 'amr')}, ${optionalText(session.acr, 'acr')},
      ${optionalJsonObject(session.confirmation, 'confirmation')}, ${optionalText(session.label, 'label')},
      ${instant(session.createdAt, 'createdAt')}, ${instant(session.authenticatedAt, 'authenticatedAt')},
      ${instant(session.lastUsedAt, 'lastUsedAt')}, ${integer(idleExpiresAt)}, ${integer(absoluteExpiresAt)},
      ${integer(expiresAt)}, ${count(session.generation, 'generation')}, ${text(session.currentHash, 'currentHash')},
      ${optionalText(session.sealedSuccessor, 'sealedSuccessor')}, ${optionalInstant(session.rotatedAt, 'rotatedAt')},
      ${optionalInstant(session.revokedAt, 'revokedAt')}, ${optionalText(session.revocationReason, 'revocationReason')}`,
  }
}

/** @throws {Error} when the row does not hold what was written */
export function readSession(row: Row): SessionRecord {
  return toRecord<SessionRecord>({
    id: readText(row, 'id'),
    subject: readText(row, 'subject'),
    clientId: readOptionalText(row, 'client_id'),
    scope: readStringList(row, 'scope'),
    roles: readStringList(row, 'roles'),
    claims: readJsonObject(row, 'claims'),
    amr: readStringList(row, 'amr'),
    acr: readOptionalText(row, 'acr'),
    confirmation: readConfirmation(row),
    label: readOptionalText(row, 'label'),
    createdAt: readInteger(row, 'created_at'),
    authenticatedAt: readInteger(row, 'authenticated_at'),
    lastUsedAt: readInteger(row, 'last_used_at'),
    idleExpiresAt: readInteger(row, 'idle_expires_at'),
    absoluteExpiresAt: readInteger(row, 'absolute_expires_at'),
    generation: readCount(row, 'generation'),
    currentHash: readText(row, 'current_hash'),
    sealedSuccessor: readOptionalText(row, 'sealed_successor'),
    rotatedAt: readOptionalInteger(row, 'rotated_at'),
    revokedAt: readOptionalInteger(row, 'revoked_at'),
    revocationReason: readReason(row),
  })
}

function readConfirmation(row: Row): Confirmation | undefined {
  const confirmation = readOptionalJsonObject(row, 'confirmation')
  if (confirmation === undefined || isConfirmation(confirmation)) return confirmation
  return damaged('confirmation')
}

function isConfirmation(value: JsonObject): value is JsonObject & Confirmation {
  return Object.values(value).every(member => typeof member === 'string')
}

function readReason(row: Row): SessionRevocationReason | undefined {
  return row['revocation_reason'] === null
    ? undefined
    : readWord(row, 'revocation_reason', Object.values(REASONS))
}
