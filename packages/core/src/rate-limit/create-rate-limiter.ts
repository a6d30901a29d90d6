import { backend as runtimeBackend } from '#crypto'
import { validateText } from '../arguments.js'
import type { CryptoBackend } from '../crypto/backend.js'
import { InvalidRequestError, RateLimitError, type RateLimitStatus, StoreError } from '../errors.js'
import { type AuthEventSink, createEmitter, type EmitEvent } from '../events.js'
import { guardStore } from '../guarded-stores.js'
import { isWellFormed } from '../json.js'
import { ownMembers } from '../own-members.js'
import type { Clock } from '../ports/clock.js'
import { systemClock } from '../ports/defaults.js'
import type { RateLimitOutcome, RateLimitStore } from '../ports/rate-limit-store.js'
import { type RateLimitPolicy, validatePolicyName, validateRateLimitPolicy } from './rate-limit-policy.js'
import type { RateLimiter, RateLimitIdentity } from './rate-limiter.js'

/** A limiter on its own, for a service that has no deployment, such as a resource server. */
export interface RateLimiterOptions {
  readonly store: RateLimitStore
  /** Epoch milliseconds; the clock of the runtime unless told. */
  readonly clock?: Clock
  readonly events?: AuthEventSink
}

/** What a limiter is wired from. */
export interface RateLimiterParts {
  /** Its failures arrive as `StoreError`. */
  readonly store: RateLimitStore
  readonly clock: Clock
  readonly emit: EmitEvent
  readonly backend: CryptoBackend
}

const MAX_KIND = 64
const MAX_ID = 1024
const LABEL = 'authcore/rate-limit/v1\n'

/**
 * Creates a limiter over a store. A deployment has one already: `auth.rateLimits`.
 * @example
 * const rateLimits = createRateLimiter({ store: memoryStores().rateLimits })
 */
export function createRateLimiter(options: RateLimiterOptions): RateLimiter {
  const { store, clock = systemClock, events } = ownMembers(options)
  const emit = createEmitter(events, clock)
  const guarded = guardStore('rateLimits', store, emit, ['take', 'reset', 'sweep'])
  return wireRateLimiter({ store: guarded, clock, emit, backend: runtimeBackend })
}

/** Wires a limiter from parts that exist. */
export function wireRateLimiter({ store, clock, emit, backend }: RateLimiterParts): RateLimiter {
  const ask = async (policy: Required<RateLimitPolicy>, cost: number, identity: RateLimitIdentity) => {
    const { name, limit, windowSeconds } = policy
    const key = toKey(name, identity, backend)
    return store.take({ key, limit, windowSeconds, cost, now: clock() })
  }
  const skip = (error: unknown, policy: string, whenUnavailable: unknown): undefined => {
    if (whenUnavailable !== 'accept' || !(error instanceof StoreError)) throw error
    emit('rate_limit.check_skipped', { policy })
  }

  return Object.freeze({
    async take(givenPolicy, identity, options = {}) {
      const policy = validateRateLimitPolicy(givenPolicy)
      const { whenUnavailable } = ownMembers(options)
      const who = validateIdentity(identity)
      const outcome = await ask(policy, policy.cost, who).catch((error: unknown) =>
        skip(error, policy.name, whenUnavailable),
      )
      if (outcome === undefined) return undefined
      const status = toStatus(policy, outcome)
      if (outcome.allowed) return status
      emit('rate_limit.refused', { policy: policy.name, kind: who.kind, id: who.id })
      throw new RateLimitError('rate_limited', outcome.retryAfterMs / 1000, status)
    },

    async check(givenPolicy, identity) {
      const policy = validateRateLimitPolicy(givenPolicy)
      return toStatus(policy, await ask(policy, 0, validateIdentity(identity)))
    },

    async reset(policyName, identity) {
      const name = validatePolicyName(policyName, 'policyName')
      await store.reset({ key: toKey(name, validateIdentity(identity), backend), now: clock() })
    },
  } satisfies RateLimiter)
}

function validateIdentity(identity: RateLimitIdentity): RateLimitIdentity {
  const { kind, id } = ownMembers<RateLimitIdentity>(Object(identity))
  // written as UTF-8, all broken texts would be one identity
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID || !isWellFormed(id)) {
    throw new InvalidRequestError('argument_invalid', {
      detail: `identity.id must be well-formed text of 1 to ${MAX_ID} characters.`,
    })
  }
  return { kind: validateText(kind, 'identity.kind', MAX_KIND), id }
}

/**
 * Ids come from outside, so they are hashed: no text can choose the counter of somebody else, a slot or a pattern, and
 * the store holds no addresses. Neither a name nor a kind can hold a line break.
 */
function toKey(name: string, { kind, id }: RateLimitIdentity, backend: CryptoBackend): string {
  return backend.encodeBase64url(backend.sha256(`${LABEL}${name}\n${kind}\n${id}`))
}

function toStatus(
  { name, limit, windowSeconds }: Required<RateLimitPolicy>,
  { remaining, resetAfterMs }: RateLimitOutcome,
): RateLimitStatus {
  const resetAfterSeconds = Math.ceil(resetAfterMs / 1000)
  return Object.freeze({ policy: name, limit, windowSeconds, remaining, resetAfterSeconds })
}
