import {
  type AuthCore,
  type AuthCoreOptions,
  AuthError,
  type AuthEvent,
  createAuthCore,
} from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import type { AuthHeaders, AuthRequest } from '../src/index.js'

export const ISSUER: string = 'https://api.example.com'
export const START: number = Date.UTC(2026, 0, 15, 12)

export interface Fixture {
  readonly auth: AuthCore
  readonly events: AuthEvent[]
  advance(seconds: number): void
  /** From now on every call of the stores fails, until it is called with `true`. */
  setStoresUp(isUp: boolean): void
  /** How often a store was called. */
  storeCalls(): number
}

/** A real core on real stores, with a held clock and a switch for outages. */
export function createFixture(options: Pick<AuthCoreOptions, 'dpop'> = {}): Fixture {
  const state = { now: START, isUp: true, calls: 0 }
  const events: AuthEvent[] = []
  const stores = memoryStores()
  const auth = createAuthCore({
    issuer: ISSUER,
    audience: ISSUER,
    secrets: ['m0Q8dWQv1nJ3k9ZxT7uYb2LcR5sGhE6pAaFiNoXtVwU='],
    stores: {
      sessions: switchable(stores.sessions, state),
      apiKeys: switchable(stores.apiKeys, state),
      signingKeys: stores.signingKeys,
      revocations: switchable(stores.revocations, state),
      oneTime: stores.oneTime,
      rateLimits: stores.rateLimits,
    },
    accessToken: { algorithm: 'ES256' },
    ...options,
    clock: () => state.now,
    events: event => events.push(event),
  })
  return {
    auth,
    events,
    advance: seconds => {
      state.now += seconds * 1000
    },
    setStoresUp: isUp => {
      state.isUp = isUp
    },
    storeCalls: () => state.calls,
  }
}

function switchable<Store extends object>(store: Store, state: { isUp: boolean; calls: number }): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return async (...values: unknown[]) => {
        state.calls += 1
        if (!state.isUp) throw new Error('connect ECONNREFUSED 10.0.0.7:5432')
        return Reflect.apply(method, target, values)
      }
    },
  })
}

/** A request as an adapter maps it. */
export function request(headers: AuthHeaders = {}, url = '/reports'): AuthRequest {
  return { method: 'GET', url, headers }
}

/** The header of a bearer token. */
export function bearer(token: string): AuthHeaders {
  return { authorization: `Bearer ${token}` }
}

/** The code of the AuthError that the promise ends with; anything else fails the test. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (error instanceof AuthError) return error.code
    throw error
  }
  return 'accepted'
}
