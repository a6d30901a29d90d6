import type { Stores } from '@authcore/core/ports'
import type { StoreName } from '../options.js'

/** What can happen to one call of a store. */
export type StoreFault =
  /** An error, and nothing has happened. */
  | 'error_before'
  /** An error, and yet everything has happened. */
  | 'error_after'
  /** It takes a while. */
  | 'slow'
  /** No answer and no effect until `release`; then both, late. */
  | 'hang'
  /** It has happened, and the connection is reset before the answer. */
  | 'connection_reset'
  /** The database gave up on a conflict, as PostgreSQL with 40001; nothing has happened. */
  | 'serialization_failure'
  /** It has happened, the server ends before the answer, and every call after it fails until `heal`. */
  | 'restart'

/** Every fault of one call. */
export const STORE_FAULTS: readonly StoreFault[] = [
  'error_before',
  'error_after',
  'slow',
  'hang',
  'connection_reset',
  'serialization_failure',
  'restart',
]

/** One call of a store, before it is made. */
export interface StoreCall {
  /** How many calls were made before it. */
  readonly number: number
  readonly store: StoreName
  readonly method: string
}

/** What happens to calls, and how it ends. */
export interface Faults {
  /** How many calls were made and how many of them met a fault. */
  readonly counts: { readonly calls: number; readonly faults: number }
  /** Settles as soon as a call hangs. */
  readonly hung: Promise<void>
  /** Lets go of every call that hangs and waits until all have had their late effect. */
  release(): Promise<void>
  /** The server is back. */
  heal(): void
}

/** Stores that fail as planned. */
export interface FaultyStores extends Faults {
  readonly stores: Stores
}

type FaultPlan = (call: StoreCall) => StoreFault | undefined | Promise<StoreFault | undefined>

/**
 * Wraps stores so that calls fail as planned.
 * @param plan says what happens to a call; nothing unless told. It may wait.
 */
export function withFaults(
  stores: Stores,
  plan: (call: StoreCall) => StoreFault | undefined | Promise<StoreFault | undefined>,
): FaultyStores {
  const { wrap, ...faults } = createFaults(plan)
  return {
    ...faults,
    stores: {
      sessions: wrap('sessions', stores.sessions),
      apiKeys: wrap('apiKeys', stores.apiKeys),
      signingKeys: wrap('signingKeys', stores.signingKeys),
      revocations: wrap('revocations', stores.revocations),
      oneTime: wrap('oneTime', stores.oneTime),
      rateLimits: wrap('rateLimits', stores.rateLimits),
      ...(stores.documents !== undefined && { documents: wrap('documents', stores.documents) }),
    },
  }
}

const SLOW_TURNS = 50

/** The faults themselves, for whoever has one store and not all. */
export function createFaults(
  plan: FaultPlan,
): Faults & { wrap<Store extends object>(name: StoreName, store: Store): Store } {
  const counts = { calls: 0, faults: 0 }
  const hanging: (() => Promise<unknown>)[] = []
  let isDown = false
  let tellHung: () => void = () => {}
  const hung = new Promise<void>(resolve => {
    tellHung = resolve
  })

  const fail = async (fault: StoreFault, effect: () => Promise<unknown>): Promise<unknown> => {
    switch (fault) {
      case 'error_before':
        throw new InjectedError('injected before the effect', 'EINJECTED')
      case 'error_after':
        await effect()
        throw new InjectedError('injected after the effect', 'EINJECTED')
      case 'slow':
        for (let turn = 0; turn < SLOW_TURNS; turn += 1) await undefined
        return effect()
      case 'hang':
        tellHung()
        return new Promise((resolve, reject) => {
          hanging.push(() => effect().then(resolve, reject))
        })
      case 'connection_reset':
        await effect()
        throw new InjectedError('read ECONNRESET', 'ECONNRESET')
      case 'serialization_failure':
        throw new InjectedError('could not serialize access due to concurrent update', '40001')
      case 'restart':
        isDown = true
        await effect()
        throw new InjectedError('terminating connection due to administrator command', '57P01')
    }
  }
  const call = async (store: StoreName, method: string, effect: () => Promise<unknown>): Promise<unknown> => {
    const number = counts.calls
    counts.calls += 1
    if (isDown) throw new InjectedError('connect ECONNREFUSED', 'ECONNREFUSED')
    const fault = await plan({ number, store, method })
    if (fault === undefined) return effect()
    counts.faults += 1
    return fail(fault, effect)
  }
  return {
    wrap: (name, store) => wrapStore(name, store, call),
    counts,
    hung,
    release: async () => {
      await Promise.all(hanging.splice(0).map(run => run()))
    },
    heal: () => {
      isDown = false
    },
  }
}

/** An error as a driver throws it: with a code, and of no class that a store or core knows. */
class InjectedError extends Error {
  readonly code: string

  constructor(message: string, code: string) {
    super(message)
    this.name = 'InjectedError'
    this.code = code
  }
}

type Call = (store: StoreName, method: string, effect: () => Promise<unknown>) => Promise<unknown>

function wrapStore<Store extends object>(name: StoreName, store: Store, call: Call): Store {
  return new Proxy(store, {
    get: (target, property) => {
      const method: unknown = Reflect.get(target, property)
      if (typeof method !== 'function' || typeof property !== 'string') return method
      return (argument: unknown) => call(name, property, async () => method.call(target, argument))
    },
  })
}
