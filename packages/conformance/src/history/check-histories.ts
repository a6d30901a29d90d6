import fc from 'fast-check'
import { ConformanceError } from '../expect.js'
import { toParameters } from '../model/model-property.js'
import type { TestTools } from '../port-kit.js'
import type { Settings } from '../settings.js'
import { findLinearization, type HistoryCall, type SequentialSpec } from './find-linearization.js'
import { recordHistory } from './record-history.js'

/** What concurrent clients do, and what they must be answered. */
export interface HistoryOptions<Store, Step, State, Input, Output> {
  readonly step: fc.Arbitrary<Step>
  /** Prepares a place of its own for one history. */
  readonly prepare: (store: Store, run: string) => Promise<void>
  /** Makes one call of one client. `serial` is another number for each call of a history. */
  readonly call: (
    store: Store,
    run: string,
    step: Step,
    serial: number,
  ) => { readonly input: Input; readonly output: Promise<Output> }
  readonly spec: SequentialSpec<State, Input, Output>
}

const MAX_CLIENTS = 6
const MAX_CALLS = 4

/** Records random concurrent histories and checks that each of them could have happened one call after the other. */
export async function checkHistories<Store, Step, State, Input, Output>(
  store: Store,
  { ways, tally }: TestTools<Store>,
  settings: Settings,
  { step, prepare, call, spec }: HistoryOptions<Store, Step, State, Input, Output>,
): Promise<void> {
  const clients = fc.array(fc.array(step, { minLength: 1, maxLength: MAX_CALLS, size: 'max' }), {
    minLength: 2,
    maxLength: MAX_CLIENTS,
    size: 'max',
  })
  const property = fc.asyncProperty(clients, async plans => {
    tally.histories += 1
    const run = `history-${tally.histories}`
    await prepare(store, run)
    let serial = 0
    const history = await recordHistory(plans, (planned, client) => {
      serial += 1
      return call(ways[client % ways.length] ?? store, run, planned, serial)
    })
    if (findLinearization(history, spec) !== undefined) return
    throw new ConformanceError(
      'No order of these calls explains their answers.',
      describe(history),
      'one order',
    )
  })
  await fc.assert(property, toParameters(settings, settings.histories))
}

function describe(history: readonly HistoryCall<unknown, unknown>[]): readonly unknown[] {
  return history.toSorted((one, other) => one.calledAt - other.calledAt)
}
