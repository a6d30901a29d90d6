import {
  constants,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import { ALGORITHMS, type Algorithm, type HashName, profileOf } from '../../src/jws/algorithms.js'

/** One key for one algorithm, in the forms that the libraries want. */
export interface TestKey {
  readonly algorithm: Algorithm
  /** What verifies: a secret for HMAC, else the public key. */
  readonly verificationKey: KeyObject
  readonly verificationJwk: { readonly kty: string } & Readonly<Record<string, string>>
  /** Texts and bytes of the public key that a confused verifier could take for a secret. */
  readonly confusingSecrets: readonly Uint8Array[]
  /** Signs with this key under any algorithm that its type allows, ours or not. */
  sign(signingInput: string, algorithm?: Algorithm): Uint8Array
}

/** One fresh key for each algorithm; those of one family share it, as a careless deployment would. */
export function createTestKeys(): ReadonlyMap<Algorithm, TestKey> {
  const secret = createSecretKey(randomBytes(64))
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const ed25519 = generateKeyPairSync('ed25519').privateKey
  const keyOf = (algorithm: Algorithm): KeyObject => {
    const profile = profileOf(algorithm)
    if (profile.scheme === 'hmac') return secret
    if (profile.scheme === 'ecdsa') return generateKeyPairSync('ec', { namedCurve: profile.curve }).privateKey
    return profile.scheme === 'eddsa' ? ed25519 : rsa
  }
  return new Map(ALGORITHMS.map(algorithm => [algorithm, createTestKey(algorithm, keyOf(algorithm))]))
}

function createTestKey(algorithm: Algorithm, key: KeyObject): TestKey {
  const verificationKey = key.type === 'secret' ? key : createPublicKey(key)
  return {
    algorithm,
    verificationKey,
    // an exported JWK of these types is made of strings
    verificationJwk: verificationKey.export({ format: 'jwk' }) as TestKey['verificationJwk'],
    confusingSecrets: key.type === 'secret' ? [] : textsOf(verificationKey),
    sign: (signingInput, other = algorithm) => signWith(key, other, signingInput),
  }
}

function textsOf(publicKey: KeyObject): readonly Uint8Array[] {
  const pem = String(publicKey.export({ type: 'spki', format: 'pem' }))
  const der = publicKey.export({ type: 'spki', format: 'der' })
  const jwk = JSON.stringify(publicKey.export({ format: 'jwk' }))
  return [pem, pem.trim(), pem.replaceAll('\n', ''), jwk, der.toString('base64'), der].map(text =>
    Buffer.from(text),
  )
}

/** Signs with node:crypto alone, so that nothing under test takes part. */
export function signWith(key: KeyObject, algorithm: Algorithm, signingInput: string): Uint8Array {
  const profile = profileOf(algorithm)
  const content = Buffer.from(signingInput)
  switch (profile.scheme) {
    case 'hmac':
      return signHmac(key, profile.hash, signingInput)
    case 'rsa-pkcs1':
      return sign(profile.hash, content, { key, padding: constants.RSA_PKCS1_PADDING })
    case 'rsa-pss':
      return sign(profile.hash, content, {
        key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: profile.hashLength,
      })
    case 'ecdsa':
      return sign(profile.hash, content, { key, dsaEncoding: 'ieee-p1363' })
    case 'eddsa':
      return sign(null, content, key)
  }
}

/** HMAC under any bytes, also under the text of a public key. */
export function signHmac(secret: KeyObject | Uint8Array, hash: HashName, signingInput: string): Uint8Array {
  return createHmac(hash, secret).update(signingInput).digest()
}

/** The private key behind a JWK, for tests that sign with published keys. */
export function toPrivateKey(jwk: Readonly<Record<string, string>>): KeyObject {
  return createPrivateKey({ key: jwk, format: 'jwk' })
}
