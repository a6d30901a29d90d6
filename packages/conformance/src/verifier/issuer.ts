import type { Algorithm, Jwk, SigningKey } from '@authcore/core/jwt'
import { decodeBase64url } from './base64.js'
import { toInteger } from './big-integers.js'
import { type PublicKeyTexts, toPem } from './public-key-texts.js'
import type { AttackSettings } from './settings.js'
import { createSign, exportSpki, generateTestKey, schemeOf, type TestKey } from './web-signing.js'

/** Who makes valid tokens, and what is known of the key. */
export interface Issuer {
  readonly algorithm: Algorithm
  readonly kid: string
  /** Signs under an algorithm that the key's type allows; absent where only samples can be had. */
  readonly sign?: (signingInput: string, algorithm: Algorithm) => Promise<Uint8Array>
  readonly sampleToken?: () => string | Promise<string>
  readonly publicKey?: PublicKeyTexts
  /** Of an HMAC algorithm, where the kit made it. */
  readonly secret?: Uint8Array
}

/** What an issuer can do, told before any key is made. */
export interface IssuerAbilities {
  readonly canSign: boolean
  /** Under other algorithms of its key's type, too. */
  readonly canSignOtherwise: boolean
  readonly hasPublicKey: boolean
  readonly takesKeys: boolean
}

const KIT_KID = 'key-1'

/** Tells what the issuer of an algorithm will be able to do. */
export function findAbilities({ options }: AttackSettings, algorithm: Algorithm): IssuerAbilities {
  const isPublicKey = schemeOf(algorithm) !== 'hmac'
  if (options.createVerifier !== undefined) {
    return { canSign: true, canSignOtherwise: true, hasPublicKey: isPublicKey, takesKeys: true }
  }
  const key = findKey(options.keys ?? [], algorithm)
  const isJwk = key !== undefined && 'kty' in key
  return {
    canSign: options.keys !== undefined,
    canSignOtherwise: isJwk,
    hasPublicKey:
      isPublicKey && (isJwk || findPublicJwk(options.publicJwks?.keys ?? [], algorithm) !== undefined),
    takesKeys: false,
  }
}

/** Makes the issuer for one algorithm. */
export async function createIssuer({ options }: AttackSettings, algorithm: Algorithm): Promise<Issuer> {
  if (options.createVerifier !== undefined) return createKeyIssuer(await generateTestKey(algorithm), KIT_KID)
  const published = findPublicJwk(options.publicJwks?.keys ?? [], algorithm)
  const publicKey = published && (await toPublicKey({ algorithm, privateJwk: published }))
  if (options.sampleToken !== undefined) {
    const { sampleToken } = options
    const kid = published?.kid ?? ''
    return { algorithm, kid, sampleToken, ...(publicKey !== undefined && { publicKey }) }
  }
  const key = findKey(options.keys ?? [], algorithm)
  if (key === undefined) throw new TypeError(`keys holds none for ${algorithm}.`)
  if ('kty' in key) return createKeyIssuer({ algorithm, privateJwk: key }, key.kid ?? '')
  return {
    algorithm,
    kid: key.kid ?? '',
    sign: async signingInput => key.sign(signingInput),
    ...(publicKey !== undefined && { publicKey }),
  }
}

/** An issuer whose private key is at hand. */
export async function createKeyIssuer(key: TestKey, kid: string): Promise<Issuer> {
  const { algorithm, privateJwk } = key
  const signers = new Map<Algorithm, Promise<(signingInput: string) => Promise<Uint8Array>>>()
  const signerFor = (name: Algorithm) => {
    const signer = signers.get(name) ?? createSign(key, name)
    signers.set(name, signer)
    return signer
  }
  return {
    algorithm,
    kid,
    sign: async (signingInput, name) => (await signerFor(name))(signingInput),
    ...(privateJwk.kty === 'oct'
      ? { secret: decodeBase64url(privateJwk.k ?? '') }
      : { publicKey: await toPublicKey(key, kid) }),
  }
}

/** The public part of a key in the forms that it is published in. */
export async function toPublicKey(
  key: TestKey,
  kid: string | undefined = key.privateJwk.kid,
): Promise<PublicKeyTexts> {
  const { kty, crv, x, y, n, e } = key.privateJwk
  const members = { kty, crv, x, y, n, e, alg: key.algorithm, use: 'sig', ...(kid !== '' && { kid }) }
  const der = await exportSpki(key)
  // members that are undefined are left out, which makes it a JWK
  return { jwk: JSON.parse(JSON.stringify(members)), der, pem: toPem(der) }
}

/** The modulus of an RSA key. */
export function modulusOf({ publicKey }: Issuer): bigint | undefined {
  const n = publicKey?.jwk.n
  return n === undefined ? undefined : toInteger(decodeBase64url(n))
}

function findKey(keys: readonly (Jwk | SigningKey)[], algorithm: Algorithm): Jwk | SigningKey | undefined {
  const fits = (key: Jwk | SigningKey) => ('kty' in key ? key.alg === algorithm : key.algorithm === algorithm)
  return keys.find(fits)
}

function findPublicJwk(keys: readonly Jwk[], algorithm: Algorithm): Jwk | undefined {
  const type = { hmac: 'oct', 'rsa-pkcs1': 'RSA', 'rsa-pss': 'RSA', ecdsa: 'EC', eddsa: 'OKP' }[
    schemeOf(algorithm)
  ]
  const fitting = keys.filter(({ kty }) => kty === type && type !== 'oct')
  return fitting.find(({ alg }) => alg === algorithm) ?? fitting.find(({ alg }) => alg === undefined)
}
