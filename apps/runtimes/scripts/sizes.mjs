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
])

const ENTRIES = /** @type {const} */ ([
  ['verify only', "export { createAccessTokenVerifier } from '@authcore/core'", FORBIDDEN_IN_VERIFIER],
  ['verifyJwt only', "export { verifyJwt, importKey } from '@authcore/core/jwt'", FORBIDDEN_IN_VERIFIER],
  ['whole core', "export * from '@authcore/core'", []],
  ['core and memory stores', "export * from '@authcore/core'; export * from '@authcore/core/memory'", []],
  ['http', "export * from '@authcore/http'", []],
])

/** @returns {Promise<Size[]>} of a bundle for each entry, with its dependencies */
export function measureSizes() {
  return Promise.all(
    ENTRIES.map(async ([name, contents, forbidden]) => {
      const whole = await bundleEntry(contents, [])
      const own = await bundleEntry(contents, ['jose'])
      return {
        name,
        minified: whole.length,
        compressed: gzipSync(whole, { level: 9 }).length,
        withoutJose: gzipSync(own, { level: 9 }).length,
        forbidden: forbidden.flatMap(([what, text]) => (whole.includes(text) ? [what] : [])),
      }
    }),
  )
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
