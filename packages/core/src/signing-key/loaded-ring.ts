import type { Context } from '../context.js'
import { StoreError } from '../errors.js'
import { importParsedKeyWith } from '../jws/import-parsed-key.js'
import type { SigningKey, VerificationKey } from '../jws/types.js'
import type { SigningKeyRecord } from '../ports/signing-key-store.js'
import { findActiveKey, type KeyRingTiming, keyStateAt } from './key-ring.js'
import { openPrivateJwk } from './minted-key.js'
import { algorithmOf } from './signing-key-record.js'

/** A ring as it was read, with its keys ready for use. */
export interface LoadedRing {
  readonly version: number
  readonly keys: readonly SigningKeyRecord[]
  /** When the store was asked, epoch milliseconds. */
  readonly loadedAt: number
  /** The key that signs now. */
  findSigningKey(now: number): SigningKey | Promise<SigningKey>
  /** The key with this name, unless it is gone or withdrawn. */
  findVerificationKey(kid: string, now: number): VerificationKey | Promise<VerificationKey> | undefined
}

/** Prepares a ring; keys are imported when they are first needed and once each. */
export function createLoadedRing(
  ring: { readonly version: number; readonly keys: readonly SigningKeyRecord[]; readonly loadedAt: number },
  context: Context,
  timing: KeyRingTiming,
): LoadedRing {
  const byKid = new Map(ring.keys.map(key => [key.kid, key]))
  const signingKeys = new Map<string, SigningKey | Promise<SigningKey>>()
  const verificationKeys = new Map<string, VerificationKey | Promise<VerificationKey>>()

  return {
    ...ring,
    findSigningKey(now) {
      const record = findActiveKey(ring.keys, now)
      if (record === undefined) throw new StoreError('signing_key_unavailable')
      return remember(signingKeys, record.kid, () => importSigningKey(record, context))
    },
    findVerificationKey(kid, now) {
      const record = byKid.get(kid)
      if (record === undefined) return undefined
      const state = keyStateAt(record, ring.keys, now, timing)
      if (state === undefined || state === 'withdrawn') return undefined
      return remember(verificationKeys, kid, () => importVerificationKey(record, context))
    },
  }
}

async function importSigningKey(record: SigningKeyRecord, context: Context): Promise<SigningKey> {
  const jwk = await openPrivateJwk(record, context)
  const key = await importParsedKeyWith(context.backend, jwk, {
    algorithm: algorithmOf(record),
    kid: record.kid,
  })
  if (!('sign' in key)) throw new StoreError('store_record_invalid')
  return key
}

/** HMAC keys have no public part: whoever verifies could also sign. */
async function importVerificationKey(record: SigningKeyRecord, context: Context): Promise<VerificationKey> {
  const jwk = record.publicJwk ?? (await openPrivateJwk(record, context))
  return importParsedKeyWith(context.backend, jwk, { algorithm: algorithmOf(record), kid: record.kid })
}

/** One import for any number of callers; once it is done they get the key at once. A failed one is tried again. */
function remember<Key>(
  keys: Map<string, Key | Promise<Key>>,
  kid: string,
  load: () => Promise<Key>,
): Key | Promise<Key> {
  const known = keys.get(kid)
  if (known !== undefined) return known
  const loading = load()
  keys.set(kid, loading)
  loading.then(
    key => keys.set(kid, key),
    () => keys.delete(kid),
  )
  return loading
}
