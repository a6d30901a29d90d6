import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import ts from 'typescript'

/**
 * @typedef {object} SourceFile
 * @property {string} path absolute
 * @property {string} display relative to the workspace root, with forward slashes
 * @property {string} inPackage relative to the package, with forward slashes
 * @property {'src' | 'test'} area
 * @property {ts.SourceFile} syntax
 *
 * @typedef {object} Manifest
 * @property {string} name
 * @property {boolean} [private]
 * @property {Record<string, unknown>} [exports]
 * @property {Record<string, string | Record<string, string>>} [imports]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [devDependencies]
 *
 * @typedef {object} Package
 * @property {string} folder such as `core`
 * @property {string} directory absolute
 * @property {'package' | 'app'} kind
 * @property {Manifest} manifest
 * @property {SourceFile[]} files
 *
 * @typedef {object} Violation
 * @property {string} file
 * @property {number} line
 * @property {string} rule
 * @property {string} message
 */

/**
 * Parses every source and test file of `packages/*` and `apps/*`.
 *
 * @param {string} root absolute path of the workspace
 * @returns {Package[]}
 */
export function readWorkspace(root) {
  return [...readGroup(root, 'packages', 'package'), ...readGroup(root, 'apps', 'app')]
}

/**
 * @param {SourceFile} file
 * @param {ts.Node} node
 * @param {string} rule
 * @param {string} message
 * @returns {Violation}
 */
export function violationAt(file, node, rule, message) {
  const { line } = file.syntax.getLineAndCharacterOfPosition(node.getStart(file.syntax))
  return { file: file.display, line: line + 1, rule, message }
}

/**
 * @param {string} root
 * @param {string} group
 * @param {Package['kind']} kind
 * @returns {Package[]}
 */
function readGroup(root, group, kind) {
  const parent = join(root, group)
  if (!existsSync(parent)) return []
  return readdirSync(parent)
    .filter(folder => existsSync(join(parent, folder, 'package.json')))
    .sort()
    .map(folder => readPackage(root, join(parent, folder), folder, kind))
}

/**
 * @param {string} root
 * @param {string} directory
 * @param {string} folder
 * @param {Package['kind']} kind
 * @returns {Package}
 */
function readPackage(root, directory, folder, kind) {
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const files = [...readArea(root, directory, 'src'), ...readArea(root, directory, 'test')]
  return { folder, directory, kind, manifest, files }
}

/**
 * @param {string} root
 * @param {string} directory
 * @param {SourceFile['area']} area
 * @returns {SourceFile[]}
 */
function readArea(root, directory, area) {
  const start = join(directory, area)
  if (!existsSync(start)) return []
  return readdirSync(start, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.[cm]?[jt]sx?$/.test(name) && !isGenerated(name))
    .sort()
    .map(name => readSource(root, directory, join(start, name), area))
}

/**
 * @param {string} root
 * @param {string} directory
 * @param {string} path
 * @param {SourceFile['area']} area
 * @returns {SourceFile}
 */
function readSource(root, directory, path, area) {
  return {
    path,
    display: slashed(relative(root, path)),
    inPackage: slashed(relative(directory, path)),
    area,
    syntax: ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true),
  }
}

/**
 * What a build step wrote, such as a database client for tests.
 *
 * @param {string} name
 */
function isGenerated(name) {
  return name.split(sep).includes('dist')
}

/** @param {string} path */
function slashed(path) {
  return path.split(sep).join('/')
}
