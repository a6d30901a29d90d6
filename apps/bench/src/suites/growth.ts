import type { AuthCore } from '@authcore/core'
import type { Stores } from '@authcore/core/ports'
import {
  asynchronous,
  concurrent,
  type Group,
  type Operation,
  type Preparation,
  type Stock,
  type Subject,
} from '../harness/operation.js'
import { createMemoryCopier, createPostgresCopier, createRedisCopier } from '../setup/copiers.js'
import { type DatabaseKind, openDatabase } from '../setup/databases.js'
import { fillStores } from '../setup/fill-stores.js'
import {
  createAuth,
  createPopulation,
  issueKeys,
  type Population,
  shuffle,
  startSessions,
} from '../setup/population.js'
import { freshTexts } from '../setup/tokens.js'

const SMALL = 1000
const LARGE = 1_000_000
const IN_FLIGHT = 32

/** Those that AuthCore issued are the ones that are used; the more, the less of them any cache of a processor holds. */
const ISSUED: Readonly<Record<DatabaseKind, number>> = { memory: 100_000, redis: 20_000, postgresql: 10_000 }

/** AuthCore gathers the last use of 10,000 keys for a minute; with more it writes early, which is traffic, not growth. */
const KEYS_IN_USE = 9000

type Size = 'small' | 'large'
type Server = Exclude<DatabaseKind, 'memory'>

/** A store that holds a population. */
interface Peopled {
  readonly auth: AuthCore
  readonly population: Population
}

/** One operation on such a store: the next call, whose input is made outside of the clock. */
interface Task {
  readonly makeInput: () => string
  readonly run: (input: string) => Promise<unknown>
}

const TASKS: Readonly<
  Record<string, { readonly title: string; readonly prepare: (peopled: Peopled) => Promise<Task> }>
> = {
  'verify-key': { title: 'Verify an API key', prepare: verifyKeys },
  'check-revocation': {
    title: 'Verify an access token, HS256, no cache, with its revocation',
    prepare: verifyTokens,
  },
  rotate: { title: 'Refresh a session, HS256', prepare: refreshSessions },
}

const TITLES: Readonly<Record<DatabaseKind, string>> = {
  memory: 'in memory',
  redis: 'on Redis',
  postgresql: 'on PostgreSQL through Prisma',
}

const COMMON = `Stores that hold ${format(SMALL)} and ${format(LARGE)} of API keys, sessions and revocations each, used in random order; ${format(KEYS_IN_USE)} keys are in use, since with more than 10,000 in a minute AuthCore writes the times of last use early.`

/** What an operation costs when a thousand times as much is stored. */
export const growthGroups: readonly Group[] = (['memory', 'redis', 'postgresql'] as const).flatMap(kind => {
  const stock = kind === 'memory' ? undefined : createStock(kind)
  return Object.entries(TASKS).map(
    ([id, { title, prepare }]): Group => ({
      id: `growth-${kind}-${id}`,
      title: `${title}, ${TITLES[kind]}: growth`,
      isLong: true,
      skipsAllocation: true,
      ...(stock === undefined
        ? { notes: [COMMON, 'One at a time.'] }
        : {
            stock,
            clock: 'wall' as const,
            pace: { rounds: 15, sliceMilliseconds: 150, batchMilliseconds: 25 },
            notes: [COMMON, `${IN_FLIGHT} in flight; both stores are on one server.`],
          }),
      subjects: (['small', 'large'] as const).map(size => toSubject(kind, size, prepare)),
    }),
  )
})

function toSubject(kind: DatabaseKind, size: Size, prepare: (peopled: Peopled) => Promise<Task>): Subject {
  return {
    name: `authcore, ${format(size === 'small' ? SMALL : LARGE)} of each`,
    ...(kind === 'memory' && size === 'large' && { maxHeapMegabytes: 6144 }),
    prepare: kind === 'memory' ? onMemory : onServer,
  }

  async function onMemory({ onProgress }: Preparation): Promise<Operation> {
    const { memoryStores } = await import('@authcore/core/memory')
    const stores = memoryStores({ maxEntries: 2 * LARGE })
    const population = populate(kind, size)
    await fillStores(stores, createMemoryCopier(stores), population, onProgress)
    const { makeInput, run } = await prepareTask(stores, population)
    globalThis.gc?.()
    return asynchronous(makeInput, run)
  }

  async function onServer({ place }: Preparation): Promise<Operation> {
    // only the stock of this group writes it
    const places = JSON.parse(place) as Readonly<Record<Size, StockPlace>>
    const { prefix, population } = places[size]
    const { stores, close } = await openDatabase(kind as Server, { known: prefix })
    const { makeInput, run } = await prepareTask(stores, population)
    return { ...concurrent(IN_FLIGHT, makeInput, run), close }
  }

  async function prepareTask(stores: Stores, population: Population): Promise<Task> {
    return prepare({ auth: await createAuth(population, stores), population })
  }
}

interface StockPlace {
  readonly prefix: string
  readonly population: Population
}

/** Both stores on one server. */
function createStock(server: Server): Stock {
  return {
    name: `growth-${server}`,
    async fill(onProgress) {
      const small = await fillDatabase(server, populate(server, 'small'), onProgress)
      const large = await fillDatabase(server, populate(server, 'large'), onProgress)
      return {
        place: JSON.stringify({ small: small.place, large: large.place }),
        async drop() {
          await small.close()
          await large.close()
        },
      }
    },
  }
}

async function fillDatabase(
  server: Server,
  population: Population,
  onProgress: (text: string) => void,
): Promise<{ readonly place: StockPlace; readonly close: () => Promise<void> }> {
  const database = await openDatabase(server, { isHasty: true })
  const copier = server === 'redis' ? createRedisCopier(database) : createPostgresCopier(database)
  try {
    await fillStores(database.stores, copier, population, onProgress)
  } catch (error) {
    await database.close()
    throw error
  }
  return { place: { prefix: database.prefix, population }, close: database.close }
}

function populate(kind: DatabaseKind, size: Size): Population {
  return size === 'small' ? createPopulation(SMALL, SMALL) : createPopulation(LARGE, ISSUED[kind])
}

async function verifyKeys({ auth, population }: Peopled): Promise<Task> {
  const texts: string[] = []
  for await (const { text } of issueKeys(population)) texts.push(text)
  return {
    makeInput: freshTexts(shuffle(texts).slice(0, KEYS_IN_USE)),
    run: text => auth.apiKeys.verify(text),
  }
}

async function verifyTokens({ auth, population }: Peopled): Promise<Task> {
  const tokens: string[] = []
  for await (const { record } of startSessions(population)) {
    const { subject, id, scope } = record
    const { accessToken } = await auth.accessTokens.issue({ subject, sessionId: id, clientId: 'web', scope })
    tokens.push(accessToken)
  }
  return { makeInput: freshTexts(shuffle(tokens)), run: token => auth.accessTokens.verify(token) }
}

/** Each session in turn, so that none is refreshed again before it has answered. */
async function refreshSessions({ auth, population }: Peopled): Promise<Task> {
  const started: string[] = []
  for await (const { text } of startSessions(population)) started.push(text)
  const waiting = [...shuffle(started)]
  let position = 0
  return {
    makeInput() {
      position = (position + 1) % waiting.length
      return String(position)
    },
    async run(input) {
      const index = Number(input)
      const { refreshToken } = await auth.sessions.refresh(waiting[index] ?? '')
      waiting[index] = refreshToken
    },
  }
}

function format(count: number): string {
  return count.toLocaleString('en')
}
