import { exportJWK, importPKCS8, importSPKI, importX509 } from 'jose'
import type { JsonObject } from '../json.js'
import type { Algorithm } from './algorithms.js'
import { wrapPkcs1PrivateKey, wrapPkcs1PublicKey, wrapSec1PrivateKey } from './der.js'
import { keyError } from './key-material.js'

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g
const MAX_PEM_LENGTH = 65_536

/**
 * Reads PEM text (RFC 7468): `PUBLIC KEY`, `PRIVATE KEY`, `RSA PUBLIC KEY`, `RSA PRIVATE KEY`, `EC PRIVATE KEY` or
 * `CERTIFICATE`. Nothing of a certificate is verified; it only carries a key.
 * @returns the key as a JWK, not checked yet
 * @throws ConfigError `key_invalid`
 */
export async function parsePem(text: string, algorithm: Algorithm): Promise<JsonObject> {
  const { label, body } = findBlock(text)
  const importBlock = importerOf(label, body, algorithm)
  try {
    const jwk = await exportJWK(await importBlock())
    // JWKs that come from WebCrypto hold strings; its declarations are left out
    const { key_ops, ext, alg, ...members } = jwk as JsonObject
    return members
  } catch {
    // the runtime's own message could quote the key
    throw keyError('', `the PEM text holds no ${label} that fits ${algorithm}`)
  }
}

function findBlock(text: string): { readonly label: string; readonly body: string } {
  if (!text.includes('-----BEGIN ')) {
    throw keyError('', 'a string can only be PEM text; pass secrets as bytes (Uint8Array) or as a JWK')
  }
  if (text.length > MAX_PEM_LENGTH)
    throw keyError('', `PEM text may have at most ${MAX_PEM_LENGTH} characters`)
  if (/ENCRYPTED/.test(text)) throw keyError('', 'the PEM text is encrypted; decrypt it before you pass it')
  // openssl writes the curve into a block of its own before the key, which repeats it
  const blocks = [...text.matchAll(BLOCK)].filter(([, label]) => label !== 'EC PARAMETERS')
  const [block] = blocks
  if (block === undefined || blocks.length > 1) {
    throw keyError('', `the PEM text must hold exactly one complete key, not ${blocks.length}`)
  }
  const [, label = '', body = ''] = block
  return { label, body: body.replace(/\s/g, '') }
}

function importerOf(label: string, body: string, algorithm: Algorithm): () => ReturnType<typeof importSPKI> {
  const options = { extractable: true }
  switch (label) {
    case 'PUBLIC KEY':
      return () => importSPKI(toPem(label, body), algorithm, options)
    case 'PRIVATE KEY':
      return () => importPKCS8(toPem(label, body), algorithm, options)
    case 'CERTIFICATE':
      return () => importX509(toPem(label, body), algorithm, options)
    case 'RSA PUBLIC KEY':
      return () => importSPKI(rewrap('PUBLIC KEY', body, wrapPkcs1PublicKey), algorithm, options)
    case 'RSA PRIVATE KEY':
      return () => importPKCS8(rewrap('PRIVATE KEY', body, wrapPkcs1PrivateKey), algorithm, options)
    case 'EC PRIVATE KEY':
      return () =>
        importPKCS8(
          rewrap('PRIVATE KEY', body, key => wrapSec1PrivateKey(key, algorithm)),
          algorithm,
          options,
        )
    default:
      throw keyError('', `PEM text with ${label} is not supported; convert it to PKCS #8 or SPKI`)
  }
}

function rewrap(label: string, body: string, wrap: (der: Uint8Array) => Uint8Array | undefined): string {
  const der = Uint8Array.from(atob(body), character => character.charCodeAt(0))
  const wrapped = wrap(der)
  if (wrapped === undefined) throw new TypeError('the key is for another algorithm')
  return toPem(label, btoa(String.fromCharCode(...wrapped)))
}

function toPem(label: string, body: string): string {
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`
}
