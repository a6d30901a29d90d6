/** What an error of the client says about its statement. */
export type StatementFate =
  /** The database rolled it back and asks to try again. */
  | 'rolled_back'
  /** The connection broke: it may have been done or not. */
  | 'unknown'
  /** Trying again would fail again. */
  | 'refused'

// serialization_failure, deadlock_detected, lock_not_available; P2034 is Prisma's word for the first two
const ROLLED_BACK = new Set(['40001', '40P01', '55P03', 'P2034', 'TransactionWriteConflict'])

// admin_shutdown, crash_shutdown, and what the drivers call a connection that went away
const CONNECTION_LOST = new Set([
  '57P01',
  '57P02',
  '08000',
  '08003',
  '08006',
  'P1017',
  'ConnectionClosed',
  'ECONNRESET',
  'EPIPE',
])

// node-postgres has no code for this
const CONNECTION_LOST_MESSAGE = /connection terminated|not queryable|connection (?:was )?closed/i

// an error of the client holds that of the adapter, which holds that of the driver
const MAX_DEPTH = 5

/**
 * Reads what the database said out of an error of Prisma 6 or 7, with a driver adapter or an engine.
 */
export function readStatementFate(error: unknown): StatementFate {
  for (const { codes, message } of errorChain(error)) {
    if (codes.some(code => ROLLED_BACK.has(code))) return 'rolled_back'
    if (codes.some(code => CONNECTION_LOST.has(code)) || CONNECTION_LOST_MESSAGE.test(message))
      return 'unknown'
  }
  return 'refused'
}

function* errorChain(
  error: unknown,
): Generator<{ readonly codes: readonly string[]; readonly message: string }> {
  let current = error
  for (let depth = 0; depth < MAX_DEPTH && isObject(current); depth += 1) {
    const { code, originalCode, kind, message } = current
    const meta = isObject(current['meta']) ? current['meta'] : {}
    yield {
      codes: [code, originalCode, kind, meta['code']].filter(value => typeof value === 'string'),
      message: typeof message === 'string' ? message : '',
    }
    current = meta['driverAdapterError'] ?? current['cause']
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
