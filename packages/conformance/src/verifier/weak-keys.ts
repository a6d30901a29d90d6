import type { Algorithm } from '@authcore/core/jwt'
import { encodeBase64url } from './base64.js'
import { concat, fromHex } from './big-integers.js'
import { createKeyIssuer, type Issuer } from './issuer.js'
import { toPem } from './public-key-texts.js'
import type { WeakKey } from './token-recipe.js'
import { generateTestKey, toSecretKey } from './web-signing.js'

/** RFC 8410 section 10.1: what stands before the 32 bytes of an Ed25519 key in SPKI. */
const ED25519_SPKI_HEAD = '302a300506032b6570032100'

/** Makes an issuer with a key that no verifier should take. */
export function createWeakIssuer(weakKey: WeakKey, algorithm: Algorithm, kid: string): Promise<Issuer> {
  switch (weakKey) {
    case 'rsa_1024':
      return createRsaIssuer(algorithm, kid, 1024, 65_537)
    case 'rsa_exponent_3':
      return createRsaIssuer(algorithm, kid, 2048, 3)
    case 'secret_short':
      return createSecretIssuer(algorithm, kid, crypto.getRandomValues(new Uint8Array(8)))
    case 'secret_published':
      return createSecretIssuer(algorithm, kid, 'a-string-secret-at-least-256-bits-long')
    case 'secret_is_repeated':
      return createSecretIssuer(algorithm, kid, 'a'.repeat(64))
    case 'secret_is_pem':
      return createPublicTextIssuer(algorithm, kid, issuer => issuer.publicKey?.pem)
    case 'secret_is_jwk':
      return createPublicTextIssuer(algorithm, kid, issuer => JSON.stringify(issuer.publicKey?.jwk))
    case 'ed25519_small_order':
      return Promise.resolve(createSmallOrderIssuer(algorithm, kid))
  }
}

async function createRsaIssuer(
  algorithm: Algorithm,
  kid: string,
  modulusBits: number,
  publicExponent: number,
): Promise<Issuer> {
  // PS512 needs more than 1024 bits for its salt and two hashes
  const bits = algorithm === 'PS512' ? Math.max(modulusBits, 1040) : modulusBits
  return createKeyIssuer(await generateTestKey(algorithm, { modulusBits: bits, publicExponent }), kid)
}

function createSecretIssuer(algorithm: Algorithm, kid: string, secret: string | Uint8Array): Promise<Issuer> {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
  return createKeyIssuer(toSecretKey(algorithm, bytes), kid)
}

/** A deployment that took the text of a public key for a secret. */
async function createPublicTextIssuer(
  algorithm: Algorithm,
  kid: string,
  readText: (issuer: Issuer) => string | undefined,
): Promise<Issuer> {
  const published = await createKeyIssuer(await generateTestKey('ES256'), kid)
  return createSecretIssuer(algorithm, kid, readText(published) ?? '')
}

/** The neutral point as a public key: with R the same and S zero the equation of RFC 8032 holds for every text. */
function createSmallOrderIssuer(algorithm: Algorithm, kid: string): Issuer {
  const point = Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 1 : 0))
  const der = concat(fromHex(ED25519_SPKI_HEAD), point)
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(point), alg: algorithm, use: 'sig', kid }
  return { algorithm, kid, sign: async () => new Uint8Array(), publicKey: { jwk, der, pem: toPem(der) } }
}
