import type { ApiKey } from '@authcore/core'
import { numericDateMember } from '../wire.js'

/** An API key as its owner sees it on the wire: never the text, never the hash. */
export function toWireApiKey(record: ApiKey): object {
  return {
    id: record.id,
    name: record.name,
    environment: record.environment,
    scope: record.scope.join(' '),
    metadata: record.metadata,
    lineage_id: record.lineageId,
    ...(record.successorId !== undefined && { successor_id: record.successorId }),
    ...numericDateMember('created_at', record.createdAt),
    ...numericDateMember('not_before', record.notBeforeAt),
    ...numericDateMember('expires_at', record.expiresAt),
    ...numericDateMember('disabled_at', record.disabledAt),
    ...numericDateMember('revoked_at', record.revokedAt),
    ...numericDateMember('last_used_at', record.lastUsedAt),
    ...(record.rateLimit !== undefined && {
      rate_limit: { limit: record.rateLimit.limit, window_seconds: record.rateLimit.windowSeconds },
    }),
    ...(record.remainingUses !== undefined && { remaining_uses: record.remainingUses }),
  }
}
