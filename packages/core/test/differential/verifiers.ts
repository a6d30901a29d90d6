import { createVerifier, type Algorithm as FastJwtAlgorithm } from 'fast-jwt'
import { jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { backend as nodeBackend } from '../../src/crypto/node.js'
import { backend as webBackend } from '../../src/crypto/web.js'
import { AuthError } from '../../src/errors.js'
import { createAccessTokenVerifier } from '../../src/index.js'
import type { Algorithm } from '../../src/jws/algorithms.js'
import { importKeyWith } from '../../src/jws/import-key.js'
import { createJwsVerifier } from '../../src/jws/verify.js'
import { type ValidateJwtClaimsOptions, validateJwtClaims } from '../../src/jwt/claims.js'
import { verifyJwt } from '../../src/jwt.js'
import type { TestKey } from './keys.js'

export const ISSUER: string = 'https://issuer.example.com'
export const AUDIENCE: string = 'https://api.example.com'
/** Seconds since 1970. */
export const NOW: number = 1_800_000_000

/** What a verifier made of a token: the payload when it was accepted, the code of the error when it was not. */
export type Verdict =
  | { readonly accepted: true; readonly payload: unknown }
  | { readonly accepted: false; readonly code: string }

/** Verifies under one key, one set of options, one held clock. */
export type Verify = (token: string) => Promise<Verdict>

export type PeerName = 'jose' | 'fast-jwt' | 'jsonwebtoken'

export interface Verifiers {
  /** node:crypto, long-lived: headers are remembered. */
  readonly fast: Verify
  /** WebCrypto through the public function. */
  readonly web: Verify
  /** The RFC 9068 profile with its cache of verified tokens. */
  readonly accessToken: Verify
  readonly peers: ReadonlyMap<PeerName, Verify>
}

/** What a caller who is not careful would list; the key must decide all the same (RFC 8725 section 3.1). */
export function acceptedAlgorithms(algorithm: Algorithm): readonly Algorithm[] {
  if (algorithm.startsWith('HS')) return ['HS256', 'HS384', 'HS512']
  return algorithm.startsWith('RS') || algorithm.startsWith('PS')
    ? ['HS256', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
    : ['HS256', algorithm]
}

/** The same key and options in every library that knows the algorithm. */
export async function createVerifiers(key: TestKey): Promise<Verifiers> {
  const { algorithm } = key
  const algorithms = acceptedAlgorithms(algorithm)
  const material = algorithm.startsWith('HS')
    ? new Uint8Array(key.verificationKey.export())
    : key.verificationJwk
  const [nodeKey, webKey] = await Promise.all(
    [nodeBackend, webBackend].map(backend => importKeyWith(backend, material, { algorithm })),
  )
  if (nodeKey === undefined || webKey === undefined) throw new Error('expected two keys')

  const claims: ValidateJwtClaimsOptions = {
    issuer: [ISSUER],
    audience: [AUDIENCE],
    clockToleranceSeconds: 0,
    requireExpiration: true,
  }
  const verifySignature = createJwsVerifier({ algorithms, findKey: () => nodeKey })
  const verifier = createAccessTokenVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms,
    keys: [nodeKey],
    clock: () => NOW * 1000,
  })
  return {
    fast: ours(async token => {
      const { payload } = await verifySignature(token)
      validateJwtClaims(payload, claims, NOW * 1000)
      return payload
    }),
    web: ours(async token => {
      const options = { issuer: ISSUER, audience: AUDIENCE, algorithms, clock: () => NOW * 1000 }
      return (await verifyJwt(token, webKey, options)).payload
    }),
    accessToken: ours(token => verifier.verify(token)),
    peers: await createPeers(key, algorithms),
  }
}

/** Anything but an AuthError fails the run. */
function ours(verify: (token: string) => Promise<unknown>): Verify {
  return async token => {
    try {
      return { accepted: true, payload: await verify(token) }
    } catch (error) {
      if (error instanceof AuthError) return { accepted: false, code: error.code }
      throw error
    }
  }
}

async function createPeers(
  key: TestKey,
  algorithms: readonly Algorithm[],
): Promise<ReadonlyMap<PeerName, Verify>> {
  const { algorithm } = key
  const peers = new Map<PeerName, Verify>([['jose', await createJose(key, algorithms)]])
  // fast-jwt has EdDSA, but not the name Ed25519 of RFC 9864
  if (algorithm !== 'Ed25519') peers.set('fast-jwt', createFastJwt(key, algorithms))
  // jsonwebtoken signs and verifies with RSA, ECDSA and HMAC only
  if (algorithm !== 'Ed25519' && algorithm !== 'EdDSA') {
    peers.set('jsonwebtoken', createJsonwebtoken(key, algorithms))
  }
  return peers
}

async function createJose(key: TestKey, algorithms: readonly Algorithm[]): Promise<Verify> {
  const options = {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: [...algorithms],
    requiredClaims: ['exp'],
    currentDate: new Date(NOW * 1000),
  }
  return theirs(async token => (await jwtVerify(token, key.verificationKey, options)).payload)
}

function createFastJwt({ algorithm, verificationKey }: TestKey, algorithms: readonly Algorithm[]): Verify {
  const isSecret = verificationKey.type === 'secret'
  const verify = createVerifier({
    key: isSecret
      ? verificationKey.export()
      : String(verificationKey.export({ type: 'spki', format: 'pem' })),
    // it refuses to be wired with a public key and an HMAC algorithm, which is as strict as can be
    // its types lack Ed25519, which is why that one is not asked here
    algorithms: (isSecret ? algorithms : [algorithm]) as FastJwtAlgorithm[],
    allowedIss: ISSUER,
    allowedAud: AUDIENCE,
    requiredClaims: ['exp', 'iss', 'aud'],
    clockTimestamp: NOW * 1000,
    cache: false,
  })
  return theirs(async token => verify(token))
}

function createJsonwebtoken({ verificationKey }: TestKey, algorithms: readonly Algorithm[]): Verify {
  const options = {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: algorithms as jsonwebtoken.Algorithm[],
    clockTimestamp: NOW,
  }
  return theirs(async token => jsonwebtoken.verify(token, verificationKey, options))
}

/** Peers may throw what they like. */
function theirs(verify: (token: string) => Promise<unknown>): Verify {
  return async token => {
    try {
      return { accepted: true, payload: await verify(token) }
    } catch (error) {
      return { accepted: false, code: error instanceof Error ? error.name : 'other' }
    }
  }
}
