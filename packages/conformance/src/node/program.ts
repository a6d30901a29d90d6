import { accessSync, constants, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Finds a program on the machine.
 * @param folders looked into after the search path
 */
export function findProgram(name: string, folders: readonly string[] = []): string | undefined {
  const searched = [...(process.env['PATH'] ?? '').split(delimiter), ...folders]
  return searched.map(folder => join(folder, name)).find(isExecutable)
}

/** The folders in which Debian and its descendants keep the programs of PostgreSQL, newest version first. */
export function postgresFolders(root = '/usr/lib/postgresql'): readonly string[] {
  try {
    const versions = readdirSync(root).toSorted((one, other) => Number(other) - Number(one))
    return versions.map(version => join(root, version, 'bin'))
  } catch {
    return []
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
