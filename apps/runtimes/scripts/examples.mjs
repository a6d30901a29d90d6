import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { withPage, withWorkerd } from './hosts.mjs'
import { PLACE } from './places.mjs'

const ISSUER = 'https://auth.example.com'
const AUDIENCE = 'https://api.example.com'

/**
 * Runs the examples: a Worker and a page that verify a token of a deployment in this process, by the real clock.
 *
 * @param {Awaited<ReturnType<import('./bundle.mjs').bundle>>} bundles
 * @returns {Promise<{ name: string, run: () => Promise<void> }[]>}
 */
export async function exampleChecks({ verifyWorker, verifyPage }) {
  const core = join(PLACE, 'packages/node_modules/@authcore/core/dist')
  const load = (/** @type {string} */ file) => import(pathToFileURL(join(core, file)).href)
  const { createAuthCore } = await load('index.js')
  const { memoryStores } = await load('memory/index.js')
  const auth = createAuthCore({
    issuer: ISSUER,
    audience: AUDIENCE,
    secrets: ['m0Q8dWQv1nJ3k9ZxT7uYb2LcR5sGhE6pAaFiNoXtVwU='],
    stores: memoryStores(),
    accessToken: { algorithm: 'ES256' },
  })
  const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
  const jwks = JSON.stringify(await auth.signingKeys.jwks())
  return [
    { name: 'example: a Worker verifies', run: () => checkWorker(verifyWorker, accessToken, jwks) },
    { name: 'example: a page verifies', run: () => checkPage(verifyPage, accessToken, jwks) },
  ]
}

/**
 * @param {string} bundle
 * @param {string} accessToken
 * @param {string} jwks
 */
function checkWorker(bundle, accessToken, jwks) {
  const bindings = [
    `(name = "ISSUER", text = "${ISSUER}")`,
    `(name = "AUDIENCE", text = "${AUDIENCE}")`,
    `(name = "JWKS", json = ${JSON.stringify(jwks)})`,
  ]
  return withWorkerd(bundle, bindings.join(', '), async origin => {
    const ask = async (/** @type {Record<string, string>} */ headers) => {
      const response = await fetch(origin, { headers })
      return `${response.status} ${await response.text()}`
    }
    expect(await ask({ authorization: `Bearer ${accessToken}` }), '200 {"subject":"user-1"}')
    expect(await ask({}), '401 ')
    expect(await ask({ authorization: `Bearer ${accessToken}.A` }), '401 {"code":"token_malformed"}')
  })
}

/**
 * @param {string} bundle
 * @param {string} accessToken
 * @param {string} jwks
 */
function checkPage(bundle, accessToken, jwks) {
  const script = readFileSync(bundle, 'utf8').replaceAll('</script', '<\\/script')
  const data = `data-issuer="${ISSUER}" data-audience="${AUDIENCE}" data-jwks='${jwks}'`
  const form = `<form ${data}><textarea name="token"></textarea><button>Verify</button></form><output></output>`
  return withPage(`<!doctype html><meta charset="utf-8">${form}<script>${script}</script>`, async page => {
    const verify = async (/** @type {string} */ token) => {
      await page.fill('textarea', token)
      await page.evaluate(() => document.querySelector('output')?.replaceChildren())
      await page.click('button')
      await page.waitForFunction(() => document.querySelector('output')?.textContent)
      return page.textContent('output')
    }
    expect((await verify(accessToken))?.replace(/, until .*/, ''), 'user-1')
    expect(await verify(`${accessToken.slice(0, -4)}AAAA`), 'refused: token_signature_invalid')
  })
}

/**
 * @param {unknown} actual
 * @param {string} expected
 */
function expect(actual, expected) {
  if (actual !== expected) throw new Error(`${actual} instead of ${expected}`)
}
