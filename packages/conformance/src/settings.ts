import { STORE_NAMES, type StoreConformanceOptions, type StoreName } from './options.js'
import { createTestCounts, type TestCounts } from './test-counts.js'

/** The options with every default filled in, and the counts of this run. */
export interface Settings extends Required<Omit<StoreConformanceOptions, 'seed' | 'print' | 'only'>> {
  readonly only: readonly StoreName[]
  readonly seed: number | undefined
  readonly print: (report: string) => void
  readonly counts: TestCounts
  isSweeping(name: StoreName): boolean
  /** Whether a store must be there, or its tests are left out where it is not. */
  isRequired(name: StoreName): boolean
}

/** @throws {TypeError} when an option makes no sense */
export function toSettings(options: StoreConformanceOptions): Settings {
  const { runner, name, createStores, capabilities, only = STORE_NAMES } = options
  const { runs = 200, histories = 50, callers = [2, 20, 200], timeoutMs = 300_000 } = options
  assertCounts({ runs, histories, timeoutMs })
  for (const store of only) {
    if (!STORE_NAMES.includes(store))
      throw new TypeError(`"only" names a store that does not exist: ${store}.`)
  }
  return {
    runner,
    name,
    createStores,
    capabilities,
    only,
    runs,
    histories,
    callers,
    timeoutMs,
    seed: options.seed,
    print: options.print ?? printToConsole,
    counts: createTestCounts(),
    isSweeping: store => {
      const { sweeps } = capabilities
      if (typeof sweeps === 'boolean') return sweeps
      return store !== 'signingKeys' && sweeps[store] === true
    },
    isRequired: store => store !== 'documents' || options.only !== undefined,
  }
}

function assertCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) {
    if (!(Number.isSafeInteger(count) && count >= 0)) throw new TypeError(`${name} must be a whole number.`)
  }
}

/** Every runtime has a console, and its type is no part of the language. */
export function printToConsole(report: string): void {
  const { console }: { readonly console?: { log(text: string): void } } = globalThis as object
  console?.log(report)
}
