import { AuthError, StoreError } from './errors.js'
import type { EmitEvent } from './events.js'
import { ownMembers } from './own-members.js'
import type { Stores } from './ports/stores.js'

type AsyncMethod = (argument: never) => Promise<unknown>

/**
 * Puts one fence around all stores: whatever a driver throws leaves core as a `StoreError` with an event, so that no
 * failure can be taken for an answer.
 */
export function guardStores(stores: Stores, emit: EmitEvent): Stores {
  const { documents } = ownMembers(stores)
  const guarded: Stores = {
    sessions: guardStore('sessions', stores.sessions, emit, [
      'insert',
      'find',
      'rotate',
      'revoke',
      'revokeAll',
      'list',
      'sweep',
    ]),
    apiKeys: guardStore('apiKeys', stores.apiKeys, emit, [
      'insert',
      'find',
      'consumeUse',
      'rotate',
      'revoke',
      'update',
      'list',
      'touch',
      'sweep',
    ]),
    signingKeys: guardStore('signingKeys', stores.signingKeys, emit, ['read', 'replace']),
    revocations: guardStore('revocations', stores.revocations, emit, ['revoke', 'find', 'sweep']),
    oneTime: guardStore('oneTime', stores.oneTime, emit, ['reserve', 'put', 'take', 'sweep']),
    rateLimits: guardStore('rateLimits', stores.rateLimits, emit, ['take', 'reset', 'sweep']),
    ...(documents !== undefined && {
      documents: guardStore('documents', documents, emit, [
        'put',
        'find',
        'list',
        'remove',
        'removeAll',
        'sweep',
      ]),
    }),
  }
  // what is absent must stay absent, whatever stands in a polluted Object.prototype
  return Object.freeze(ownMembers(guarded))
}

/**
 * The same fence around one store, for whoever uses no other.
 * @param name stands in events
 * @param methods all that are called; the result has no others
 */
export function guardStore<Store extends { readonly [Method in keyof Store]: AsyncMethod }>(
  name: string,
  store: Store,
  emit: EmitEvent,
  methods: readonly (keyof Store & string)[],
): Store {
  const guarded = methods.map(method => {
    const call = async (argument: never): Promise<unknown> => {
      try {
        return await store[method](argument)
      } catch (error) {
        emit('store.failed', { operation: `${name}.${method}` })
        // a store that speaks core's errors knows better what happened
        if (error instanceof AuthError) throw error
        throw new StoreError('store_unavailable', { cause: error })
      }
    }
    return [method, call] as const
  })
  // each method has the signature of the one it wraps; Object.fromEntries forgets that
  return Object.freeze(Object.fromEntries(guarded)) as unknown as Store
}
