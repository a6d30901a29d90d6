import type { RevocationEntry, RevocationStore } from '@authcore/core/ports'
import fc from 'fast-check'
import { expect } from '../expect.js'
import { START } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import { checkModel, type ModelCommand } from './model-property.js'

interface RevocationModel {
  readonly run: string
  now: number
  readonly entries: Map<string, { readonly revokedAt: number; readonly endsAt: number }>
}

/** An entry by its distances from now. */
interface RelativeEntry {
  readonly kind: RevocationEntry['kind']
  readonly name: string
  readonly age: number
  readonly lifetime: number
}

type RevocationCommand = ModelCommand<RevocationModel, RevocationStore>

const KINDS = ['token', 'session', 'subject'] as const
const NAMES = ['a', 'b', 'token:a'] as const

/** Registers the property that a revocation store does what a map of instants says. */
export function describeRevocationModel(kit: PortKit<RevocationStore>): void {
  kit.describe('any order of commands', () => {
    kit.it('does what the model does', (store, { tally }) =>
      checkModel({
        store,
        commands: COMMANDS,
        createModel: (run): RevocationModel => ({ run, now: START, entries: new Map() }),
        settings: kit.settings,
        tally,
      }),
    )
  })
}

function findLive({ entries, now }: RevocationModel, kind: string, name: string) {
  const entry = entries.get(`${kind} ${name}`)
  return entry !== undefined && now < entry.endsAt ? entry : undefined
}

const revoke = (relative: readonly RelativeEntry[]): RevocationCommand => ({
  name: `revoke(${JSON.stringify(relative)})`,
  async run(model, store) {
    const { run, now } = model
    const entries = relative.map(({ kind, name, age, lifetime }) => ({
      kind,
      id: `${run} ${name}`,
      revokedAt: now - age,
      expiresAt: now + lifetime,
    }))
    await store.revoke({ entries, now })
    for (const { kind, name, age, lifetime } of relative) {
      const known = findLive(model, kind, name)
      model.entries.set(`${kind} ${name}`, {
        revokedAt: Math.max(known?.revokedAt ?? Number.NEGATIVE_INFINITY, now - age),
        endsAt: Math.max(known?.endsAt ?? 0, now + lifetime),
      })
    }
  },
})

const look: RevocationCommand = {
  name: 'find(everything)',
  async run(model, store) {
    const all = KINDS.flatMap(kind => NAMES.map(name => ({ kind, name })))
    const marks = all.map(({ kind, name }) => ({ kind, id: `${model.run} ${name}` }))
    const expected = all.map(({ kind, name }) => findLive(model, kind, name)?.revokedAt)
    expect(await store.find({ marks, now: model.now })).toEqual(expected)
  },
}

const sweep = (limit: number): RevocationCommand => ({
  name: `sweep(${limit})`,
  async run({ now }, store) {
    expect((await store.sweep({ now, limit })).removed).toBeAtMost(limit)
  },
})

const advance = (milliseconds: number): RevocationCommand => ({
  name: `advance(${milliseconds})`,
  async run(model) {
    model.now += milliseconds
  },
})

const entry: fc.Arbitrary<RelativeEntry> = fc.record({
  kind: fc.constantFrom(...KINDS),
  name: fc.constantFrom(...NAMES),
  age: fc.constantFrom(0, 1, 2000),
  lifetime: fc.constantFrom(0, 1, 1000, 5000),
})
const COMMANDS: readonly fc.Arbitrary<RevocationCommand>[] = [
  fc.array(entry, { maxLength: 4 }).map(revoke),
  fc.constant(look),
  fc.constantFrom(0, 1, 999, 1000, 4000).map(advance),
  fc.nat({ max: 3 }).map(sweep),
]
