import { encodeBase64url } from '../verifier/base64.js'

/** Members of a DPoP proof beside `jti` and `iat` (RFC 9449 section 4.2). */
export interface ProofMembers {
  readonly htm: string
  readonly htu: string
  /** The access token whose hash goes into the proof. */
  readonly token?: string
  readonly nonce?: string
  /** Epoch seconds. */
  readonly iat: number
  readonly jti: string
}

/** The key of a client that proves it. Ed25519 signs the same text alike every time. */
export interface ProofKey {
  /** SHA-256 thumbprint (RFC 7638). */
  readonly jkt: string
  prove(members: ProofMembers): Promise<string>
}

/** Makes a key. */
export async function createProofKey(): Promise<ProofKey> {
  // only a pair comes of this algorithm, which the type of generateKey cannot know
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as KeyPair
  const { x = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const jwk = { crv: 'Ed25519', kty: 'OKP', x }
  const header = encodeJson({ typ: 'dpop+jwt', alg: 'EdDSA', jwk })
  return {
    jkt: await hash(JSON.stringify(jwk)),
    prove: async ({ token, ...members }) => {
      const ath = token === undefined ? {} : { ath: await hash(token) }
      const input = `${header}.${encodeJson({ ...members, ...ath })}`
      const signature = await crypto.subtle.sign('Ed25519', pair.privateKey, new TextEncoder().encode(input))
      return `${input}.${encodeBase64url(new Uint8Array(signature))}`
    },
  }
}

// the types of WebCrypto come with globalThis.crypto, so that no DOM library is needed
type WebCryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

interface KeyPair {
  readonly publicKey: WebCryptoKey
  readonly privateKey: WebCryptoKey
}

async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return encodeBase64url(new Uint8Array(digest))
}

function encodeJson(value: object): string {
  return encodeBase64url(new TextEncoder().encode(JSON.stringify(value)))
}
