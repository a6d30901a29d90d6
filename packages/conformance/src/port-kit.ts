import type { Stores } from '@authcore/core/ports'
import type { StoreName, StoresUnderTest } from './options.js'
import type { Settings } from './settings.js'
import type { ReportSection, TestTally } from './test-counts.js'

/** What a test of one store gets beside the store. */
export interface TestTools<Store> {
  /** Runs calls at once, spread over all connections and processes there are. */
  race<Result>(
    callers: number,
    call: (store: Store, caller: number) => Promise<Result>,
  ): Promise<readonly Result[]>
  /** Every way to the same data, the store itself first. */
  readonly ways: readonly Store[]
  readonly tally: TestTally
}

/** Registers the tests of one store. */
export interface PortKit<Store> {
  readonly settings: Settings
  /** Says whether `sweep` itself deletes. */
  readonly isSweeping: boolean
  describe(name: string, body: () => void): void
  /** Registers a test; it gets a store with nothing in it. */
  it(name: string, test: (store: Store, tools: TestTools<Store>) => Promise<void>): void
  /** Registers a test of the store together with the others beside it. */
  itWithStores(
    name: string,
    test: (stores: Partial<Stores>, tools: TestTools<Partial<Stores>>) => Promise<void>,
  ): void
}

/** Creates the kit for one store of a back end. */
export function createPortKit<Name extends StoreName>(
  name: Name,
  settings: Settings,
): PortKit<Required<Stores>[Name]> {
  const { runner } = settings
  const registerOpened = createTestRegistration(name, settings)
  const register = <Target>(
    title: string,
    select: (stores: Partial<Stores>) => Target,
    test: (target: Target, tools: TestTools<Target>) => Promise<void>,
  ): void =>
    registerOpened(title, async (opened, tally) => {
      tally.isLeftOut = !settings.isRequired(name) && opened.stores[name] === undefined
      if (tally.isLeftOut) return
      const ways = [opened.stores, ...(opened.peers ?? [])].map(select)
      await test(select(opened.stores), createTools(ways, tally))
    })
  return {
    settings,
    isSweeping: settings.isSweeping(name),
    describe: (title, body) => {
      runner.describe(`${name}: ${title}`, body)
    },
    it: (title, test) => register(title, stores => requireStore(stores, name), test),
    itWithStores: (title, test) => register(title, stores => stores, test),
  }
}

/** Registers a test that gets an instance of its own, which is closed after it. */
export type RegisterTest = (
  name: string,
  test: (opened: StoresUnderTest, tally: TestTally) => Promise<void>,
) => void

/** Makes a registration whose tests count for one section of the report. */
export function createTestRegistration(section: ReportSection, settings: Settings): RegisterTest {
  const { runner, counts, createStores, timeoutMs } = settings
  return (name, test) => {
    const run = async (tally: TestTally): Promise<void> => {
      const opened = await createStores()
      try {
        await test(opened, tally)
      } finally {
        await opened.close?.()
      }
    }
    runner.it(name, () => counts.track(section, run), timeoutMs)
  }
}

function createTools<Store>(ways: readonly Store[], tally: TestTally): TestTools<Store> {
  return {
    ways,
    tally,
    race: (callers, call) => {
      tally.races += 1
      return Promise.all(Array.from({ length: callers }, (_, caller) => call(pickWay(ways, caller), caller)))
    },
  }
}

function pickWay<Store>(ways: readonly Store[], caller: number): Store {
  const way = ways[caller % ways.length]
  if (way === undefined) throw new Error('There is no store.')
  return way
}

/** Picks a store that must be there. */
export function requireStore<Name extends StoreName>(
  stores: Partial<Required<Stores>>,
  name: Name,
): Required<Stores>[Name] {
  const store = stores[name]
  if (store === undefined)
    throw new Error(`createStores() brought no ${name}; name the stores that it brings in "only".`)
  return store
}

/** Picks all stores; each must be there, but for the optional one. */
export function requireStores(stores: StoresUnderTest['stores']): Stores {
  return {
    sessions: requireStore(stores, 'sessions'),
    apiKeys: requireStore(stores, 'apiKeys'),
    signingKeys: requireStore(stores, 'signingKeys'),
    revocations: requireStore(stores, 'revocations'),
    oneTime: requireStore(stores, 'oneTime'),
    rateLimits: requireStore(stores, 'rateLimits'),
    ...(stores.documents !== undefined && { documents: stores.documents }),
  }
}
