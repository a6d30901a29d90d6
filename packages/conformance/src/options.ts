import type { Stores } from '@authcore/core/ports'
import type { ServerFaultKind, ServerFaults } from './faults/server-faults.js'
import type { TestRunner } from './runner.js'

/** One of the stores of a deployment. */
export type StoreName = keyof Stores

/** Every store, in the order in which they are tested. */
export const STORE_NAMES: readonly [
  'sessions',
  'apiKeys',
  'signingKeys',
  'revocations',
  'oneTime',
  'rateLimits',
  'documents',
] = ['sessions', 'apiKeys', 'signingKeys', 'revocations', 'oneTime', 'rateLimits', 'documents']

/** What a back end can do. Each one switches tests on, or their opposites: a promise that is not kept fails. */
export interface StoreCapabilities {
  /**
   * Sessions and revocations live in one database: a session that is ended counts as revoked in the same step,
   * without an entry.
   */
  readonly sharedSessionRevocation: boolean
  /**
   * `sweep` deletes what has expired and says how much. `false`: the database does so by itself, and `sweep` has
   * nothing, or only the rest, to do. One answer for all stores, or one for each.
   */
  readonly sweeps:
    | boolean
    | (Readonly<Record<Exclude<SweepingStoreName, 'documents'>, boolean>> & { readonly documents?: boolean })
  /** `createStores` counts round trips: the report shows what each method costs, and a malformed call costs none. */
  readonly countsRoundTrips?: boolean
  /** Faults that `createStores` can inject between the stores and their server; none unless told. */
  readonly serverFaults?: readonly ServerFaultKind[]
}

/** A store with housekeeping. */
export type SweepingStoreName = Exclude<StoreName, 'signingKeys'>

/** An instance of the stores with nothing in it, for one test. */
export interface StoresUnderTest {
  readonly stores: Partial<Stores>
  /** More ways to the same data: other connections, other processes. Races use all of them at once. */
  readonly peers?: readonly Partial<Stores>[]
  /** How many round trips to the database were made so far, by `stores` alone. */
  readonly countRoundTrips?: () => number
  /** Breaks the way to the database, as a proxy in front of it can. */
  readonly faults?: ServerFaults
  readonly close?: () => void | Promise<void>
}

/** What is tested, with what, and how much. */
export interface StoreConformanceOptions {
  readonly runner: TestRunner
  /** How the stores are called in the names of tests and in the report. */
  readonly name: string
  /** Opens an instance that shares no data with any other that was opened before. */
  readonly createStores: () => StoresUnderTest | Promise<StoresUnderTest>
  readonly capabilities: StoreCapabilities
  /**
   * Which stores to test, for those who implement some of them; all unless told. Documents are optional: where
   * `createStores` brings no store for them and this does not name it, the report says that it was left out.
   */
  readonly only?: readonly StoreName[]
  /** Random sequences of about 100 commands for each model; 200 unless told. */
  readonly runs?: number
  /** Recorded concurrent histories for each method that is checked for linearizability; 50 unless told. */
  readonly histories?: number
  /** Callers in each race; 2, 20 and 200 unless told. */
  readonly callers?: readonly number[]
  /** For a sequence of random tests that shall be repeated; random unless told. A failure names its seed. */
  readonly seed?: number
  /** How long a test may take; 300,000 unless told. Only handed to the runner. */
  readonly timeoutMs?: number
  /** Gets the report at the end, one text of several lines; `console.log` unless told. */
  readonly print?: (report: string) => void
}
