import crypto, { type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { CertificateFields } from '../client-certificate/client-certificate.js'
import type { JsonObject } from '../json.js'
import { type Algorithm, type AlgorithmProfile, profileOf } from '../jws/algorithms.js'
import type { SigningKey, VerificationKey } from '../jws/types.js'
import { ownMembers } from '../own-members.js'
import type { CryptoBackend, GeneratedKey, KeyBackend, KeyMaterial, Mac, PublicMaterial } from './backend.js'
import { parseCertificateText } from './certificate-text.js'
import { createHmac } from './node/hmac.js'
import { signatureLengthOf } from './signature-length.js'

const GCM = 'aes-256-gcm'
const GCM_TAG_LENGTH = 16
const RSA_MODULUS_BITS = 2048
/** Of SHA-256 in base64url. */
const TAG_CHARACTERS = 43

const generateKeyPair = promisify(crypto.generateKeyPair)

/**
 * The backend for Node and for runtimes with a full node:crypto. Verifying and what takes some ten microseconds are
 * synchronous; signing with RSA and the larger curves runs on the thread pool, so that it does not hold up the event
 * loop.
 */
export const backend: CryptoBackend = Object.freeze<CryptoBackend>({
  name: 'node',
  sha256: content => plainBytes(crypto.createHash('sha256').update(content).digest()),
  createMac,
  deriveKey: (secret, label, length) =>
    new Uint8Array(crypto.hkdfSync('sha256', secret, new Uint8Array(0), label, length)),
  equalBytes,
  encodeBase64url,
  decodeBase64url,
  seal,
  open,
  generateKey,
  createVerificationKey,
  createSigningKey,
  readCertificate,
})

/** What of it makes keys. */
export const keyBackend: KeyBackend = Object.freeze<KeyBackend>({ createVerificationKey, createSigningKey })

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && crypto.timingSafeEqual(left, right)
}

/** `encodeBase64url` of the backend. */
export function encodeBase64url(content: string | Uint8Array): string {
  if (typeof content === 'string') return Buffer.from(content).toString('base64url')
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('base64url')
}

/** `decodeBase64url` of the backend. */
export function decodeBase64url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url')
  // Buffer skips what it does not know; only the canonical text comes back unchanged
  return bytes.toString('base64url') === text ? plainBytes(bytes) : undefined
}

function seal(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array, associatedContent: string): Uint8Array {
  const cipher = crypto.createCipheriv(GCM, key, iv, { authTagLength: GCM_TAG_LENGTH })
  cipher.setAAD(Buffer.from(associatedContent))
  return plainBytes(Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]))
}

function open(
  key: Uint8Array,
  iv: Uint8Array,
  sealed: Uint8Array,
  associatedContent: string,
): Uint8Array | undefined {
  if (sealed.length < GCM_TAG_LENGTH) return undefined
  const decipher = crypto.createDecipheriv(GCM, key, iv, { authTagLength: GCM_TAG_LENGTH })
  decipher.setAAD(Buffer.from(associatedContent))
  decipher.setAuthTag(sealed.subarray(-GCM_TAG_LENGTH))
  const plaintext = decipher.update(sealed.subarray(0, -GCM_TAG_LENGTH))
  try {
    decipher.final()
  } catch {
    return undefined
  }
  return plainBytes(plaintext)
}

async function generateKey(algorithm: Algorithm): Promise<GeneratedKey> {
  const profile = profileOf(algorithm)
  switch (profile.scheme) {
    case 'hmac':
      return { privateJwk: { kty: 'oct', k: crypto.randomBytes(profile.hashLength).toString('base64url') } }
    case 'rsa-pkcs1':
    case 'rsa-pss':
      return toGeneratedKey(await generateKeyPair('rsa', { modulusLength: RSA_MODULUS_BITS }))
    case 'ecdsa':
      return toGeneratedKey(await generateKeyPair('ec', { namedCurve: profile.curve }))
    case 'eddsa':
      return toGeneratedKey(await generateKeyPair('ed25519'))
  }
}

function toGeneratedKey(pair: {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}): GeneratedKey {
  return { privateJwk: exportJwk(pair.privateKey), publicJwk: exportJwk(pair.publicKey) }
}

function exportJwk(key: KeyObject): JsonObject {
  // a JWK from node:crypto is made of strings only, which its type does not say
  return { ...(key.export({ format: 'jwk' }) as Readonly<Record<string, string>>) }
}

function createVerificationKey(material: KeyMaterial, algorithm: Algorithm, kid?: string): VerificationKey {
  const named = { algorithm, ...(kid !== undefined && { kid }) }
  const verify =
    material.type === 'secret'
      ? createTagCheck(material.bytes, algorithm)
      : createSignatureCheck(material, algorithm)
  return Object.freeze({ ...named, verify })
}

function createTagCheck(secret: Uint8Array, algorithm: Algorithm): VerificationKey['verify'] {
  const { hash, hashLength } = hmacProfile(algorithm)
  const computeTag = createHmac(hash, secret)
  const expected = Buffer.alloc(hashLength)
  return (signingInput, signature) => {
    if (signature.length !== hashLength) return false
    expected.write(computeTag(signingInput, 'binary'), 'latin1')
    return crypto.timingSafeEqual(expected, signature)
  }
}

