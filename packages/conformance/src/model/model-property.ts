import fc from 'fast-check'
import type { Settings } from '../settings.js'
import type { TestTally } from '../test-counts.js'

/** One step of a random sequence: it asks the store, compares the answer with the model, and moves the model on. */
export interface ModelCommand<Model, Store> {
  readonly name: string
  run(model: Model, store: Store): Promise<void>
}

/** What random sequences of commands are made of. */
export interface ModelPropertyOptions<Model, Store> {
  readonly store: Store
  readonly commands: readonly fc.Arbitrary<ModelCommand<Model, Store>>[]
  /** Begins a sequence. `run` is another text each time, so that all sequences fit beside each other in one store. */
  readonly createModel: (run: string) => Model | Promise<Model>
  readonly settings: Settings
  readonly tally: TestTally
}

/** Lengths are spread evenly from 1 to this, so that 200 sequences have more than 20,000 commands. */
const MAX_COMMANDS = 240

/** Checks that a store does what a model does, in any order of commands. A failure is made as short as possible. */
export async function checkModel<Model extends object, Store extends object>(
  options: ModelPropertyOptions<Model, Store>,
): Promise<void> {
  const { store, commands, createModel, settings, tally } = options
  const sequence = fc.array(fc.oneof(...commands), { minLength: 1, maxLength: MAX_COMMANDS, size: 'max' })
  let runs = 0
  const property = fc.asyncProperty(sequence, async steps => {
    runs += 1
    const model = await createModel(`run-${runs}`)
    for (const step of steps) {
      tally.commands += 1
      await step.run(model, store)
    }
  })
  await fc.assert(property, toParameters(settings, settings.runs))
}

/** How fast-check is run. */
export function toParameters(
  { seed }: Settings,
  numRuns: number,
): { numRuns: number; seed?: number; endOnFailure: boolean } {
  return { numRuns, endOnFailure: false, ...(seed !== undefined && { seed }) }
}

/** Picks one of a list, the later ones by a higher number; nothing of an empty list. */
export function pick<Item>(items: readonly Item[], number: number): Item | undefined {
  return items[number % items.length]
}
