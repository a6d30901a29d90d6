import type { StoresUnderTest } from '@authcore/conformance'

/** A database that can be emptied and used again. */
export interface Instance extends StoresUnderTest {
  empty(): Promise<void>
  end(): Promise<void>
}

/** Opens databases as they are needed and gives back those that nobody uses any more: making one takes long. */
export class InstancePool {
  readonly #open: () => Promise<Instance>
  readonly #all: Instance[] = []
  readonly #free: Instance[] = []

  constructor(open: () => Promise<Instance>) {
    this.#open = open
  }

  async take(): Promise<StoresUnderTest> {
    const instance = this.#free.pop() ?? (await this.#create())
    await instance.empty()
    return {
      ...instance,
      close: () => {
        this.#free.push(instance)
      },
    }
  }

  async end(): Promise<void> {
    for (const instance of this.#all) await instance.end()
  }

  async #create(): Promise<Instance> {
    const instance = await this.#open()
    this.#all.push(instance)
    return instance
  }
}
