import type { StoresUnderTest } from '../options.js'
import { requireStore } from '../port-kit.js'
import { toSentError, type WorkerAnswer, type WorkerRequest } from './worker-protocol.js'

/**
 * Lets the main process use stores of this one; call it in the module that `startStoreWorkers` names.
 * @param open opens the stores that `connection` describes, on the same data as every other process that is told
 *   the same
 */
export function serveStores(open: (connection: unknown) => StoresUnderTest | Promise<StoresUnderTest>): void {
  const instances = new Map<number, StoresUnderTest>()

  const answer = async (message: WorkerRequest): Promise<unknown> => {
    const opened = instances.get(message.instance)
    switch (message.kind) {
      case 'open':
        instances.set(message.instance, await open(message.connection))
        return undefined
      case 'close':
        instances.delete(message.instance)
        return opened?.close?.()
      case 'call':
        return callStore(requireStore(opened?.stores ?? {}, message.store), message.method, message.argument)
    }
  }
  process.on('message', (message: WorkerRequest) => {
    const { request } = message
    const send = (result: WorkerAnswer): void => {
      process.send?.(result)
    }
    answer(message).then(
      value => send({ request, value }),
      error => send({ request, error: toSentError(error) }),
    )
  })
  process.on('disconnect', () => process.exit(0))
}

async function callStore(store: object, method: string, argument: unknown): Promise<unknown> {
  const call: unknown = Reflect.get(store, method)
  if (typeof call !== 'function') throw new Error(`The store has no method ${method}.`)
  return call.call(store, argument)
}
