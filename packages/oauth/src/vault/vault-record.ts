import { type JsonObject, type SecretBox, StoreError } from '@authcore/core'
import type { ProviderTokens } from '../provider/provider-tokens.js'
import { isText, membersOf, parseJson } from '../text.js'

/** Tokens of a provider as they are stored. */
export interface VaultRecord {
  readonly provider: string
  /** The subject of the account that they belong to. */
  readonly account: string
  /** Names the root secret that they are sealed under. */
  readonly keyId: string
  readonly sealed: string
  /** True when the provider takes the refresh token no more. */
  readonly hasEnded: boolean
}

/**
 * Reads what `toVaultValue` wrote.
 * @throws StoreError `store_record_invalid`
 */
export function parseVaultRecord(value: JsonObject): VaultRecord {
  const members = membersOf(value)
  const [provider, account, keyId, sealed] = ['provider', 'account', 'keyId', 'sealed'].map(name =>
    members.get(name),
  )
  const hasEnded = members.get('hasEnded')
  const areTexts = [provider, account, keyId, sealed].every(text => typeof text === 'string')
  if (!areTexts || typeof hasEnded !== 'boolean') throw new StoreError('store_record_invalid')
  return {
    provider: String(provider),
    account: String(account),
    keyId: String(keyId),
    sealed: String(sealed),
    hasEnded,
  }
}

/** The record as a document holds it. */
export function toVaultValue(record: VaultRecord): JsonObject {
  return { ...record }
}

/** Whose they are stands beside the ciphertext, so that swapped records do not open. */
function ownerOf(identityId: string, account: string): string {
  return JSON.stringify([identityId, account])
}

/** Seals tokens under the current root secret. */
export async function sealTokens(
  tokens: ProviderTokens,
  {
    identityId,
    account,
    provider,
  }: Pick<VaultRecord, 'account' | 'provider'> & { readonly identityId: string },
  box: SecretBox,
): Promise<VaultRecord> {
  const sealed = await box.seal(JSON.stringify(tokens), ownerOf(identityId, account))
  return { provider, account, keyId: currentKeyId(box), sealed, hasEnded: false }
}

/** Opens them; `undefined` when the root secret was taken off the list, or the record belongs to somebody else. */
export async function openTokens(
  identityId: string,
  { sealed, account }: Pick<VaultRecord, 'sealed' | 'account'>,
  box: SecretBox,
): Promise<ProviderTokens | undefined> {
  const text = await box.openText(sealed, ownerOf(identityId, account))
  if (text === undefined) return undefined
  const members = membersOf(parseJson(text))
  const [accessToken, expiresAt] = [members.get('accessToken'), members.get('expiresAt')]
  const [refreshToken, scope] = [members.get('refreshToken'), members.get('scope')]
  if (!isText(accessToken, 65_536) || typeof scope !== 'string') throw new StoreError('store_record_invalid')
  return Object.freeze({
    accessToken,
    scope,
    ...(typeof expiresAt === 'number' && { expiresAt }),
    ...(typeof refreshToken === 'string' && { refreshToken }),
  })
}

/** A name for the root secret that seals now: the same for as long as it is the first of the list. */
export function currentKeyId(box: Pick<SecretBox, 'mac' | 'hash'>): string {
  return box.hash(box.mac('key id'))
}
