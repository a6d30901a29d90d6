import { InvalidGrantError, StoreError } from '@authcore/core'
import type { CreateTimeout } from '@authcore/core/ports'
import type { DocumentHost } from '../auth-host.js'
import type { ProviderClient } from '../provider/provider-client.js'
import type { ProviderTokens } from '../provider/provider-tokens.js'
import { randomText } from '../random-text.js'
import type { StoredTokens, VaultRecords } from './vault-records.js'

/** What a refresh is made with. */
export interface RefreshContext {
  readonly host: DocumentHost
  readonly records: VaultRecords
  readonly createTimeout: CreateTimeout
  /** The longest that one request to a provider takes. */
  readonly timeoutSeconds: number
  open(stored: StoredTokens): Promise<ProviderTokens>
  /** Stores tokens in the place of the record. @returns `undefined` when it is of another version */
  store(stored: StoredTokens, tokens: ProviderTokens): Promise<StoredTokens | undefined>
  /** Notes that the grant has ended. */
  end(stored: StoredTokens): Promise<void>
}

const NAMESPACE = 'oauth.tokens.refresh'
const POLL_MS = 200
/** Beside the request to the provider the lock covers the reading and writing around it. */
const LOCK_MARGIN_SECONDS = 5

/**
 * Refreshes the tokens of one record. Of all processes one asks the provider: who reserves the version of the record
 * first. The others wait for what it stores. A process that dies meanwhile is waited for until its lock runs out.
 * @throws InvalidGrantError `provider_grant_ended`
 * @throws StoreError
 */
export async function refreshOnce(
  stored: StoredTokens,
  client: ProviderClient,
  context: RefreshContext,
): Promise<ProviderTokens> {
  const { host, timeoutSeconds } = context
  const now = host.clock()
  const { outcome } = await host.stores.oneTime.reserve({
    namespace: NAMESPACE,
    key: `${stored.identityId}.${stored.version}`,
    holder: randomText(host.random, 16),
    expiresAt: now + 1000 * (timeoutSeconds + LOCK_MARGIN_SECONDS),
    now,
  })
  return outcome === 'reserved' ? refresh(stored, client, context) : awaitRefresh(stored, context)
}

async function refresh(
  stored: StoredTokens,
  client: ProviderClient,
  context: RefreshContext,
): Promise<ProviderTokens> {
  // a lock that ran out may be one whose holder has stored: the provider would take its old token for a theft
  const current = await context.records.find(stored.identityId, stored.record.account)
  if (current === undefined) throw new InvalidGrantError('provider_grant_ended')
  if (current.version !== stored.version) return context.open(current)
  const tokens = await askProvider(current, client, context)
  const isStored = (await context.store(current, tokens)) !== undefined
  if (isStored) {
    const { account: subject, provider } = current.record
    context.host.emit('provider_tokens.refreshed', { subject, provider })
  }
  // otherwise they were removed, or somebody signed in again meanwhile: these are good all the same
  return tokens
}

async function askProvider(
  current: StoredTokens,
  client: ProviderClient,
  context: RefreshContext,
): Promise<ProviderTokens> {
  try {
    return await client.refresh(await context.open(current))
  } catch (error) {
    if (error instanceof InvalidGrantError) await context.end(current)
    throw error
  }
}

async function awaitRefresh(stored: StoredTokens, context: RefreshContext): Promise<ProviderTokens> {
  const rounds = (1000 * (context.timeoutSeconds + LOCK_MARGIN_SECONDS)) / POLL_MS
  for (let round = 0; round < rounds; round += 1) {
    await pause(context.createTimeout)
    const current = await context.records.find(stored.identityId, stored.record.account)
    if (current === undefined || current.record.hasEnded) throw new InvalidGrantError('provider_grant_ended')
    if (current.version !== stored.version) return context.open(current)
  }
  throw new StoreError('provider_unavailable')
}

function pause(createTimeout: CreateTimeout): Promise<void> {
  const signal = createTimeout(POLL_MS)
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', resolve)
  })
}
