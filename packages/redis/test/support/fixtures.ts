import type {
  ApiKeyRecord,
  PutDocumentCommand,
  RotateSessionCommand,
  SessionRecord,
} from '@authcore/core/ports'

/** The instant at which the tests begin. */
export const START = 1_800_000_000_000

/** A session that idles out after a minute and ends after an hour. */
export function sessionRecord(fields: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id: 'session-1',
    subject: 'user-1',
    scope: ['read'],
    roles: [],
    claims: { tenant: 'a' },
    amr: ['pwd'],
    createdAt: START,
    authenticatedAt: START,
    lastUsedAt: START,
    idleExpiresAt: START + 60_000,
    absoluteExpiresAt: START + 3_600_000,
    generation: 0,
    currentHash: 'hash-0',
    ...fields,
  }
}

/** The rotation of one generation into the next. */
export function rotation(
  generation: number,
  fields: Partial<RotateSessionCommand> = {},
): RotateSessionCommand {
  return {
    id: 'session-1',
    presentedHash: `hash-${generation}`,
    presentedGeneration: generation,
    successorHash: `hash-${generation + 1}`,
    sealedSuccessor: `sealed-${generation + 1}`,
    now: START + 1000,
    idleExpiresAt: START + 61_000,
    graceSeconds: 10,
    ...fields,
  }
}

/** An API key that never expires. */
export function apiKeyRecord(fields: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  return {
    id: 'live_1',
    ownerId: 'owner-1',
    name: 'deploy',
    environment: 'live',
    hash: 'hash-1',
    secretId: 'secret-1',
    scope: ['read'],
    metadata: { team: 'x' },
    lineageId: 'live_1',
    createdAt: START,
    ...fields,
  }
}

/** The creation of a document that never expires. */
export function putCommand(fields: Partial<PutDocumentCommand> = {}): PutDocumentCommand {
  return {
    namespace: 'factor',
    id: 'document-1',
    tags: ['subject:u1'],
    value: { label: 'phone' },
    expectedVersion: 0,
    writeId: 'write-1',
    now: START,
    ...fields,
  }
}
