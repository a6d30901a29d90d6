import type { ApiKeyRecord, ApiKeyStore, RotateApiKeyCommand } from '@authcore/core/ports'
import { apiKeyRecord, MINUTE, SECOND, START } from '../fixtures.js'

/** A second after the keys of these tests were made. */
export const NOW: number = START + SECOND

export function keyRotation(fields: Partial<RotateApiKeyCommand> = {}): RotateApiKeyCommand {
  return {
    id: 'live_1',
    successor: { id: 'live_2', hash: 'hash-2', secretId: 'secret-2' },
    overlapExpiresAt: NOW + MINUTE,
    now: NOW,
    ...fields,
  }
}

export async function insertApiKey(
  store: ApiKeyStore,
  fields: Partial<ApiKeyRecord> = {},
): Promise<ApiKeyRecord> {
  const apiKey = apiKeyRecord(fields)
  await store.insert({ apiKey, now: apiKey.createdAt })
  return apiKey
}

export function findApiKey(
  store: ApiKeyStore,
  id = 'live_1',
  now: number = NOW,
): Promise<ApiKeyRecord | undefined> {
  return store.find({ id, now })
}
