import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { PLACE } from './places.mjs'

/**
 * @typedef {object} Size
 * @property {string} name
 * @property {number} minified bytes
 * @property {number} compressed bytes
 * @property {number} withoutJose compressed bytes
 * @property {string[]} forbidden what stands in it and must not
 */

/** What only issuing, storing or passwords need; each is text that minifying keeps. */
const FORBIDDEN_IN_VERIFIER = /** @type {const} */ ([
  ['issuing of sessions', 'session.started'],
  ['issuing of API keys', 'api_key.issued'],
  ['the key ring', 'signing_key.announced'],
  ['memory stores', 'sealedSuccessor'],
  ['the parser of options', 'ZodMiniType'],
  ['passwords', 'argon2'],
  ['second factors', 'otpauth'],
])

const FORBIDDEN_IN_FETCH = /** @type {const} */ ([['Hono', 'Context is not finalized']])

const ENTRIES = /** @type {const} */ ([
  ['verify only', "export { createAccessTokenVerifier } from '@authcore/core'", FORBIDDEN_IN_VERIFIER],
  ['verifyJwt only', "export { verifyJwt, importKey } from '@authcore/core/jwt'", FORBIDDEN_IN_VERIFIER],
  ['whole core', "export * from '@authcore/core'", []],
  ['core and memory stores', "export * from '@authcore/core'; export * from '@authcore/core/memory'", []],
  ['http', "export * from '@authcore/http'", []],
  ['hono, with Hono', "export * from '@authcore/hono'", []],
  ['hono/fetch', "export * from '@authcore/hono/fetch'", FORBIDDEN_IN_FETCH],
  ['password', "export * from '@authcore/password'", []],
  ['mfa', "export * from '@authcore/mfa'", []],
])

/**
 * @returns {Promise<Size[]>} of a bundle for each entry, with its dependencies
 * @throws {Error} when a text that must not stand somewhere stands nowhere, and its absence would tell nothing
 */
export async function measureSizes() {
  const bundles = await Promise.all(
    ENTRIES.map(async ([name, contents, forbidden]) => ({
      name,
      forbidden,
      whole: await bundleEntry(contents, []),
      own: await bundleEntry(contents, ['jose']),
    })),
  )
  for (const [what, text] of [...FORBIDDEN_IN_VERIFIER, ...FORBIDDEN_IN_FETCH]) {
    if (!bundles.some(({ whole }) => whole.includes(text)))
      throw new Error(`"${text}" no longer tells ${what}.`)
  }
  return bundles.map(({ name, forbidden, whole, own }) => ({
    name,
    minified: whole.length,
    compressed: gzipSync(whole, { level: 9 }).length,
    withoutJose: gzipSync(own, { level: 9 }).length,
    forbidden: forbidden.flatMap(([what, text]) => (whole.includes(text) ? [what] : [])),
  }))
}

/**
 * @param {string} contents
 * @param {string[]} external
 */
async function bundleEntry(contents, external) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(PLACE, 'packages') },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: ['worker', 'browser'],
    external,
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}
