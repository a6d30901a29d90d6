import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Stores } from '@authcore/core/ports'

/** Stores that live in another process of the operating system. */
export interface StoreProcess {
  readonly stores: Stores
  end(): Promise<void>
}

interface Answer {
  readonly id: number
  readonly value?: unknown
  readonly error?: Error
}

/** Starts a process with stores of its own on the same database; a call is a message there and back. */
export async function startStoreProcess(url: string): Promise<StoreProcess> {
  const worker = fork(fileURLToPath(new URL('store-process-worker.mjs', import.meta.url)), [url], {
    // keeps undefined, errors and numbers as they are
    serialization: 'advanced',
    stdio: 'inherit',
  })
  const waiting = new Map<number, (answer: Answer) => void>()
  worker.on('message', message => {
    // the worker is ours and sends nothing else
    const answer = message as Answer
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  await once(worker, 'message')
  let calls = 0
  const call = (store: string, method: string, command: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++calls
      waiting.set(id, ({ value, error }) => (error === undefined ? resolve(value) : reject(error)))
      worker.send({ id, store, method, command })
    })
  return {
    stores: toStores(call),
    end: async () => {
      worker.disconnect()
      await once(worker, 'exit')
    },
  }
}

function toStores(call: (store: string, method: string, command: unknown) => Promise<unknown>): Stores {
  const names = ['sessions', 'apiKeys', 'signingKeys', 'revocations', 'oneTime', 'rateLimits']
  const entries = names.map(store => [
    store,
    new Proxy({}, { get: (_, method) => (command: unknown) => call(store, String(method), command) }),
  ])
  // whatever is called is sent on, so it has every method
  return Object.fromEntries(entries) as Stores
}
