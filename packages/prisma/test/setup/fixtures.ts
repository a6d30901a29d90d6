import type {
  ApiKeyRecord,
  PutDocumentCommand,
  RotateApiKeyCommand,
  RotateSessionCommand,
  SessionRecord,
  SigningKeyRecord,
} from '@authcore/core/ports'

/** The instant at which the tests begin. */
export const START = 1_800_000_000_000

/** A session that idles out after a minute and ends after an hour. */
export function sessionRecord(fields: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id: 'session-1',
    subject: 'user-1',
    scope: ['read'],
    roles: ['member'],
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

/** The first use of a generation of the session. */
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
    now: START,
    idleExpiresAt: START + 60_000,
    graceSeconds: 10,
    ...fields,
  }
}

/** An API key that lives for an hour. */
export function apiKeyRecord(fields: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  return {
    id: 'live_1',
    ownerId: 'owner-1',
    name: 'deploy',
    environment: 'live',
    hash: 'hash-1',
    secretId: 'secret-1',
    scope: ['read'],
    metadata: {},
    lineageId: 'live_1',
    createdAt: START,
    expiresAt: START + 3_600_000,
    ...fields,
  }
}

/** A rotation of that key. */
export function keyRotation(fields: Partial<RotateApiKeyCommand> = {}): RotateApiKeyCommand {
  return {
    id: 'live_1',
    successor: { id: 'live_2', hash: 'hash-2', secretId: 'secret-1' },
    overlapExpiresAt: START + 60_000,
    now: START,
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

/** A signing key. */
export function signingKeyRecord(fields: Partial<SigningKeyRecord> = {}): SigningKeyRecord {
  return {
    kid: 'key-1',
    algorithm: 'ES256',
    publicJwk: { kty: 'EC' },
    sealedPrivateJwk: 'sealed',
    secretId: 'secret-1',
    announcedAt: START,
    activatesAt: START,
    ...fields,
  }
}

/** Puts a value where its type does not belong, as an untyped caller does. */
export function untyped<Type>(value: unknown): Type {
  // the point of these tests is a caller that TypeScript did not check
  return value as Type
}
