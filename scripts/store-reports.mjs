import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { workspacePackages } from './workspace-packages.mjs'

/** Where the suites of a package keep what the conformance kit prints: one text for each back end. */
const FOLDER = 'reports/stores'

/**
 * What the conformance kit said about every back end that was tested or left out.
 *
 * @returns {string[]}
 */
export function readStoreReports() {
  return workspacePackages().flatMap(({ directory }) => {
    const folder = join(directory, FOLDER)
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .sort()
      .map(name => readFileSync(join(folder, name), 'utf8').trimEnd())
  })
}

/** Forgets earlier runs, so that no old report is taken for a new one. */
export function removeStoreReports() {
  for (const { directory } of workspacePackages()) {
    rmSync(join(directory, FOLDER), { recursive: true, force: true })
    rmSync(join(directory, 'reports/stores.json'), { force: true })
  }
}
