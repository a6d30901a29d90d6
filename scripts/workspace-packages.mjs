import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './root.mjs'

/**
 * @typedef {object} WorkspacePackage
 * @property {string} directory absolute
 * @property {string} name
 * @property {boolean} isPublic
 * @property {string[]} scripts
 */

/** @returns {WorkspacePackage[]} everything in `packages/` and `apps/` */
export function workspacePackages() {
  return ['packages', 'apps'].flatMap(group =>
    readdirSync(join(ROOT, group))
      .sort()
      .map(folder => join(ROOT, group, folder))
      .filter(directory => existsSync(join(directory, 'package.json')))
      .map(directory => {
        const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
        return {
          directory,
          name: manifest.name,
          isPublic: manifest.private !== true,
          scripts: Object.keys(manifest.scripts ?? {}),
        }
      }),
  )
}
