import { join } from 'node:path'
import { ROOT } from '../root.mjs'

/**
 * A row of the table: what is mutated, and the tests that have to notice.
 *
 * @typedef {object} Target
 * @property {string} name as the command takes it
 * @property {'core' | 'http'} package
 * @property {readonly string[]} sources files, or folders with a slash at the end, relative to the repository
 * @property {readonly string[]} tests patterns, relative to the package
 */

/** The reasons for all mutants that no test notices. */
export const SURVIVORS = join(ROOT, 'scripts/mutation/survivors.json')

const HTTP_PARSERS = [
  'auth-request',
  'authorization-header',
  'challenge',
  'cookies',
  'credential-methods',
  'cross-site',
  'find-credentials',
  'method-requirement',
  'policy',
  'query-credentials',
  'refresh-cookie',
  'request-body',
  'scope-text',
]

/** @type {readonly Target[]} */
export const TARGETS = [
  core('jws', ['jws/!(every-algorithm)', 'jwt/*', 'vectors/*', 'dpop/dpop-proof']),
  core('access-token', ['access-token/*', 'revocation/*']),
  core('session', ['session/*', 'revocation/*', 'access-token/{audience-of-one-token,bound-tokens}']),
  core('api-key', ['api-key/*']),
  core('revocation', ['revocation/*', 'access-token/bound-tokens']),
  {
    name: 'http',
    package: 'http',
    sources: [...HTTP_PARSERS.map(name => `packages/http/src/${name}.ts`), 'packages/http/src/methods/'],
    // the generated headers take seconds, and the example of the README runs what was built before
    tests: ['test/!(hostile-headers|readme).test.ts'],
  },
]

/**
 * @param {string} folder
 * @param {readonly string[]} tests whatever else meets this code must not be needed to prove it, and what makes many
 *   keys takes too long
 * @returns {Target}
 */
function core(folder, tests) {
  return {
    name: `core/${folder}`,
    package: 'core',
    sources: [`packages/core/src/${folder}/`],
    tests: tests.map(name => `test/${name}.test.ts`),
  }
}

/**
 * The row that a mutated file counts in.
 *
 * @param {string} file relative to the repository
 * @returns {Target | undefined}
 */
export function findTarget(file) {
  return TARGETS.find(({ sources }) =>
    sources.some(source => (source.endsWith('/') ? file.startsWith(source) : file === source)),
  )
}
