import type { SigningKeyRecord, SigningKeyStore } from '@authcore/core/ports'
import fc from 'fast-check'
import { expect } from '../expect.js'
import { START, signingKeyRecord } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import { checkModel, type ModelCommand } from './model-property.js'

interface SigningKeyModel {
  version: number
  keys: readonly SigningKeyRecord[]
}

type SigningKeyCommand = ModelCommand<SigningKeyModel, SigningKeyStore>

/** Registers the property that a signing key store does what a variable with a version says. */
export function describeSigningKeyModel(kit: PortKit<SigningKeyStore>): void {
  kit.describe('any order of commands', () => {
    kit.it('does what the model does', (store, { tally }) =>
      checkModel({
        store,
        commands: COMMANDS,
        // the ring is one document: each sequence goes on from the one before
        createModel: (): Promise<SigningKeyModel> => store.read({ now: START }).then(ring => ({ ...ring })),
        settings: kit.settings,
        tally,
      }),
    )
  })
}

const replace = (distance: number, kids: readonly string[]): SigningKeyCommand => ({
  name: `replace(${distance}, ${kids})`,
  async run(model, store) {
    const expectedVersion = Math.max(0, model.version + distance)
    const keys = kids.map(kid => signingKeyRecord({ kid }))
    const isCurrent = expectedVersion === model.version
    expect(await store.replace({ expectedVersion, keys, now: START })).toEqual({
      outcome: isCurrent ? 'replaced' : 'conflict',
    })
    if (!isCurrent) return
    model.version += 1
    model.keys = keys
  },
})

const read: SigningKeyCommand = {
  name: 'read()',
  async run(model, store) {
    expect(await store.read({ now: START })).toEqual(model)
  },
}

const COMMANDS: readonly fc.Arbitrary<SigningKeyCommand>[] = [
  fc
    .tuple(fc.constantFrom(0, 0, 0, -1, 1, 99), fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }))
    .map(parts => replace(...parts)),
  fc.constant(read),
]
