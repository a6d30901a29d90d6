import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Makes a `print` for `storeConformance` that keeps the report as `<directory>/<name>.txt`, where a script collects
 * the reports of all back ends.
 * @param directory such as `reports/stores` of a package
 */
export function saveReport(directory: string): (report: string) => void {
  return report => {
    const [, name = 'unnamed'] = /^Conformance of ([^:]*)/.exec(report) ?? []
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, `${name.replaceAll(/[^\w.-]+/g, '-')}.txt`), `${report}\n`)
  }
}
