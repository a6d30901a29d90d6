import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './places.mjs'

/**
 * @typedef {object} PublishedPackage
 * @property {string} name such as `@authcore/core`
 * @property {string} directory absolute
 * @property {string[]} entries what can be imported, such as `@authcore/core/jwt`
 * @property {Record<string, string>} peers what its built code imports of others that its users bring
 */

/** @returns {PublishedPackage[]} every package of the workspace that others install, as it was built */
export function readPublishedPackages() {
  const folder = join(ROOT, 'packages')
  return readdirSync(folder)
    .map(name => join(folder, name))
    .filter(directory => existsSync(join(directory, 'package.json')))
    .flatMap(directory => {
      const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
      return manifest.private ? [] : [describe(directory, manifest)]
    })
}

/**
 * @param {string} directory
 * @param {{ name: string, exports: Record<string, unknown>, peerDependencies?: Record<string, string> }} manifest
 * @returns {PublishedPackage}
 */
function describe(directory, { name, exports, peerDependencies = {} }) {
  const entries = Object.keys(exports)
    .filter(path => !path.endsWith('.json'))
    .map(path => name + path.slice(1))
  const code = readCode(join(directory, 'dist'))
  const isImported = (/** @type {string} */ peer) => new RegExp(`from ?["']${peer}["'/]`).test(code)
  const peers = Object.fromEntries(Object.entries(peerDependencies).filter(([peer]) => isImported(peer)))
  return { name, directory, entries, peers }
}

/** @param {string} dist */
function readCode(dist) {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  return files
    .filter(file => file.endsWith('.js'))
    .map(file => readFileSync(join(dist, file), 'utf8'))
    .join('\n')
}
