import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Reads the root secret from a folder; the first time it is made. Without it nothing that was issued would be good after
 * a restart. A real deployment keeps it where it keeps its secrets, away from its database.
 */
export function readSecret(folder: string): string {
  const path = join(folder, 'secret')
  try {
    writeFileSync(path, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return readFileSync(path, 'utf8')
}
