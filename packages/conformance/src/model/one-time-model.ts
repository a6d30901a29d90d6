import type { OneTimeStore } from '@authcore/core/ports'
import fc from 'fast-check'
import { expect } from '../expect.js'
import { START } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import { checkModel, type ModelCommand } from './model-property.js'

interface ModelEntry {
  readonly value: number | undefined
  holder: string | undefined
  readonly endsAt: number
}

interface OneTimeModel {
  readonly run: string
  now: number
  values: number
  readonly entries: Map<string, ModelEntry>
}

type OneTimeCommand = ModelCommand<OneTimeModel, OneTimeStore>

/** Registers the property that a one-time store does what a map with holders says. */
export function describeOneTimeModel(kit: PortKit<OneTimeStore>): void {
  kit.describe('any order of commands', () => {
    kit.it('does what the model does', (store, { tally }) =>
      checkModel({
        store,
        commands: COMMANDS,
        createModel: (run): OneTimeModel => ({ run, now: START, values: 0, entries: new Map() }),
        settings: kit.settings,
        tally,
      }),
    )
  })
}

function findLive({ entries, now }: OneTimeModel, key: string): ModelEntry | undefined {
  const entry = entries.get(key)
  return entry !== undefined && now < entry.endsAt ? entry : undefined
}

const reserve = (key: string, holder: string, lifetime: number): OneTimeCommand => ({
  name: `reserve(${key}, ${holder}, ${lifetime})`,
  async run(model, store) {
    const { run: namespace, now } = model
    const entry = findLive(model, key)
    const isOwn = entry === undefined || (entry.value === undefined && entry.holder === holder)
    expect(await store.reserve({ namespace, key, holder, expiresAt: now + lifetime, now })).toEqual({
      outcome: isOwn ? 'reserved' : 'taken',
    })
    if (entry === undefined) model.entries.set(key, { value: undefined, holder, endsAt: now + lifetime })
  },
})

const put = (key: string, lifetime: number): OneTimeCommand => ({
  name: `put(${key}, ${lifetime})`,
  async run(model, store) {
    const { run: namespace, now } = model
    const entry = findLive(model, key)
    const value = model.values++
    expect(await store.put({ namespace, key, value: { value }, expiresAt: now + lifetime, now })).toEqual({
      outcome: entry === undefined ? 'stored' : 'exists',
    })
    if (entry === undefined) model.entries.set(key, { value, holder: undefined, endsAt: now + lifetime })
  },
})

const take = (key: string, holder: string): OneTimeCommand => ({
  name: `take(${key}, ${holder})`,
  async run(model, store) {
    const { run: namespace, now } = model
    const entry = findLive(model, key)
    const isFree = entry?.value !== undefined && (entry.holder ?? holder) === holder
    expect(await store.take({ namespace, key, holder, now })).toEqual(
      isFree ? { outcome: 'taken', value: { value: entry.value } } : { outcome: 'not_found' },
    )
    if (isFree) entry.holder = holder
  },
})

const sweep = (limit: number): OneTimeCommand => ({
  name: `sweep(${limit})`,
  async run({ now }, store) {
    expect((await store.sweep({ now, limit })).removed).toBeAtMost(limit)
  },
})

const advance = (milliseconds: number): OneTimeCommand => ({
  name: `advance(${milliseconds})`,
  async run(model) {
    model.now += milliseconds
  },
})

const key = fc.constantFrom('a', 'b', 'a:b')
const holder = fc.constantFrom('x', 'y')
const lifetime = fc.constantFrom(0, 1, 1000, 5000)
const COMMANDS: readonly fc.Arbitrary<OneTimeCommand>[] = [
  fc.tuple(key, holder, lifetime).map(parts => reserve(...parts)),
  fc.tuple(key, lifetime).map(parts => put(...parts)),
  fc.tuple(key, holder).map(parts => take(...parts)),
  fc.tuple(key, holder).map(parts => take(...parts)),
  fc.oneof(fc.constantFrom(0, 1, 999, 1000, 5000).map(advance), fc.nat({ max: 3 }).map(sweep)),
]
