import type {
  RotateSessionCommand,
  RotateSessionOutcome,
  SessionRecord,
  SessionRevocationReason,
  SessionStore,
} from '@authcore/core/ports'
import { count, expected, instant, integer, optionalText, text, toInstant } from './parameters.js'
import type { PrismaClientSubset } from './prisma-client.js'
import { readText, readWord } from './row.js'
import { runStatement } from './run-statement.js'
import { readSession, SESSION_COLUMNS, toSessionInsert } from './session-row.js'
import { type Sql, sql } from './sql.js'
import { sweepExpired } from './sweep-expired.js'

const OUTCOMES = ['rotated', 'replayed', 'reused', 'revoked', 'expired'] as const

/** Keeps sessions in PostgreSQL. One that was ended counts as revoked in the same statement. */
export class PrismaSessionStore implements SessionStore {
  readonly #client: PrismaClientSubset

  constructor(client: PrismaClientSubset) {
    this.#client = client
  }

  async insert({ session, now }: { readonly session: SessionRecord; readonly now: number }): Promise<void> {
    const { columns, values, expiresAt } = toSessionInsert(session)
    const at = instant(now, 'now')
    if (toInstant(now, 'now') >= expiresAt) return
    const statement = sql`
      INSERT INTO authcore_session AS stored (${columns}) VALUES (${values})
      ON CONFLICT (id) DO UPDATE SET (${columns}) = (
        excluded.id, excluded.subject, excluded.client_id, excluded.scope, excluded.roles, excluded.claims,
        excluded.amr, excluded.acr, excluded.confirmation, excluded.label, excluded.created_at,
        excluded.authenticated_at, excluded.last_used_at, excluded.idle_expires_at, excluded.absolute_expires_at,
        excluded.expires_at, excluded.generation, excluded.current_hash, excluded.sealed_successor,
        excluded.rotated_at, excluded.revoked_at, excluded.revocation_reason)
      WHERE stored.expires_at <= ${at}`
    await runStatement(this.#client, statement, { isRepeatable: true })
  }

  async find({ id, now }: { readonly id: string; readonly now: number }): Promise<SessionRecord | undefined> {
    const at = instant(now, 'now')
    const statement = sql`
      SELECT ${SESSION_COLUMNS} FROM authcore_session AS session
      WHERE id = ${text(id, 'id')} AND idle_expires_at > ${at} AND absolute_expires_at > ${at}`
    const [row] = await runStatement(this.#client, statement, { isRepeatable: true })
    return row && readSession(row)
  }

  async rotate(command: RotateSessionCommand): Promise<RotateSessionOutcome> {
    // sent twice, the second might be taken for a theft when there is no grace time
    const rows = await runStatement(this.#client, toRotateStatement(command), { isRepeatable: false })
    const [row] = rows
    if (row === undefined) return { outcome: 'not_found' }
    const outcome = readWord(row, 'outcome', OUTCOMES)
    switch (outcome) {
      case 'expired':
        return { outcome }
      case 'replayed':
        return { outcome, session: readSession(row), sealedSuccessor: readText(row, 'sealed_successor') }
      default:
        return { outcome, session: readSession(row) }
    }
  }

  async revoke({
    id,
    reason,
    now,
    subject,
  }: {
    readonly id: string
    readonly reason: SessionRevocationReason
    readonly now: number
    readonly subject?: string
  }): Promise<{ readonly found: boolean }> {
    const at = instant(now, 'now')
    const owner = optionalText(subject, 'subject')
    const statement = sql`
      UPDATE authcore_session SET ${toEnding(reason, at)}
      WHERE id = ${text(id, 'id')} AND absolute_expires_at > ${at} AND (${owner} IS NULL OR subject = ${owner})
      RETURNING id, revoked_at`
    const rows = await runStatement(this.#client, statement, { isRepeatable: true })
    return { found: rows.some(row => row['revoked_at'] !== null) }
  }

  async revokeAll({
    subject,
    exceptId,
    reason,
    now,
  }: {
    readonly subject: string
    readonly exceptId?: string
    readonly reason: SessionRevocationReason
    readonly now: number
  }): Promise<{ readonly ids: readonly string[] }> {
    const at = instant(now, 'now')
    const statement = sql`
      UPDATE authcore_session SET ${toEnding(reason, at)}
      WHERE subject = ${text(subject, 'subject')} AND absolute_expires_at > ${at}
        AND (id IS DISTINCT FROM ${optionalText(exceptId, 'exceptId')} OR revoked_at IS NOT NULL)
      RETURNING id, revoked_at`
    const rows = await runStatement(this.#client, statement, { isRepeatable: true })
    return { ids: rows.filter(row => row['revoked_at'] !== null).map(row => readText(row, 'id')) }
  }

  async list({
    subject,
    now,
    limit,
  }: {
    readonly subject: string
    readonly now: number
    readonly limit: number
  }): Promise<readonly SessionRecord[]> {
    const at = instant(now, 'now')
    const statement = sql`
      SELECT ${SESSION_COLUMNS} FROM authcore_session AS session
      WHERE subject = ${text(subject, 'subject')} AND revoked_at IS NULL
        AND idle_expires_at > ${at} AND absolute_expires_at > ${at}
      ORDER BY created_at DESC, id COLLATE "C" LIMIT ${count(limit, 'limit')}`
    const rows = await runStatement(this.#client, statement, { isRepeatable: true })
    return rows.map(readSession)
  }

  async sweep(command: {
    readonly now: number
    readonly limit: number
  }): Promise<{ readonly removed: number }> {
    return sweepExpired(this.#client, sql`authcore_session`, command)
  }
}

/**
 * Decides on the row as it is once its lock is held, not as the statement's snapshot shows it: under READ COMMITTED
 * `FOR UPDATE` waits for whoever came first and then reads what they wrote. Nobody can change it before the update.
 */
function toRotateStatement(command: RotateSessionCommand): Sql {
  const { id, presentedHash, presentedGeneration, successorHash, sealedSuccessor } = command
  const { now, idleExpiresAt, graceSeconds } = command
  const at = instant(now, 'now')
  const idleEnd = instant(idleExpiresAt, 'idleExpiresAt')
  return sql`
    WITH target AS (
      SELECT stored.*, CASE
        WHEN absolute_expires_at <= ${at} THEN 'expired'
        WHEN revoked_at IS NOT NULL THEN 'revoked'
        WHEN idle_expires_at <= ${at} THEN 'expired'
        WHEN current_hash = ${text(presentedHash, 'presentedHash')} THEN 'rotated'
        WHEN sealed_successor IS NOT NULL AND rotated_at IS NOT NULL
          AND generation = ${count(presentedGeneration, 'presentedGeneration')} + 1
          AND ${at} < rotated_at + ${toGraceMs(graceSeconds)} THEN 'replayed'
        ELSE 'reused' END AS outcome
      FROM authcore_session AS stored WHERE id = ${text(id, 'id')} FOR UPDATE
    ), rotated AS (
      UPDATE authcore_session AS stored SET
        generation = stored.generation + 1,
        current_hash = ${text(successorHash, 'successorHash')},
        sealed_successor = ${text(sealedSuccessor, 'sealedSuccessor')},
        rotated_at = ${at},
        last_used_at = ${at},
        idle_expires_at = LEAST(${idleEnd}, stored.absolute_expires_at),
        expires_at = LEAST(${idleEnd}, stored.absolute_expires_at)
      FROM target WHERE stored.id = target.id AND target.outcome = 'rotated'
      RETURNING stored.*
    ), reused AS (
      UPDATE authcore_session AS stored SET
        revoked_at = ${at}, revocation_reason = 'refresh_token_reused', expires_at = stored.absolute_expires_at
      FROM target WHERE stored.id = target.id AND target.outcome = 'reused'
      RETURNING stored.*
    )
    SELECT 'rotated' AS outcome, ${SESSION_COLUMNS} FROM rotated AS session
    UNION ALL SELECT 'reused' AS outcome, ${SESSION_COLUMNS} FROM reused AS session
    UNION ALL SELECT outcome, ${SESSION_COLUMNS} FROM target AS session WHERE outcome NOT IN ('rotated', 'reused')`
}

/** Ends what is live and leaves the rest as it is; each row is judged as it is when its lock is held. */
function toEnding(reason: SessionRevocationReason, at: Sql): Sql {
  const isLive = sql`revoked_at IS NULL AND idle_expires_at > ${at}`
  return sql`
    revoked_at = CASE WHEN ${isLive} THEN ${at} ELSE revoked_at END,
    revocation_reason = CASE WHEN ${isLive} THEN ${text(reason, 'reason')} ELSE revocation_reason END,
    expires_at = CASE WHEN ${isLive} THEN absolute_expires_at ELSE expires_at END`
}

function toGraceMs(graceSeconds: unknown): Sql {
  if (typeof graceSeconds !== 'number' || !Number.isFinite(graceSeconds) || graceSeconds < 0) {
    throw expected('graceSeconds', 'a number of 0 or more')
  }
  // rounded up: between whole milliseconds that changes no comparison
  return integer(Math.min(Math.ceil(graceSeconds * 1000), Number.MAX_SAFE_INTEGER))
}
