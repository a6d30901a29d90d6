/** The methods that send something. */
const SENDING: ReadonlySet<string | symbol> = new Set(['evalSha', 'evalsha', 'eval', 'sendCommand'])

/** Counts how often nothing was under way and then something was: what is sent at once is waited for once. */
export class WaitCounter {
  count = 0
  #open = 0

  /** The same client, watched. */
  wrap<Client extends object>(client: Client): Client {
    return new Proxy(client, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        const call = (...args: readonly unknown[]): unknown => Reflect.apply(value, target, args)
        return SENDING.has(name) ? (...args: readonly unknown[]) => this.#watch(() => call(...args)) : call
      },
    })
  }

  async #watch(call: () => unknown): Promise<unknown> {
    if (this.#open === 0) this.count += 1
    this.#open += 1
    try {
      return await call()
    } finally {
      this.#open -= 1
    }
  }
}
