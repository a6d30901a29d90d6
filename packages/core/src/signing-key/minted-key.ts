import type { Context } from '../context.js'
import type { RootSecret } from '../crypto/root-secrets.js'
import { openText, type SealingKey, sealText } from '../crypto/sealed-text.js'
import { StoreError } from '../errors.js'
import type { JsonObject } from '../json.js'
import { encodeBase64url } from '../jws/base64url.js'
import type { SigningKeyRecord } from '../ports/signing-key-store.js'

/** Makes a new signing key with its private part encrypted under the current root secret. */
export async function mintSigningKey(
  context: Context,
  now: number,
  activatesAt: number,
): Promise<SigningKeyRecord> {
  const { settings, backend, secrets } = context
  const { algorithm } = settings.accessToken
  const { privateJwk, publicJwk } = await backend.generateKey(algorithm)
  const kid = encodeBase64url(settings.random(16))
  return Object.freeze({
    kid,
    algorithm,
    ...(publicJwk !== undefined && { publicJwk }),
    sealedPrivateJwk: await sealPrivateJwk(JSON.stringify(privateJwk), kid, secrets.current, context),
    secretId: secrets.current.id,
    announcedAt: now,
    activatesAt,
  })
}

/**
 * Decrypts the private part of a key.
 * @throws StoreError `signing_key_unavailable` when its root secret is not on the list any more
 */
export async function openPrivateJwk(record: SigningKeyRecord, context: Context): Promise<JsonObject> {
  return JSON.parse(await openSealed(record, context))
}

/** True when a key is encrypted under a former root secret that is still on the list. */
export function isSealedUnderFormerSecret(record: SigningKeyRecord, { secrets }: Context): boolean {
  return record.secretId !== secrets.current.id && secrets.find(record.secretId) !== undefined
}

/** Encrypts the private part under the current root secret, so that the former one can be taken off the list. */
export async function resealSigningKey(
  record: SigningKeyRecord,
  context: Context,
): Promise<SigningKeyRecord> {
  const { current } = context.secrets
  const sealedPrivateJwk = await sealPrivateJwk(
    await openSealed(record, context),
    record.kid,
    current,
    context,
  )
  return { ...record, sealedPrivateJwk, secretId: current.id }
}

async function openSealed(record: SigningKeyRecord, { secrets, backend }: Context): Promise<string> {
  const secret = secrets.find(record.secretId)
  const text = secret && (await openText(record.sealedPrivateJwk, toSealingKey(secret, record.kid), backend))
  if (text !== undefined) return text
  throw new StoreError('signing_key_unavailable', {
    cause: new Error(
      `The signing key ${record.kid} cannot be decrypted: put the root secret that encrypted it back on the list, or withdraw the key.`,
    ),
  })
}

function sealPrivateJwk(
  text: string,
  kid: string,
  secret: RootSecret,
  { backend, settings }: Context,
): Promise<string> {
  return sealText(text, toSealingKey(secret, kid), backend, settings.random)
}

/** The kid as associated data: a sealed key cannot be moved under another name. */
function toSealingKey(secret: RootSecret, kid: string): SealingKey {
  return { key: secret.deriveKey('signing_key'), associatedContent: kid }
}
