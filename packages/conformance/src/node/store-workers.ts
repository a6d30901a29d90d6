import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Stores } from '@authcore/core/ports'
import { STORE_NAMES, type StoreName } from '../options.js'
import { fromSentError, type WorkerAnswer, type WorkerRequest } from './worker-protocol.js'

/** Which processes to start. */
export interface StartStoreWorkersOptions {
  /** A module that calls `serveStores`, as JavaScript that Node runs without a build step. */
  readonly module: URL | string
  /** How many processes; 2 unless told. */
  readonly count?: number
}

/** Processes of their own that hold stores. */
export interface StoreWorkers {
  /**
   * Opens stores in every process.
   * @param connection handed to `serveStores`: anything that survives a structured clone
   * @returns the stores of each process, and how to close them
   */
  open(connection: unknown): Promise<{ readonly stores: readonly Stores[]; close(): Promise<void> }>
  /** Ends all processes. */
  stop(): Promise<void>
}

type Unsent = WorkerRequest extends infer Request
  ? Request extends unknown
    ? Omit<Request, 'request'>
    : never
  : never

/** Starts processes whose stores can be used from here, so that races cross the border between processes. */
export async function startStoreWorkers({
  module,
  count = 2,
}: StartStoreWorkersOptions): Promise<StoreWorkers> {
  const path = module instanceof URL ? fileURLToPath(module) : module
  const workers = Array.from({ length: count }, () => new StoreWorker(path))
  let instances = 0
  return {
    async open(connection) {
      instances += 1
      const instance = instances
      await Promise.all(workers.map(worker => worker.ask({ kind: 'open', instance, connection })))
      return {
        stores: workers.map(worker => worker.stores(instance)),
        close: async () => {
          await Promise.all(workers.map(worker => worker.ask({ kind: 'close', instance })))
        },
      }
    },
    stop: async () => {
      await Promise.all(workers.map(worker => worker.stop()))
    },
  }
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

class StoreWorker {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  #requests = 0

  constructor(path: string) {
    // structured clones keep `undefined`, NaN and dates, which JSON would lose
    this.#child = fork(path, { serialization: 'advanced', execArgv: [] })
    this.#child.on('message', (answer: WorkerAnswer) => this.#receive(answer))
    this.#child.on('exit', code => this.#fail(new Error(`The store worker ended with code ${code}.`)))
    this.#child.on('error', error => this.#fail(error))
  }

  ask(message: Unsent): Promise<unknown> {
    this.#requests += 1
    const request = this.#requests
    return new Promise((resolve, reject) => {
      if (!this.#child.connected) {
        reject(new Error('The store worker has ended.'))
        return
      }
      this.#waiting.set(request, { resolve, reject })
      try {
        this.#child.send({ ...message, request })
      } catch {
        this.#waiting.delete(request)
        // functions and the like: a store would refuse them as well
        reject(new TypeError('The argument cannot be sent to another process.'))
      }
    })
  }

  stores(instance: number): Stores {
    const proxies = STORE_NAMES.map(name => [name, this.#store(instance, name)])
    // one proxy for each name of a store
    return Object.fromEntries(proxies) as Stores
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = new Promise(resolve => this.#child.once('exit', resolve))
    this.#child.kill()
    await ended
  }

  #store(instance: number, store: StoreName): object {
    const call = (method: string) => (argument: unknown) =>
      this.ask({ kind: 'call', instance, store, method, argument })
    return new Proxy(
      {},
      {
        // whoever awaits a proxy asks it for `then`
        get: (_, method) => (typeof method === 'string' && method !== 'then' ? call(method) : undefined),
      },
    )
  }

  #receive(answer: WorkerAnswer): void {
    const waiting = this.#waiting.get(answer.request)
    this.#waiting.delete(answer.request)
    if ('error' in answer) waiting?.reject(fromSentError(answer.error))
    else waiting?.resolve(answer.value)
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
