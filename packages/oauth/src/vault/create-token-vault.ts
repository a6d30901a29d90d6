import { InvalidGrantError, InvalidRequestError, StoreError } from '@authcore/core'
import type { CreateTimeout } from '@authcore/core/ports'
import type { DocumentHost } from '../auth-host.js'
import type { ProviderClient } from '../provider/provider-client.js'
import type { ProviderTokens } from '../provider/provider-tokens.js'
import { untilStored } from '../until-stored.js'
import { type RefreshContext, refreshOnce } from './refresh-once.js'
import { createSeenKeys } from './seen-keys.js'
import type { ProviderAccessToken, TokenVault } from './token-vault.js'
import { currentKeyId, openTokens, sealTokens } from './vault-record.js'
import { createVaultRecords, type StoredTokens } from './vault-records.js'

/** A vault that sign-in puts tokens into. */
export interface FilledVault {
  readonly vault: TokenVault
  /** Keeps what a provider issued at a sign-in. */
  save(identityId: string, owner: TokenOwner, tokens: ProviderTokens): Promise<void>
}

/** Whose tokens they are, and whose. */
export interface TokenOwner {
  readonly subject: string
  readonly provider: string
}

/** What the vault is made with. */
export interface VaultContext {
  readonly host: DocumentHost
  readonly clients: ReadonlyMap<string, ProviderClient>
  readonly createTimeout: CreateTimeout
  readonly timeoutSeconds: number
}

/** A token with less left than this is refreshed before it is handed out. */
const MIN_VALIDITY_MS = 60_000

