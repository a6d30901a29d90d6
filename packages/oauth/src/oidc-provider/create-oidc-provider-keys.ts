import { ConfigError, type JsonObject, type SecretBox, StoreError } from '@authcore/core'
import type { DocumentRecord, DocumentStore } from '@authcore/core/ports'
import { randomText, requireDocuments, type TokenHost } from '../token-host.js'

/** What `oidc-provider` signs with. */
export type OidcSigningAlgorithm = 'RS256' | 'ES256'

/** A private key for the option `jwks` of `oidc-provider`. */
export interface OidcSigningKey extends JsonObject {
  readonly kty: string
  readonly kid: string
  readonly alg: OidcSigningAlgorithm
  readonly use: 'sig'
}

/** The keys of an `oidc-provider`, kept by the deployment. They never sign its own access tokens. */
export interface OidcProviderKeys {
  /**
   * The keys, the one that signs first; made when there are none, by one process.
   * @throws StoreError `store_unavailable`, `store_record_invalid`
   */
  load(): Promise<{ readonly keys: readonly OidcSigningKey[] }>
  /**
   * Puts a new key first and keeps the two before for what they have signed. It counts for providers that are started
   * from then on; of several rotations at the same time one is made.
   * @throws StoreError `store_unavailable`, `store_record_invalid`
   */
  rotate(): Promise<{ readonly keys: readonly OidcSigningKey[] }>
  /** For the option `cookies.keys`: derived from the root secret that issues. */
  readonly cookieKeys: readonly string[]
}

type Host = Pick<TokenHost, 'stores' | 'clock' | 'random' | 'secretBox'>

interface KeysContext {
  readonly host: Host
  readonly documents: DocumentStore
  readonly box: SecretBox
  readonly algorithm: OidcSigningAlgorithm
}

const PURPOSE = 'oauth.oidc_provider_keys'
const KEY = Object.freeze({ namespace: PURPOSE, id: 'signing' })
const MAX_KEYS = 3

/**
 * Prepares the signing keys of an `oidc-provider`: sealed at rest under the root secrets.
 * @param auth a deployment whose stores keep documents
 * @param options `algorithm`: of new keys, `RS256` unless told, which every OpenID client understands
 * @throws ConfigError `config_invalid`
 */
export function createOidcProviderKeys(
  auth: Host,
  { algorithm = 'RS256' }: { readonly algorithm?: OidcSigningAlgorithm } = {},
): OidcProviderKeys {
  if (algorithm !== 'RS256' && algorithm !== 'ES256') {
    throw new ConfigError('config_invalid', [{ path: 'algorithm', message: "must be 'RS256' or 'ES256'" }])
  }
  const box = auth.secretBox(PURPOSE)
  const context: KeysContext = { host: auth, documents: requireDocuments(auth), box, algorithm }
  return Object.freeze({
    load: async () => {
      const found = await find(context)
      return found === undefined ? addKey(undefined, context) : openKeys(found, context)
    },
    rotate: async () => addKey(await find(context), context),
    cookieKeys: Object.freeze([box.mac('cookies')]),
  })
}

async function addKey(found: DocumentRecord | undefined, context: KeysContext) {
  const { host, documents, box } = context
  const former = found === undefined ? [] : (await openKeys(found, context)).keys
  const keys = [await createKey(context), ...former].slice(0, MAX_KEYS)
  const { outcome } = await documents.put({
    ...KEY,
    tags: [],
    value: { sealed: await box.seal(JSON.stringify(keys), KEY.id) },
    expectedVersion: found?.version ?? 0,
    writeId: randomText(host.random, 16),
    now: host.clock(),
  })
  if (outcome === 'stored') return Object.freeze({ keys: Object.freeze(keys) })
  // another process was first: what it made is what counts
  const winner = await find(context)
  if (winner === undefined) throw new StoreError('store_unavailable')
  return openKeys(winner, context)
}

async function find({ host, documents }: KeysContext): Promise<DocumentRecord | undefined> {
  return documents.find({ ...KEY, now: host.clock() })
}

async function openKeys({ value }: DocumentRecord, { box }: KeysContext) {
  const text = await box.openText(String(value['sealed']), KEY.id)
  // a provider without its keys must not start with others
  if (text === undefined) throw new StoreError('store_record_invalid')
  const keys: readonly OidcSigningKey[] = JSON.parse(text)
  return Object.freeze({ keys: Object.freeze(keys) })
}

async function createKey({ host, algorithm }: KeysContext): Promise<OidcSigningKey> {
  const { privateKey } = await globalThis.crypto.subtle.generateKey(KEY_PARAMETERS[algorithm], true, [
    'sign',
    'verify',
  ])
  const jwk = await globalThis.crypto.subtle.exportKey('jwk', privateKey)
  const { key_ops: _operations, ext: _extractable, ...members } = jwk
  // what WebCrypto exports is JSON
  const material = JSON.parse(JSON.stringify(members)) as JsonObject
  return {
    ...material,
    kty: String(jwk.kty),
    kid: randomText(host.random, 16),
    alg: algorithm,
    use: 'sig',
  }
}

const KEY_PARAMETERS = Object.freeze({
  RS256: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
} as const)
