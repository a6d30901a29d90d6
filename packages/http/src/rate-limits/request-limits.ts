import {
  ConfigError,
  InvalidApiKeyError,
  InvalidCertificateError,
  InvalidClientError,
  InvalidGrantError,
  InvalidLoginError,
  InvalidTokenError,
  type Principal,
  RateLimitError,
  type RateLimitIdentity,
  type RateLimitPolicy,
  type RateLimitStatus,
  StoreError,
} from '@authcore/core'
import type { AuthRequest } from '../auth-request.js'
import type { AuthResponse } from '../auth-response.js'
import { findClientAddress } from '../client-address.js'
import type { CredentialVerifiers } from '../credential-verifiers.js'
import { DEFAULT_HTTP_SETTINGS } from '../http-settings.js'
import { toAddressBucket } from './address-bucket.js'
import { toRateLimitFields } from './rate-limit-fields.js'
import type { CallerRateLimit, ParsedRateLimitRules } from './rate-limit-rules.js'

/** Counts one request. */
export interface RequestLimits {
  /** Before anything is verified. @throws RateLimitError @throws StoreError */
  takeAddress(): Promise<void>
  /** When somebody has been verified; the first of them is the caller. @throws RateLimitError @throws StoreError */
  takeCaller(principals: readonly AnyPrincipal[]): Promise<void>
  /** When the request was refused for its credentials. Never throws: the answer is already known. */
  takeFailure(error: unknown): Promise<void>
  /** What has been counted so far, for the answer. */
  fields(): AuthResponse['headers']
}

type AnyPrincipal = Principal<string, string, unknown>

/**
 * Prepares counting one request. Address and caller are counted one after the other, each limit by itself: what one
 * refuses has been counted by those before it, and by none after it.
 * @param rules what the route says instead of the deployment
 */
export function createRequestLimits(
  verifiers: Pick<CredentialVerifiers, 'rateLimits' | 'http'>,
  request: AuthRequest,
  rules: ParsedRateLimitRules = {},
): RequestLimits {
  const settings = verifiers.http ?? DEFAULT_HTTP_SETTINGS
  const { whenUnavailable } = settings.rateLimits
  const addressLimits = rules.address ?? settings.rateLimits.address
  const callerLimits = rules.caller ?? settings.rateLimits.caller
  const statuses: RateLimitStatus[] = []

  const take = async (policy: RateLimitPolicy, identity: RateLimitIdentity): Promise<void> => {
    try {
      const status = await verifiers.rateLimits?.take(policy, identity, { whenUnavailable })
      if (status !== undefined) statuses.push(status)
    } catch (error) {
      if (error instanceof RateLimitError && error.status !== undefined) {
        statuses.push({ ...error.status, resetAfterSeconds: error.retryAfterSeconds })
      }
      throw error
    }
  }
  const address = (): RateLimitIdentity => ({
    kind: 'address',
    id: toAddressBucket(findClientAddress(request, settings).ip),
  })

  return {
    async takeAddress() {
      if (addressLimits.length === 0) return
      const identity = address()
      for (const { name, limit, windowSeconds, cost = 1 } of addressLimits) {
        await take({ name, limit, windowSeconds, cost }, identity)
      }
    },
    async takeCaller(principals) {
      const [caller] = principals
      for (const rule of callerLimits) {
        const identity = caller && findIdentity(caller, rule.by)
        const { name, limit, windowSeconds, cost = 1 } = rule
        if (identity !== undefined) await take({ name, limit, windowSeconds, cost }, identity)
      }
      for (const principal of principals) {
        if (principal.method !== 'api_key' || principal.rateLimit === undefined) continue
        if (verifiers.rateLimits === undefined) throw missingLimiter()
        // the lineage: rotating a key must not give its owner a second limit
        const identity = { kind: 'api_key', id: principal.lineageId }
        await take({ name: 'api-key', ...principal.rateLimit }, identity)
      }
    },
    async takeFailure(error) {
      if (!isRefusal(error)) return
      for (const { name, limit, windowSeconds, failureCost = 0 } of addressLimits) {
        if (failureCost > 0) {
          await take({ name, limit, windowSeconds, cost: failureCost }, address()).catch(ignoreLimit)
        }
      }
    },
    fields: () => toRateLimitFields(latest(statuses)),
  }
}

/** A limit that an operator gave to a key must not be forgotten because of how a service is wired. */
function missingLimiter(): ConfigError {
  const message = 'is needed beside `apiKeys`: an API key has a limit of its own'
  return new ConfigError('config_invalid', [{ path: 'rateLimits', message }])
}

function findIdentity(
  principal: AnyPrincipal,
  by: CallerRateLimit['by'] = 'caller',
): RateLimitIdentity | undefined {
  switch (by) {
    case 'caller':
      return findIdentity(principal, principal.method === 'api_key' ? 'api_key' : 'subject')
    case 'subject':
      return { kind: 'subject', id: principal.subject }
    case 'api_key':
      return principal.method === 'api_key' ? { kind: 'api_key', id: principal.lineageId } : undefined
    case 'client': {
      const clientId = 'clientId' in principal ? principal.clientId : undefined
      return clientId === undefined ? undefined : { kind: 'client', id: clientId }
    }
  }
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof InvalidTokenError ||
    error instanceof InvalidApiKeyError ||
    error instanceof InvalidCertificateError ||
    error instanceof InvalidGrantError ||
    error instanceof InvalidLoginError ||
    error instanceof InvalidClientError
  )
}

/** The request is refused anyway: that less is left than a failure costs, or that nobody can count, changes nothing. */
function ignoreLimit(error: unknown): void {
  if (!(error instanceof RateLimitError) && !(error instanceof StoreError)) throw error
}

/** A limit that counted twice is told once, as it was left. */
function latest(statuses: readonly RateLimitStatus[]): readonly RateLimitStatus[] {
  return [...new Map(statuses.map(status => [status.policy, status])).values()]
}
