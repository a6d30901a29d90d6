/** Work that is prepared outside of the measured time; the function that comes back is measured. */
export interface Operation {
  prepareBatch(count: number): () => void | Promise<void>
  /** Numbers that the subject counted itself, such as writes. */
  readonly figures?: () => Readonly<Record<string, number>>
  readonly close?: () => Promise<void>
}

/** What a subject is told before it is measured. */
export interface Preparation {
  /** Where the records of the group's stock are; empty without one. */
  readonly place: string
  /** Tells how far it is, where preparing takes long. */
  readonly onProgress: (text: string) => void
}

/** Somebody who is measured. Everything is loaded in `prepare`, in a process of its own. */
export interface Subject {
  readonly name: string
  readonly prepare: (preparation: Preparation) => Promise<Operation>
  /** How large the heap of its process may grow; what the runtime chooses when left out. */
  readonly maxHeapMegabytes?: number
}

/** Records that several groups are measured on: made before the first of them and dropped after the last. */
export interface Stock {
  readonly name: string
  fill(onProgress: (text: string) => void): Promise<FilledStock>
}

/** A stock that is there. */
export interface FilledStock {
  /** What a subject needs to find the records; any text. */
  readonly place: string
  drop(): Promise<void>
}

/** Subjects that do the same work and are compared with each other. */
export interface Group {
  readonly id: string
  readonly title: string
  /** What stands under the table: settings, and what a reader must know. */
  readonly notes?: readonly string[]
  /** What is compared: `cpu` (when left out) is what a process computes, which a busy machine disturbs least; `wall` what its users wait for, where several threads or machines take part. */
  readonly clock?: 'cpu' | 'wall'
  /** `methods` are compared with each other and run by themselves. */
  readonly kind?: 'peers' | 'methods'
  /** Left out of a quick run. */
  readonly isLong?: boolean
  readonly stock?: Stock
  /** Measuring allocation collects the whole heap many times, which takes minutes where it is large. */
  readonly skipsAllocation?: boolean
  /** Where a group needs another pace than the rest. */
  readonly pace?: {
    readonly rounds?: number
    readonly sliceMilliseconds?: number
    readonly warmUpMilliseconds?: number
    readonly batchMilliseconds?: number
  }
  readonly subjects: readonly Subject[]
}

/** Where results go, so that no engine can leave out the work. */
const sink: { value: unknown } = { value: undefined }

/** Makes an operation of a function that answers at once. */
export function synchronous<Input>(makeInput: () => Input, run: (input: Input) => unknown): Operation {
  return {
    prepareBatch(count) {
      const inputs = Array.from({ length: count }, makeInput)
      return () => {
        for (const input of inputs) sink.value = run(input)
      }
    },
  }
}

/** Makes an operation of a function that answers later; one at a time. */
export function asynchronous<Input>(
  makeInput: () => Input,
  run: (input: Input) => Promise<unknown>,
): Operation {
  return {
    prepareBatch(count) {
      const inputs = Array.from({ length: count }, makeInput)
      return async () => {
        for (const input of inputs) sink.value = await run(input)
      }
    },
  }
}

/** The same with several in flight, as a server has them. */
export function concurrent<Input>(
  inFlight: number,
  makeInput: () => Input,
  run: (input: Input) => unknown,
): Operation {
  return {
    prepareBatch(count) {
      const inputs = Array.from({ length: count }, makeInput)
      return async () => {
        let next = 0
        const lane = async (): Promise<void> => {
          while (next < inputs.length) {
            const input = inputs[next]
            next += 1
            // every place below the length holds an input
            sink.value = await run(input as Input)
          }
        }
        await Promise.all(Array.from({ length: inFlight }, lane))
      }
    },
  }
}
