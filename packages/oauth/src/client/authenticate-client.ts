import type { RateLimitPolicy } from '@authcore/core'
import { RateLimitError } from '@authcore/core'
import { ownMembers } from '../own-members.js'
import type { TokenHost } from '../token-host.js'
import { readClaimedClient, type VerifyClientAssertion } from './client-assertion.js'
import { type ClientRecord, type LoadedClient, liveSecrets } from './client-record.js'
import type { ClientSecrets } from './client-secret.js'
import type { ClientAuthMethod, PresentedClient } from './oauth-clients.js'

/** What clients are authenticated with. */
export interface ClientAuthentication {
  readonly host: Pick<TokenHost, 'clock' | 'emit' | 'rateLimits'>
  readonly secrets: ClientSecrets
  readonly verifyAssertion: VerifyClientAssertion
  /** How many failed attempts one client may make from one address; `undefined` counts none. */
  readonly attempts: RateLimitPolicy | undefined
  load(clientId: string): Promise<LoadedClient | undefined>
}

const CLIENT_ID = /^oc_[A-Za-z0-9_-]{22}$/

/** The ways that are known here, by the name that a request has for them. */
const METHODS: Readonly<Partial<Record<PresentedClient['method'], ClientAuthMethod>>> = Object.freeze({
  client_secret_basic: 'client_secret_basic',
  client_secret_post: 'client_secret_post',
  client_assertion: 'private_key_jwt',
  none: 'none',
})

/**
 * Finds out whether somebody is the client that they say: by the look of it, then one read beside the count of failed
 * attempts, then the proof.
 */
export async function authenticateClient(
  given: PresentedClient,
  context: ClientAuthentication,
): Promise<LoadedClient | undefined> {
  const credentials = ownMembers(given)
  const clientId = findClientId(credentials)
  const refuse = (reason: string): undefined => {
    context.host.emit('oauth_client.refused', { ...(clientId !== undefined && { clientId }), reason })
  }
  if (clientId === undefined) return refuse('client_malformed')
  const method = METHODS[credentials.method]
  if (method === undefined) return refuse('method_unsupported')
  if (isSecret(method) && !context.secrets.hasForm(credentials.clientSecret))
    return refuse('secret_malformed')

  const attempt = { kind: 'oauth_client', id: `${clientId} ${credentials.ip ?? ''}` } as const
  const [loaded] = await Promise.all([
    context.load(clientId),
    method === 'none' ? undefined : refuseTooMany(attempt, context),
  ])
  const problem = await findProblem(credentials, method, loaded?.record, clientId, context)
  if (problem === undefined) return loaded
  if (method !== 'none') await countFailure(attempt, context)
  return refuse(problem)
}

function findClientId({ clientId, clientAssertion, method }: PresentedClient): string | undefined {
  const claimed =
    method === 'client_assertion' && clientAssertion !== undefined
      ? readClaimedClient(clientAssertion)
      : clientId
  // RFC 7521 section 4.2: a client_id beside an assertion must name the same client
  if (clientId !== undefined && clientId !== claimed) return undefined
  return typeof claimed === 'string' && CLIENT_ID.test(claimed) ? claimed : undefined
}

function isSecret(method: ClientAuthMethod): boolean {
  return method === 'client_secret_basic' || method === 'client_secret_post'
}

async function findProblem(
  { clientSecret = '', clientAssertion = '', clientAssertionType }: PresentedClient,
  method: ClientAuthMethod,
  record: ClientRecord | undefined,
  clientId: string,
  { host, secrets, verifyAssertion }: ClientAuthentication,
): Promise<string | undefined> {
  const accepted = record === undefined ? [] : liveSecrets(record, host.clock())
  // before anything that tells whether there is such a client
  const isMatch = isSecret(method) && secrets.matches(clientId, clientSecret, accepted)
  if (record === undefined) return 'client_unknown'
  if (record.authMethod !== method) return 'method_of_another_kind'
  if (!record.enabled) return 'client_disabled'
  switch (method) {
    case 'client_secret_basic':
    case 'client_secret_post':
      return isMatch ? undefined : 'secret_invalid'
    case 'private_key_jwt':
      return verifyAssertion(clientAssertion, clientAssertionType, record)
    case 'none':
      return undefined
  }
}

type Attempt = { readonly kind: 'oauth_client'; readonly id: string }

/** @throws RateLimitError `rate_limited` when nothing is left */
async function refuseTooMany(attempt: Attempt, { host, attempts }: ClientAuthentication): Promise<void> {
  if (attempts === undefined) return
  const { remaining } = await host.rateLimits.check(attempts, attempt)
  if (remaining === 0) await host.rateLimits.take(attempts, attempt)
}

/** The failure that empties the limit is answered as any other. */
async function countFailure(attempt: Attempt, { host, attempts }: ClientAuthentication): Promise<void> {
  if (attempts === undefined) return
  try {
    await host.rateLimits.take(attempts, attempt)
  } catch (error) {
    if (!(error instanceof RateLimitError)) throw error
  }
}
