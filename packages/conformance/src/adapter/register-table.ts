import type { TestRunner } from '../runner.js'
import { printToConsole } from '../settings.js'
import type { AdapterRequest } from './adapter-request.js'
import type { AdapterServer } from './adapter-server.js'
import { type AdapterReport, formatAdapterReport } from './format-adapter-report.js'
import type { Bench } from './table-bench.js'

/** What is to be told of an adapter under any table. */
export interface TableOptions {
  readonly runner: TestRunner
  /** How the adapter is called in the names of tests and in the report. */
  readonly name: string
  /** How requests get there: that of the server. */
  readonly protocol: AdapterServer['protocol']
  /** Rows that the framework answers before the adapter is asked, by name, each with the reason; the report says so. */
  readonly leaveOut?: Readonly<Record<string, string>>
  /** Gets the report at the end; `console.log` unless told. */
  readonly print?: (report: string) => void
}

/** Rows, and what checks them. */
export interface Table<Sender> {
  readonly rows: readonly (AdapterRequest & Sender)[]
  readonly bench: Bench<Sender>
  /** How the connection is called: the protocol, unless told. */
  readonly connection?: string
}

/**
 * Registers one test for every row with a test runner.
 * @throws {TypeError} when `leaveOut` names a row that does not exist
 */
export function registerTable<Sender>(
  { runner, name, protocol, leaveOut = {}, print = printToConsole }: TableOptions,
  { rows, bench, connection = protocol }: Table<Sender>,
): void {
  assertNames(leaveOut, rows)
  const report: AdapterReport = {
    name,
    protocol: connection,
    passed: 0,
    failed: 0,
    leftOut: new Map(Object.entries(leaveOut)),
  }
  const test = (title: string, check: () => Promise<void>): unknown =>
    runner.it(title, async () => {
      try {
        await check()
        report.passed += 1
      } catch (error) {
        report.failed += 1
        throw error
      }
    })
  runner.describe(`${name} over ${connection}`, () => {
    for (const row of rows) {
      if (report.leftOut.has(row.name)) continue
      if (row.protocols?.includes(protocol) === false) report.leftOut.set(row.name, `not for ${protocol}`)
      else test(row.name, () => bench.check(row))
    }
    test('many callers at once: each is who they are', () => bench.checkCrowd())
    runner.afterAll(async () => {
      await bench.close()
      print(formatAdapterReport(report))
    })
  })
}

function assertNames(
  leaveOut: Readonly<Record<string, string>>,
  rows: readonly Pick<AdapterRequest, 'name'>[],
): void {
  const unknown = Object.keys(leaveOut).find(name => !rows.some(row => row.name === name))
  if (unknown !== undefined) throw new TypeError(`"leaveOut" names a row that does not exist: ${unknown}.`)
}
