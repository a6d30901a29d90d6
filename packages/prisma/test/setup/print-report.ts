import { fileURLToPath } from 'node:url'
import { saveReport } from '@authcore/conformance/node'

const save = saveReport(fileURLToPath(new URL('../../reports/stores', import.meta.url)))

/** Shows the report of a back end and keeps it where all are collected. */
export function printReport(report: string): void {
  save(report)
  console.log(report)
}
