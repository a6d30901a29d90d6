import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'

/** A folder of one test's own. */
export interface DataFolder {
  readonly path: string
  remove(): void
}

/** Makes a data folder with an empty database. */
export function createDataFolder(): DataFolder {
  const folder = createEmptyFolder()
  cpSync(inject('templateFolder'), folder.path, { recursive: true })
  return folder
}

/** Makes a data folder as it is before the first start. */
export function createEmptyFolder(): DataFolder {
  const path = mkdtempSync(join(tmpdir(), 'authcore-demo-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
