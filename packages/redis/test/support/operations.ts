import type { Stores } from '@authcore/core/ports'
import { apiKeyRecord, putCommand, rotation, START, sessionRecord } from './fixtures.js'

const NOW = START + 1000
const REASON = 'revoked' as const
const MARKS = (['token', 'session', 'subject', 'client', 'signing_key'] as const).map(kind => ({
  kind,
  id: 'x',
}))
const ENTRIES = MARKS.map(mark => ({ ...mark, revokedAt: NOW, expiresAt: NOW + 60_000 }))
const ONCE = { namespace: 'state', key: 'k', holder: 'h', expiresAt: NOW + 60_000, now: NOW }

const DOCUMENT = { namespace: 'factor', id: 'document-1', now: NOW }
const TAGGED = { namespace: 'factor', tag: 'subject:u1', now: NOW }
const REPLACE = { expectedVersion: 1, writeId: 'write-2', now: NOW }

/** Stores three sessions of one subject, three API keys of one owner and three documents of one tag. */
export async function prepare({ sessions, apiKeys, documents }: Required<Stores>): Promise<void> {
  for (const number of [1, 2, 3]) {
    await sessions.insert({ session: sessionRecord({ id: `session-${number}` }), now: START })
    await apiKeys.insert({ apiKey: apiKeyRecord({ id: `live_${number}`, remainingUses: 9 }), now: START })
    await documents.put(putCommand({ id: `document-${number}` }))
  }
}

/** Every operation of every store, as a table says it. */
export const OPERATIONS: Readonly<Record<string, (stores: Required<Stores>) => Promise<unknown>>> = {
  'sessions.insert': ({ sessions }) => sessions.insert({ session: sessionRecord({ id: 'new' }), now: NOW }),
  'sessions.find': ({ sessions }) => sessions.find({ id: 'session-1', now: NOW }),
  'sessions.rotate': ({ sessions }) => sessions.rotate(rotation(0)),
  'sessions.revoke': ({ sessions }) => sessions.revoke({ id: 'session-1', reason: REASON, now: NOW }),
  'sessions.revokeAll (of 3)': ({ sessions }) =>
    sessions.revokeAll({ subject: 'user-1', reason: REASON, now: NOW }),
  'sessions.list (of 3)': ({ sessions }) => sessions.list({ subject: 'user-1', now: NOW, limit: 10 }),
  'sessions.sweep': ({ sessions }) => sessions.sweep({ now: NOW, limit: 10 }),
  'apiKeys.insert': ({ apiKeys }) => apiKeys.insert({ apiKey: apiKeyRecord({ id: 'new' }), now: NOW }),
  'apiKeys.find': ({ apiKeys }) => apiKeys.find({ id: 'live_1', now: NOW }),
  'apiKeys.consumeUse': ({ apiKeys }) => apiKeys.consumeUse({ id: 'live_1', now: NOW }),
  'apiKeys.rotate': ({ apiKeys }) =>
    apiKeys.rotate({
      id: 'live_1',
      successor: { id: 'live_9', hash: 'h', secretId: 's' },
      overlapExpiresAt: NOW + 1000,
      now: NOW,
    }),
  'apiKeys.revoke': ({ apiKeys }) => apiKeys.revoke({ id: 'live_1', now: NOW }),
  'apiKeys.update': ({ apiKeys }) => apiKeys.update({ id: 'live_1', patch: { name: 'new' }, now: NOW }),
  'apiKeys.update of the expiry': ({ apiKeys }) =>
    apiKeys.update({ id: 'live_1', patch: { expiresAt: NOW + 9000 }, now: NOW }),
  'apiKeys.list (of 3)': ({ apiKeys }) => apiKeys.list({ ownerId: 'owner-1', now: NOW, limit: 10 }),
  'apiKeys.touch (of 3)': ({ apiKeys }) =>
    apiKeys.touch({ uses: [1, 2, 3].map(number => ({ id: `live_${number}`, lastUsedAt: NOW })), now: NOW }),
  'apiKeys.sweep': ({ apiKeys }) => apiKeys.sweep({ now: NOW, limit: 10 }),
  'signingKeys.read': ({ signingKeys }) => signingKeys.read({ now: NOW }),
  'signingKeys.replace': ({ signingKeys }) => signingKeys.replace({ expectedVersion: 0, keys: [], now: NOW }),
  'revocations.revoke (of 1)': ({ revocations }) =>
    revocations.revoke({ entries: ENTRIES.slice(0, 1), now: NOW }),
  'revocations.revoke (of 5)': ({ revocations }) => revocations.revoke({ entries: ENTRIES, now: NOW }),
  'revocations.find (of 5)': ({ revocations }) => revocations.find({ marks: MARKS, now: NOW }),
  'revocations.sweep': ({ revocations }) => revocations.sweep({ now: NOW, limit: 10 }),
  'oneTime.reserve': ({ oneTime }) => oneTime.reserve(ONCE),
  'oneTime.put': ({ oneTime }) => oneTime.put({ ...ONCE, value: { a: 1 } }),
  'oneTime.take': ({ oneTime }) => oneTime.take(ONCE),
  'oneTime.sweep': ({ oneTime }) => oneTime.sweep({ now: NOW, limit: 10 }),
  'rateLimits.take': ({ rateLimits }) =>
    rateLimits.take({ key: 'k', limit: 5, windowSeconds: 60, cost: 1, now: NOW }),
  'rateLimits.reset': ({ rateLimits }) => rateLimits.reset({ key: 'k', now: NOW }),
  'rateLimits.sweep': ({ rateLimits }) => rateLimits.sweep({ now: NOW, limit: 10 }),
  'documents.put of a new one': ({ documents }) => documents.put(putCommand({ id: 'new' })),
  'documents.put in place of one': ({ documents }) => documents.put(putCommand(REPLACE)),
  'documents.put with another tag': ({ documents }) =>
    documents.put(putCommand({ ...REPLACE, id: 'document-2', tags: ['other'] })),
  'documents.find': ({ documents }) => documents.find(DOCUMENT),
  'documents.list (of 3)': ({ documents }) => documents.list({ ...TAGGED, limit: 10 }),
  'documents.remove': ({ documents }) => documents.remove(DOCUMENT),
  'documents.removeAll (of 3)': ({ documents }) => documents.removeAll(TAGGED),
  'documents.sweep': ({ documents }) => documents.sweep({ now: NOW, limit: 10 }),
}
