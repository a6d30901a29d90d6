import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import type { AuthCore } from '@authcore/core'
import type { ApiKeyRecord, RevocationEntry, SessionRecord, Stores } from '@authcore/core/ports'
import { AUDIENCE, ISSUER } from './tokens.js'

/**
 * What a store holds, told so that any process can make the credentials again: of `count` keys and sessions each,
 * `issued` come from AuthCore, the others are copies of these under ids of their own.
 */
export interface Population {
  readonly count: number
  readonly issued: number
  readonly seed: string
  /** Epoch milliseconds at which all were issued. */
  readonly now: number
}

/** What AuthCore issued, as text and as the record that it gave to the store. */
export interface Issued<Record> {
  readonly text: string
  readonly record: Record
}

/** So many characters at the end of an id are random. */
export const RANDOM_CHARACTERS = 22

/** Describes a new population. @param issued at most `count`, and a divisor of it */
export function createPopulation(count: number, issued: number): Population {
  return { count, issued, seed: randomBytes(16).toString('hex'), now: Date.now() }
}

/** AuthCore on a store that holds a population; HS256 and no cache, so that the store shows as much as it can. */
export async function createAuth({ seed }: Population, stores: Stores): Promise<AuthCore> {
  const { createAuthCore } = await import('@authcore/core')
  return createAuthCore({ ...settings(seed), stores })
}

/** The keys that AuthCore issues to a population: the same ones each time. */
export async function* issueKeys(population: Population): AsyncGenerator<Issued<ApiKeyRecord>> {
  const { MemoryApiKeyStore } = await import('@authcore/core/memory')
  const inserted: ApiKeyRecord[] = []
  class Catching extends MemoryApiKeyStore {
    override async insert({ apiKey }: { readonly apiKey: ApiKeyRecord }): Promise<void> {
      inserted.push(apiKey)
    }
  }
  const auth = await createRepeatableAuth(population, 'keys', { apiKeys: new Catching() })
  for (let index = 0; index < population.issued; index++) {
    const options = { ownerId: `owner-${index}`, name: 'bench', scope: ['read'] }
    const { apiKey } = await auth.apiKeys.issue(options)
    yield { text: apiKey, record: taken(inserted) }
  }
}

/** The sessions that AuthCore starts for a population, with their first refresh tokens: the same ones each time. */
export async function* startSessions(population: Population): AsyncGenerator<Issued<SessionRecord>> {
  const { MemorySessionStore } = await import('@authcore/core/memory')
  const inserted: SessionRecord[] = []
  class Catching extends MemorySessionStore {
    override async insert({ session }: { readonly session: SessionRecord }): Promise<void> {
      inserted.push(session)
    }
  }
  const auth = await createRepeatableAuth(population, 'sessions', { sessions: new Catching() })
  for (let index = 0; index < population.issued; index++) {
    const options = { subject: `user-${index}`, scope: ['orders:read'], amr: ['pwd'] }
    const { refreshToken } = await auth.sessions.start(options)
    yield { text: refreshToken, record: taken(inserted) }
  }
}

/** As many revocations of tokens, sessions and subjects that nobody asks for by name, in batches. */
export function* createRevocations(
  { count, now }: Population,
  batch: number,
): Generator<readonly RevocationEntry[]> {
  const kinds = ['token', 'session', 'subject'] as const
  for (let start = 0; start < count; start += batch) {
    yield Array.from({ length: Math.min(batch, count - start) }, (_, index) => ({
      kind: kinds[(start + index) % kinds.length] ?? 'token',
      id: randomId(),
      revokedAt: now,
      expiresAt: now + DAY + start + index,
    }))
  }
}

/** As AuthCore names a session. */
export function randomId(): string {
  return randomBytes(16).toString('base64url')
}

/** The same list in an order that nothing can foresee. */
export function shuffle<Item>(items: readonly Item[]): readonly Item[] {
  return items
    .map(item => ({ item, place: Math.random() }))
    .sort((left, right) => left.place - right.place)
    .map(({ item }) => item)
}

const DAY = 86_400_000

async function createRepeatableAuth(
  { seed, now }: Population,
  label: string,
  catching: Partial<Stores>,
): Promise<AuthCore> {
  const { createAuthCore } = await import('@authcore/core')
  const { memoryStores } = await import('@authcore/core/memory')
  const key = createHash('sha256').update(`${seed} ${label}`).digest()
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  return createAuthCore({
    ...settings(seed),
    stores: { ...memoryStores(), ...catching },
    clock: () => now,
    random: length => Uint8Array.from(stream.update(Buffer.alloc(length))),
  })
}

function settings(seed: string) {
  return {
    issuer: ISSUER,
    audience: AUDIENCE,
    secrets: [createHash('sha256').update(`${seed} secret`).digest('base64')],
    accessToken: { algorithm: 'HS256', cacheSize: 0, ttlSeconds: 7200 },
  } as const
}

function taken<Record>(inserted: Record[]): Record {
  const record = inserted.pop()
  if (record === undefined) throw new RangeError('Nothing was inserted.')
  return record
}
