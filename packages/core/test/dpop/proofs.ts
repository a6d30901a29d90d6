import { createHash, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto'
import { START } from '../fixtures.js'

export const METHOD = 'GET'
export const URL_OF_REQUEST = 'https://api.example.com/reports'
export const ACCESS_TOKEN = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU'
export const REQUEST = { method: METHOD, url: URL_OF_REQUEST, accessToken: ACCESS_TOKEN } as const

/** A key pair of a client, and how it signs. */
export interface ProofKey {
  readonly alg: string
  readonly jwk: JsonWebKey
  readonly privateJwk: JsonWebKey
  readonly privateKey: KeyObject
}

export function createProofKey(alg: 'ES256' | 'ES384' | 'EdDSA' | 'RS256' | 'PS256' = 'ES256'): ProofKey {
  const { publicKey, privateKey } = generate(alg)
  return {
    alg,
    jwk: publicKey.export({ format: 'jwk' }),
    privateJwk: privateKey.export({ format: 'jwk' }),
    privateKey,
  }
}

function generate(alg: string): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  switch (alg) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    case 'ES384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' })
    case 'EdDSA':
      return generateKeyPairSync('ed25519')
    default:
      return generateKeyPairSync('rsa', { modulusLength: 2048 })
  }
}

/** SHA-256 of text, base64url. */
export function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

let proofs = 0

/** The claims of a good proof, made at `START`. */
export function goodClaims(): Record<string, unknown> {
  proofs += 1
  return {
    jti: `proof-${proofs}`,
    htm: METHOD,
    htu: URL_OF_REQUEST,
    iat: Math.floor(START / 1000),
    ath: hash(ACCESS_TOKEN),
  }
}

/** A proof that is good but for what is replaced; `undefined` takes a member out. */
export function makeProof(
  key: ProofKey,
  claims: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, unknown>> = {},
): string {
  const head = { typ: 'dpop+jwt', alg: key.alg, jwk: key.jwk, ...header }
  return signText(key, JSON.stringify(head), JSON.stringify({ ...goodClaims(), ...claims }))
}

/** Signs a header and a payload as they stand. */
export function signText(key: ProofKey, header: string, payload: string): string {
  const input = `${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`
  return `${input}.${signatureOf(key, input).toString('base64url')}`
}

function signatureOf({ alg, privateKey }: ProofKey, input: string): Buffer {
  const bytes = Buffer.from(input)
  if (alg === 'EdDSA') return sign(undefined, bytes, privateKey)
  if (alg.startsWith('ES')) {
    return sign(alg === 'ES384' ? 'sha384' : 'sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' })
  }
  return sign('sha256', bytes, alg === 'PS256' ? { key: privateKey, padding: 6, saltLength: 32 } : privateKey)
}
