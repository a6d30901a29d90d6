import type { AdapterProtocol } from './adapter-server.js'
import type { WireRequest } from './wire.js'

/**
 * One row of the table: a request, what it comes to, and what has to go before it. A path, a line or a body may name
 * credentials in braces, such as `Authorization: Bearer {token}`; every row gets fresh ones.
 */
export interface AdapterRequest extends WireRequest {
  readonly name: string
  /** What it comes to; the rest of the answer is computed by `@authcore/http`. */
  readonly status: number
  /** `code` of the problem. */
  readonly code?: string
  /** The whole body, where not a byte more may be told; all else is computed. */
  readonly answer?: string
  /** Goes before it on the same connection; answered as it has to be, too. */
  readonly before?: readonly WireRequest[]
  /** The connection breaks in the middle of it; then the same path is asked whole. */
  readonly isAborted?: boolean
  /** The stores cannot be reached meanwhile. */
  readonly isOutage?: boolean
  /** The only protocols that can carry it; all unless told. */
  readonly protocols?: readonly AdapterProtocol[]
}

/** Rows that are alike but for a name and a member or two. */
export function rows<Row>(
  entries: Readonly<Record<string, Row>>,
  toRow: (row: Row) => Omit<AdapterRequest, 'name'>,
): readonly AdapterRequest[] {
  return Object.entries(entries).map(([name, row]) => ({ name, ...toRow(row) }))
}
