import { isBuiltin } from 'node:module'
import { dirname, relative, resolve } from 'node:path'
import { moduleReferences } from './module-references.mjs'
import { violationAt } from './workspace.mjs'

/** What the sources of each package may import from the others. An app may import every package. */
const DIRECTIONS = /** @type {Record<string, readonly string[]>} */ ({
  core: [],
  http: ['core'],
  express: ['core', 'http'],
  fastify: ['core', 'http'],
  koa: ['core', 'http'],
  hono: ['core', 'http'],
  redis: ['core'],
  prisma: ['core'],
  password: ['core'],
  mfa: ['core'],
  oauth: ['core'],
  conformance: ['core', 'http'],
})

/** These run in every runtime; the named files are the ones chosen for Node by an `imports` condition. */
const RUNTIME_NEUTRAL = /** @type {Record<string, RegExp>} */ ({
  core: /^src\/crypto\/node(\.ts$|\/)/,
  http: /^$/,
  password: /^src\/hashing\/node\.ts$/,
  oauth: /^src\/outbound\/(node|address-rules)\.ts$/,
  conformance: /^src\/node\//,
})

/**
 * Packages import each other in the allowed direction, by public entry points, and name what they depend on.
 *
 * @param {import('./workspace.mjs').Package[]} packages
 * @returns {import('./workspace.mjs').Violation[]}
 */
export function checkImportDirection(packages) {
  return packages.flatMap(owner =>
    owner.files.flatMap(file =>
      moduleReferences(file.syntax).flatMap(({ specifier, node }) => {
        const problem =
          specifier === undefined ? computedProblem(file) : specifierProblem(packages, owner, file, specifier)
        return problem ? [violationAt(file, node, problem.rule, problem.message)] : []
      }),
    ),
  )
}

/** @typedef {{ rule: string, message: string } | undefined} Problem */

/**
 * @param {import('./workspace.mjs').SourceFile} file
 * @returns {Problem}
 */
function computedProblem(file) {
  if (file.area === 'test') return undefined
  return { rule: 'computed-import', message: 'the module name must be a literal, so that it can be checked' }
}

/**
 * @param {import('./workspace.mjs').Package[]} packages
 * @param {import('./workspace.mjs').Package} owner
 * @param {import('./workspace.mjs').SourceFile} file
 * @param {string} specifier
 * @returns {Problem}
 */
function specifierProblem(packages, owner, file, specifier) {
  if (specifier.startsWith('.') || specifier.startsWith('/')) return relativeProblem(owner, file, specifier)
  if (specifier.startsWith('#')) return undefined
  if (isBuiltin(specifier)) return builtinProblem(owner, file, specifier)
  if (specifier.startsWith('@authcore/')) return workspaceProblem(packages, owner, file, specifier)
  return dependencyProblem(owner, file, specifier)
}

/**
 * @param {import('./workspace.mjs').Package} owner
 * @param {import('./workspace.mjs').SourceFile} file
 * @param {string} specifier
 * @returns {Problem}
 */
function relativeProblem(owner, file, specifier) {
  // tests may read their own sources, sources may not read tests or configuration
  const boundary = file.area === 'src' ? resolve(owner.directory, 'src') : owner.directory
  const target = relative(boundary, resolve(dirname(file.path), specifier))
  if (!target.startsWith('..')) return undefined
  return { rule: 'relative-import', message: `'${specifier}' leaves ${owner.folder}/${file.area}` }
}

/**
 * @param {import('./workspace.mjs').Package} owner
 * @param {import('./workspace.mjs').SourceFile} file
 * @param {string} specifier
 * @returns {Problem}
 */
function builtinProblem(owner, file, specifier) {
  const allowed = owner.kind === 'package' && file.area === 'src' ? RUNTIME_NEUTRAL[owner.folder] : undefined
  if (!allowed || allowed.test(file.inPackage)) return undefined
  return { rule: 'node-import', message: `'${specifier}' ties ${owner.folder} to one runtime` }
}

/**
 * @param {import('./workspace.mjs').Package[]} packages
 * @param {import('./workspace.mjs').Package} owner
 * @param {import('./workspace.mjs').SourceFile} file
 * @param {string} specifier
 * @returns {Problem}
 */
function workspaceProblem(packages, owner, file, specifier) {
  const [, folder = '', ...rest] = specifier.split('/')
  const target = packages.find(({ manifest }) => manifest.name === `@authcore/${folder}`)
  if (!target) return { rule: 'unknown-package', message: `'${specifier}' is not in this workspace` }
  if (!(['.', ...rest].join('/') in (target.manifest.exports ?? {}))) {
    return { rule: 'public-entry', message: `'${specifier}' is not a public entry of @authcore/${folder}` }
  }
  if (file.area === 'test' || owner.kind === 'app') return undefined
  if (!(owner.folder in DIRECTIONS)) {
    return { rule: 'import-direction', message: `${owner.folder} has no line in the table of directions` }
  }
  if (DIRECTIONS[owner.folder]?.includes(folder)) return dependencyProblem(owner, file, specifier)
  return { rule: 'import-direction', message: `${owner.folder} must not import ${folder}` }
}

/**
 * @param {import('./workspace.mjs').Package} owner
 * @param {import('./workspace.mjs').SourceFile} file
 * @param {string} specifier
 * @returns {Problem}
 */
function dependencyProblem(owner, file, specifier) {
  if (file.area === 'test') return undefined
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = owner.manifest
  if (name in dependencies || name in peerDependencies) return undefined
  // nobody installs an app, so what it develops with is always there
  if (owner.kind === 'app' && name in devDependencies) return undefined
  return { rule: 'undeclared-dependency', message: `'${name}' is not a dependency of ${owner.manifest.name}` }
}
