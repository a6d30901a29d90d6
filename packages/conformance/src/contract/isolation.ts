import type { Stores } from '@authcore/core/ports'
import { expect } from '../expect.js'
import { lastingApiKeyRecord, MINUTE, START, sessionRecord, signingKeyRecord } from '../fixtures.js'
import { STORE_NAMES, type StoresUnderTest } from '../options.js'
import type { Settings } from '../settings.js'
import { LIST, putCommand } from './document-fixtures.js'

/** The first test: each instance that the factory opens stands alone. Every other test relies on it. */
export function describeIsolation({ runner, counts, createStores, timeoutMs }: Settings): void {
  const test = async (): Promise<void> => {
    const opened: StoresUnderTest[] = []
    const open = async (): Promise<StoresUnderTest> => {
      const instance = await createStores()
      opened.push(instance)
      return instance
    }
    try {
      const first = await open()
      await write(first.stores)
      const second = await open()
      expect(await countWritten(second.stores)).toEqual(expected(second.stores, 0))
      await write(second.stores)
      expect(await countWritten((await open()).stores)).toEqual(expected(first.stores, 0))
      for (const way of [first.stores, ...(first.peers ?? [])]) {
        const same = pickSame(way, first.stores)
        expect(await countWritten(same)).toEqual(expected(same, 1))
      }
    } finally {
      for (const { close } of opened.reverse()) await close?.()
    }
  }
  runner.it(
    'createStores() opens instances that share no data',
    () => counts.track('isolation', test),
    timeoutMs,
  )
}

const ENTRY = { kind: 'token', id: 't', revokedAt: START, expiresAt: START + MINUTE } as const
const ONE_TIME = { namespace: 'n', key: 'k', expiresAt: START + MINUTE, now: START } as const
const LIMIT = { key: 'k', limit: 5, windowSeconds: 60, cost: 1, now: START } as const

async function write(stores: Partial<Stores>): Promise<void> {
  await stores.sessions?.insert({ session: sessionRecord(), now: START })
  await stores.apiKeys?.insert({ apiKey: lastingApiKeyRecord(), now: START })
  await stores.signingKeys?.replace({ expectedVersion: 0, keys: [signingKeyRecord()], now: START })
  await stores.revocations?.revoke({ entries: [ENTRY], now: START })
  await stores.oneTime?.put({ ...ONE_TIME, value: {} })
  await stores.rateLimits?.take(LIMIT)
  await stores.documents?.put(putCommand())
}

/** Stores of another process can be called by every name, whatever is there. */
function pickSame(way: Partial<Stores>, stores: Partial<Stores>): Partial<Stores> {
  return Object.fromEntries(Object.entries(way).filter(([name]) => Object.hasOwn(stores, name)))
}

/** How much of what `write` wrote is there, store by store. */
async function countWritten(stores: Partial<Stores>): Promise<Readonly<Record<string, unknown>>> {
  const now = START
  const revocations = await stores.revocations?.find({ marks: [ENTRY], now })
  const taken = await stores.oneTime?.take({ ...ONE_TIME, holder: 'h' })
  const limited = await stores.rateLimits?.take({ ...LIMIT, cost: 0 })
  return {
    sessions: (await stores.sessions?.list({ subject: 'user-1', now, limit: 10 }))?.length,
    apiKeys: (await stores.apiKeys?.list({ ownerId: 'owner-1', now, limit: 10 }))?.length,
    signingKeys: (await stores.signingKeys?.read({ now }))?.version,
    revocations: revocations?.filter(revokedAt => revokedAt !== undefined).length,
    oneTime: taken && Number(taken.outcome === 'taken'),
    rateLimits: limited && LIMIT.limit - limited.remaining,
    documents: (await stores.documents?.list({ ...LIST, now }))?.length,
  }
}

function expected(stores: Partial<Stores>, count: number): Readonly<Record<string, unknown>> {
  return Object.fromEntries(STORE_NAMES.map(name => [name, stores[name] === undefined ? undefined : count]))
}
