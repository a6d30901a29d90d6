import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openEmbedded } from '../../src/database/open-embedded.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A data folder with an empty database, to be copied: setting one up takes seconds. */
    readonly templateFolder: string
  }
}

export async function setup({ provide }: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'authcore-demo-template-'))
  const database = await openEmbedded(folder)
  await database.close()
  provide('templateFolder', folder)
  return () => rmSync(folder, { recursive: true, force: true })
}
