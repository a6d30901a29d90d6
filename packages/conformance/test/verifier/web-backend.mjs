// Attacks the built core with the backend that other runtimes get, and prints what was found as JSON.
import { register } from 'node:module'

// what a bundler or another runtime does with the conditions of `imports`
register(
  `data:text/javascript,${encodeURIComponent(`
  export async function resolve(specifier, context, next) {
    if (specifier !== '#crypto') return next(specifier, context)
    return { url: new URL('crypto/web.js', coreOf(context.parentURL)).href, shortCircuit: true }
  }
  const coreOf = url => url.slice(0, url.lastIndexOf('/dist/') + 6)
`)}`,
)

const { ALGORITHMS, AuthError, importKey, verifyJwt } = await import('@authcore/core/jwt')
const { attackVerifier } = await import('@authcore/conformance')

const report = await attackVerifier({
  name: 'verifyJwt on WebCrypto',
  algorithms: ALGORITHMS,
  issuer: 'https://issuer.example.com',
  audience: 'https://api.example.com',
  clock: () => 1_800_000_000_000,
  isRefusal: error => error instanceof AuthError,
  createVerifier: async ({ algorithm, key, issuer, audience, typ, clock }) => {
    const imported = await importKey(key, { algorithm })
    return token => verifyJwt(token, imported, { issuer, audience, algorithms: [algorithm], typ, clock })
  },
})
const probe = await importKey(crypto.getRandomValues(new Uint8Array(32)), { algorithm: 'HS256' })
const { verdicts, findings } = report
console.log(
  JSON.stringify({
    // the backend of Node answers at once
    isWebCrypto: probe.verify('', new Uint8Array()) instanceof Promise,
    tokens: verdicts.length,
    findings,
  }),
)
