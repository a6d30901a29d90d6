import { dirname, resolve } from 'node:path'
import { moduleReferences } from './module-references.mjs'
import { violationAt } from './workspace.mjs'

/**
 * @typedef {import('./workspace.mjs').Package} Package
 * @typedef {import('./workspace.mjs').SourceFile} SourceFile
 * @typedef {{ to: SourceFile, node: import('typescript').Node }} Edge
 */

/**
 * No file of a package reaches itself through its own imports. Types count: a reader follows them too.
 *
 * @param {Package[]} packages
 * @returns {import('./workspace.mjs').Violation[]}
 */
export function checkImportCycles(packages) {
  return packages.flatMap(owner => cyclesOf(edgesOf(owner)))
}

/**
 * @param {Package} owner
 * @returns {Map<SourceFile, Edge[]>}
 */
function edgesOf(owner) {
  const byPath = new Map(owner.files.map(file => [file.path, file]))
  return new Map(
    owner.files.map(file => [
      file,
      moduleReferences(file.syntax).flatMap(({ specifier = '', node }) =>
        targetPaths(owner, file, specifier).flatMap(path => {
          const to = byPath.get(path)
          return to ? [{ to, node }] : []
        }),
      ),
    ]),
  )
}

/**
 * @param {Package} owner
 * @param {SourceFile} file
 * @param {string} specifier
 * @returns {string[]}
 */
function targetPaths(owner, file, specifier) {
  if (specifier.startsWith('.')) return [sourcePath(resolve(dirname(file.path), specifier))]
  // an internal name stands for all the files that a runtime may choose
  const target = owner.manifest.imports?.[specifier]
  if (target === undefined) return []
  const built = typeof target === 'string' ? [target] : Object.values(target)
  return built.map(path => sourcePath(resolve(owner.directory, path.replace(/^\.\/dist\//, './src/'))))
}

/** @param {string} path */
function sourcePath(path) {
  return path.replace(/\.js$/, '.ts')
}

/**
 * Depth first; a file is finished once, so every cycle is reported at the import that closes it.
 *
 * @param {Map<SourceFile, Edge[]>} edges
 * @returns {import('./workspace.mjs').Violation[]}
 */
function cyclesOf(edges) {
  /** @type {import('./workspace.mjs').Violation[]} */
  const violations = []
  /** @type {Set<SourceFile>} */
  const finished = new Set()
  /** @type {SourceFile[]} */
  const path = []
  for (const file of edges.keys()) visit(file)
  return violations

  /** @param {SourceFile} file */
  function visit(file) {
    if (finished.has(file)) return
    path.push(file)
    for (const { to, node } of edges.get(file) ?? []) {
      const start = path.indexOf(to)
      if (start === -1) visit(to)
      else violations.push(violationAt(file, node, 'import-cycle', describe([...path.slice(start), to])))
    }
    path.pop()
    finished.add(file)
  }
}

/** @param {SourceFile[]} cycle */
function describe(cycle) {
  return cycle.map(file => file.inPackage).join(' -> ')
}