/** Prepares the vault. */
export function createTokenVault({
  host,
  clients,
  createTimeout,
  timeoutSeconds,
}: VaultContext): FilledVault {
  const box = host.secretBox('oauth.tokens')
  const records = createVaultRecords(host, box)
  const seenKeys = createSeenKeys(host)
  const pending = new Map<string, Promise<ProviderTokens>>()

  const open = async ({ identityId, record }: StoredTokens): Promise<ProviderTokens> => {
    const tokens = record.hasEnded ? undefined : await openTokens(identityId, record, box)
    // sealed under a root secret that is gone: nobody can use them any more
    if (tokens === undefined) throw new InvalidGrantError('provider_grant_ended')
    return tokens
  }
  const store = async ({ identityId, record, version }: StoredTokens, tokens: ProviderTokens) => {
    const sealed = await sealTokens(tokens, { ...record, identityId }, box)
    await seenKeys.add(sealed.keyId)
    return records.replace(identityId, sealed, version)
  }
  const end = async ({ identityId, record, version }: StoredTokens): Promise<void> => {
    // no conflict matters: who signs in meanwhile brings tokens that are good
    const ended = await records.replace(identityId, { ...record, sealed: '', hasEnded: true }, version)
    const { account: subject, provider } = record
    if (ended !== undefined) host.emit('provider_tokens.ended', { subject, provider })
  }
  const context: RefreshContext = { host, records, createTimeout, timeoutSeconds, open, store, end }

  /** Single flight within this process; the lock of `refreshOnce` is for all of them. */
  const refresh = (stored: StoredTokens): Promise<ProviderTokens> => {
    const key = `${stored.identityId}.${stored.version}`
    const running = pending.get(key)
    if (running !== undefined) return running
    const client = clients.get(stored.record.provider)
    if (client === undefined) return Promise.reject(new InvalidRequestError('provider_unknown'))
    const started = refreshOnce(stored, client, context).finally(() => pending.delete(key))
    pending.set(key, started)
    return started
  }

  const findOwn = async (subject: string, identityId: string): Promise<StoredTokens> => {
    const stored = await records.find(identityId, subject)
    if (stored === undefined) throw new InvalidRequestError('identity_not_found')
    return stored
  }

  const resealOne = async (stored: StoredTokens): Promise<void> => {
    const { identityId, record } = stored
    const tokens = record.hasEnded ? undefined : await openTokens(identityId, record, box)
    if (tokens !== undefined) await store(stored, tokens)
    else
      await records.replace(
        identityId,
        { ...record, keyId: currentKeyId(box), sealed: '', hasEnded: true },
        stored.version,
      )
  }

  const vault: TokenVault = Object.freeze({
    accessToken: async (subject: string, identityId: string) => {
      const tokens = await untilFresh(async () => {
        const stored = await findOwn(subject, identityId)
        return makeFresh(await resealStale(stored))
      })
      return toAccessToken(tokens)
    },
    list: async (subject: string) => {
      const kept = await records.listByAccount(subject)
      return Object.freeze(
        kept.map(({ identityId, record: { provider, hasEnded } }) =>
          Object.freeze({ identityId, provider, isUsable: !hasEnded }),
        ),
      )
    },
    remove: async (subject: string, identityId: string) => {
      const removed = await untilStored(async () => {
        const stored = await records.find(identityId, subject)
        if (stored === undefined) return 'absent'
        const outcome = await records.remove(identityId, subject, stored.version)
        return outcome === 'conflict' ? undefined : stored
      })
      if (removed === 'absent') return { found: false, isRevoked: false }
      const { record } = removed
      const tokens = record.hasEnded ? undefined : await openTokens(identityId, record, box)
      const client = clients.get(record.provider)
      const isRevoked = tokens !== undefined && client !== undefined && (await client.revoke(tokens))
      host.emit('provider_tokens.removed', { subject, provider: record.provider, isRevoked })
      return { found: true, isRevoked }
    },
    reseal: async (options: { readonly limit?: number } = {}) => {
      const { limit = 100 } = options
      if (!Number.isSafeInteger(limit) || limit < 1 || limit > 1000) {
        throw new InvalidRequestError('argument_invalid', { detail: 'limit must be from 1 to 1,000.' })
      }
      const current = currentKeyId(box)
      for (const keyId of await seenKeys.list()) {
        if (keyId === current) continue
        const found = await records.listByKey(keyId, limit)
        for (const stored of found) await resealOne(stored)
        if (found.length > 0) return { resealed: found.length }
        await seenKeys.remove(keyId)
      }
      return { resealed: 0 }
    },
  } satisfies TokenVault)

  /** What is sealed under an older root secret is sealed again when it is read. */
  const resealStale = async (stored: StoredTokens): Promise<StoredTokens> => {
    if (stored.record.hasEnded || stored.record.keyId === currentKeyId(box)) return stored
    return (await store(stored, await open(stored))) ?? stored
  }

  const leftOf = ({ expiresAt = Number.POSITIVE_INFINITY }: ProviderTokens): number =>
    expiresAt - host.clock()

  const makeFresh = async (stored: StoredTokens): Promise<ProviderTokens> => {
    const tokens = await open(stored)
    const left = leftOf(tokens)
    if (left >= MIN_VALIDITY_MS) return tokens
    if (tokens.refreshToken === undefined) {
      if (left > 0) return tokens
      throw new InvalidGrantError('provider_grant_ended')
    }
    try {
      return await refresh(stored)
    } catch (error) {
      // it can still be used while the provider is away
      if (left > 0 && error instanceof StoreError) return tokens
      throw error
    }
  }

  /** The record may have been sealed again by somebody else just when it was to be refreshed. */
  const untilFresh = async (attempt: () => Promise<ProviderTokens>): Promise<ProviderTokens> => {
    const tokens = await attempt()
    return leftOf(tokens) > 0 ? tokens : attempt()
  }

  const save: FilledVault['save'] = async (identityId, { subject, provider }, tokens) => {
    await untilStored(async () => {
      const existing = await records.find(identityId)
      const isOwn = existing?.record.account === subject && !existing.record.hasEnded
      const former = isOwn ? await openTokens(identityId, existing.record, box) : undefined
      const { refreshToken } = former ?? {}
      // some providers give a refresh token at the first consent only
      const kept = { ...(refreshToken !== undefined && { refreshToken }), ...tokens }
      const record = await sealTokens(kept, { identityId, account: subject, provider }, box)
      await seenKeys.add(record.keyId)
      return records.replace(identityId, record, existing?.version ?? 0)
    })
  }

  return Object.freeze({ vault, save })
}

function toAccessToken({ accessToken, expiresAt, scope }: ProviderTokens): ProviderAccessToken {
  return Object.freeze({ accessToken, scope, ...(expiresAt !== undefined && { expiresAt }) })
}
