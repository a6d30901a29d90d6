import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../start-error.js'

/**
 * Takes a folder for this process: PGlite lets two processes write to one database, which destroys it.
 * @returns gives the folder back
 * @throws StartError when a process that is alive has it
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock')
  if (!tryLock(path)) {
    const holder = readHolder(path)
    if (holder !== process.pid && isAlive(holder)) {
      throw new StartError(
        `The data in ${folder} are in use by process ${holder}. If that is no demo, delete ${path}.`,
      )
    }
    // whoever had it was killed and could not give it back
    rmSync(path, { force: true })
    if (!tryLock(path)) throw new StartError(`Another demo took the data in ${folder} just now.`)
  }
  return () => rmSync(path, { force: true })
}

function tryLock(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function readHolder(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return Number.NaN
  }
}

function isAlive(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