function createSignatureCheck(material: PublicMaterial, algorithm: Algorithm): VerificationKey['verify'] {
  const length = signatureLengthOf(material, algorithm)
  const key = crypto.createPublicKey({ key: publicMembers(material.jwk), format: 'jwk' })
  const { digest, parameters } = signatureSettings(algorithm)
  // node:crypto reads optional settings by name, so a polluted Object.prototype must not stand behind them
  const settings = ownMembers({ key, ...parameters })
  return (signingInput, signature) =>
    signature.length === length &&
    crypto.verify(digest, Buffer.from(signingInput, 'latin1'), settings, signature)
}

function createSigningKey(material: KeyMaterial, algorithm: Algorithm, kid?: string): SigningKey {
  const named = { algorithm, ...(kid !== undefined && { kid }) }
  if (material.type === 'secret') {
    const computeTag = createHmac(hmacProfile(algorithm).hash, material.bytes)
    return Object.freeze({
      ...named,
      sign: (signingInput: string) => toBytes(computeTag(signingInput, 'binary')),
    })
  }
  const key = crypto.createPrivateKey({ key: { ...material.jwk }, format: 'jwk' })
  const { digest, parameters } = signatureSettings(algorithm)
  // node:crypto reads optional settings by name, so a polluted Object.prototype must not stand behind them
  const settings = ownMembers({ key, ...parameters })
  return Object.freeze({
    ...named,
    sign: isQuick(algorithm) ? signAtOnce : signElsewhere,
  })

  function signAtOnce(signingInput: string): Uint8Array {
    return plainBytes(crypto.sign(digest, Buffer.from(signingInput, 'latin1'), settings))
  }

  function signElsewhere(signingInput: string): Promise<Uint8Array> {
    return new Promise<Uint8Array>((resolve, reject) => {
      crypto.sign(digest, Buffer.from(signingInput, 'latin1'), settings, (error, signature) => {
        if (error === null) resolve(plainBytes(signature))
        else reject(error)
      })
    })
  }
}

/** Signatures that are made in less time than the way to another thread and back takes. RSA is 30 times slower. */
function isQuick(algorithm: Algorithm): boolean {
  const profile = profileOf(algorithm)
  return profile.scheme === 'eddsa' || (profile.scheme === 'ecdsa' && profile.curve === 'P-256')
}

function hmacProfile(algorithm: Algorithm): Extract<AlgorithmProfile, { readonly scheme: 'hmac' }> {
  const profile = profileOf(algorithm)
  if (profile.scheme !== 'hmac') throw new TypeError(`${algorithm} does not sign with a secret`)
  return profile
}

function createMac(key: Uint8Array): Mac {
  const computeTag = createHmac('sha256', key)
  const expected = Buffer.alloc(TAG_CHARACTERS)
  const presented = Buffer.alloc(TAG_CHARACTERS)
  return Object.freeze<Mac>({
    compute: content => toBytes(computeTag(content, 'binary')),
    isTagOf(tag, content) {
      if (tag.length !== TAG_CHARACTERS) return false
      const text = computeTag(content, 'base64url')
      expected.write(text, 'latin1')
      presented.write(tag, 'latin1')
      // the second comparison is for characters that lost something as bytes, and sees equal texts only
      return crypto.timingSafeEqual(expected, presented) && text === tag
    },
  })
}

/** A text with one character per byte, as bytes. */
function toBytes(text: string): Uint8Array {
  return plainBytes(Buffer.from(text, 'latin1'))
}

function signatureSettings(algorithm: Algorithm): {
  readonly digest: string | null
  readonly parameters: crypto.SigningOptions
} {
  const profile = profileOf(algorithm)
  switch (profile.scheme) {
    case 'rsa-pkcs1':
      return { digest: profile.hash, parameters: { padding: crypto.constants.RSA_PKCS1_PADDING } }
    case 'rsa-pss':
      return {
        digest: profile.hash,
        parameters: {
          padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
          // RFC 7518 section 3.5: the salt is as long as the hash
          saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST,
        },
      }
    case 'ecdsa':
      return { digest: profile.hash, parameters: { dsaEncoding: 'ieee-p1363' } }
    case 'eddsa':
      return { digest: null, parameters: {} }
    case 'hmac':
      throw new TypeError(`${algorithm} signs with a secret`)
  }
}

function publicMembers(jwk: JsonObject): crypto.JsonWebKey {
  const { kty, crv, n, e, x, y } = jwk
  // checked key material: these members are strings where they are present
  return { kty, crv, n, e, x, y } as crypto.JsonWebKey
}

/** A view without the methods of Buffer, whose `slice` shares memory where that of Uint8Array copies. */
function plainBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}

/** `undefined` for bytes that are no certificate, or more than one. */
function readCertificate(der: Uint8Array): CertificateFields | undefined {
  try {
    const certificate = new crypto.X509Certificate(der)
    // node:crypto reads PEM too and passes over what follows: then the thumbprint would be of other bytes
    return certificate.raw.equals(der) ? parseCertificateText(certificate) : undefined
  } catch {
    return undefined
  }
}
