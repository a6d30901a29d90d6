import {
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomUUID,
  sign,
} from 'node:crypto'

export const ISSUER = 'https://auth.example.com'
export const AUDIENCE = 'https://api.example.com'

/** The algorithms that are measured: one of each kind. */
export type MeasuredAlgorithm = 'HS256' | 'RS256' | 'ES256' | 'EdDSA'

/** A key in the forms that the subjects want. */
export interface BenchKey {
  readonly algorithm: MeasuredAlgorithm
  readonly kid: string
  readonly secret: Buffer | undefined
  readonly privateKey: KeyObject
  /** The same as `privateKey` for a secret. */
  readonly publicKey: KeyObject
  readonly privatePem: string
  readonly publicPem: string
}

/** Makes a fresh key. */
export function createBenchKey(algorithm: MeasuredAlgorithm): BenchKey {
  const kid = randomBytes(8).toString('base64url')
  if (algorithm === 'HS256') {
    const secret = randomBytes(32)
    const key = createSecretKey(secret)
    return { algorithm, kid, secret, privateKey: key, publicKey: key, privatePem: '', publicPem: '' }
  }
  const { privateKey, publicKey } = createPair(algorithm)
  return {
    algorithm,
    kid,
    secret: undefined,
    privateKey,
    publicKey,
    privatePem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicPem: String(publicKey.export({ type: 'spki', format: 'pem' })),
  }
}

/** The public key as a JWK that names its id and algorithm; the secret itself for HMAC. */
export function toJwk(key: BenchKey): Readonly<Record<string, string>> {
  return { ...exportJwk(key.publicKey), kid: key.kid, alg: key.algorithm }
}

/** The private key as such a JWK. */
export function toPrivateJwk(key: BenchKey): Readonly<Record<string, string>> {
  return { ...exportJwk(key.privateKey), kid: key.kid, alg: key.algorithm }
}

/** What a token says beside the time: that of RFC 9068 and a session, as an API that is in use has it. */
export interface TokenOptions {
  /** Seconds from now; negative for one that has expired. */
  readonly expiresInSeconds?: number
  /** The type in the header; `at+jwt` when left out. */
  readonly typ?: string
}

/** The claims of one access token: about 480 characters with its signature under HS256. */
export function createClaims({
  expiresInSeconds = 3600,
}: TokenOptions = {}): Readonly<Record<string, unknown>> {
  const now = Date.now()
  const iat = Math.floor(now / 1000) - 60
  return {
    iss: ISSUER,
    sub: randomUUID(),
    aud: AUDIENCE,
    client_id: 'web',
    jti: randomBytes(16).toString('base64url'),
    iat,
    exp: Math.floor(now / 1000) + expiresInSeconds,
    sid: randomBytes(16).toString('base64url'),
    scope: 'orders:read orders:write',
  }
}

/** Signs claims as an access token, with nothing but node:crypto. */
export function signToken(key: BenchKey, claims: Readonly<Record<string, unknown>>, typ = 'at+jwt'): string {
  const header = { alg: key.algorithm, typ, kid: key.kid }
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${signRaw(key, input).toString('base64url')}`
}

/** Many different tokens of one key. */
export function createTokens(key: BenchKey, count: number, options?: TokenOptions): readonly string[] {
  return Array.from({ length: count }, () => signToken(key, createClaims(options), options?.typ))
}

/** The same token with another signature of the same length. */
export function damageSignature(token: string): string {
  const start = token.lastIndexOf('.') + 1
  return token.slice(0, start) + (token[start] === 'A' ? 'B' : 'A') + token.slice(start + 1)
}

/**
 * Gives texts as a server gets them: each time a new string out of the bytes of a header, cut after `Bearer `. No text
 * is the same object as one before, and none has been hashed or flattened yet.
 */
export function freshTexts(texts: readonly string[], prefix = 'Bearer '): () => string {
  const headers = texts.map(text => Buffer.from(prefix + text, 'latin1'))
  let next = 0
  return () => {
    const header = headers[next]
    if (header === undefined) throw new RangeError('There is no text.')
    next = (next + 1) % headers.length
    return header.toString('latin1').slice(prefix.length)
  }
}

/** The raw signature of node:crypto in the form of JWS. */
export function signRaw(key: BenchKey, input: string): Buffer {
  switch (key.algorithm) {
    case 'HS256':
      return createHmac('sha256', key.privateKey).update(input).digest()
    case 'RS256':
      return sign('sha256', Buffer.from(input, 'latin1'), key.privateKey)
    case 'ES256':
      return sign('sha256', Buffer.from(input, 'latin1'), {
        key: key.privateKey,
        dsaEncoding: 'ieee-p1363',
      })
    case 'EdDSA':
      return sign(null, Buffer.from(input, 'latin1'), key.privateKey)
  }
}

function createPair(algorithm: MeasuredAlgorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  switch (algorithm) {
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 })
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    case 'EdDSA':
      return generateKeyPairSync('ed25519')
    case 'HS256':
      throw new TypeError('HS256 has no key pair.')
  }
}

function exportJwk(key: KeyObject): Readonly<Record<string, string>> {
  // a JWK of node:crypto is made of strings only, which its type does not say
  return key.export({ format: 'jwk' }) as Readonly<Record<string, string>>
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
