import type { FactorHost } from './auth-host.js'
import type { Enrolments } from './enrolments.js'
import type { FactorRecords } from './factor-records.js'
import type { FactorSettings } from './options.js'

/** What every kind of factor works with. */
export interface FactorContext {
  readonly host: FactorHost
  readonly settings: FactorSettings
  readonly records: FactorRecords
  readonly enrolments: Enrolments
}
