import type { OneTimeStore } from '@authcore/core/ports'
import fc from 'fast-check'
import { MINUTE, START } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import { checkHistories } from './check-histories.js'
import type { SequentialSpec } from './find-linearization.js'

/** One key: free, reserved by a holder, or with a value that may have been taken by one. */
interface KeyState {
  readonly holder?: string
  readonly value?: number
}

type KeyInput = {
  readonly kind: 'reserve' | 'put' | 'take'
  readonly holder: string
  readonly serial: number
}

const SPEC: SequentialSpec<KeyState, KeyInput, string> = {
  initial: {},
  apply(state, { kind, holder, serial }) {
    const isFree = state.holder === undefined && state.value === undefined
    switch (kind) {
      case 'reserve': {
        if (isFree) return { state: { holder }, output: 'reserved' }
        const isOwn = state.value === undefined && state.holder === holder
        return { state, output: isOwn ? 'reserved' : 'taken' }
      }
      case 'put':
        return isFree ? { state: { value: serial }, output: 'stored' } : { state, output: 'exists' }
      case 'take': {
        const { value } = state
        if (value === undefined || (state.holder ?? holder) !== holder) return { state, output: 'not_found' }
        return { state: { value, holder }, output: `taken ${value}` }
      }
    }
  },
}

/** Registers the checks that concurrent reservations and takings happen in some order. */
export function describeOneTimeHistories(kit: PortKit<OneTimeStore>): void {
  kit.describe('concurrent histories', () => {
    describeHistories(kit, 'of reserve are linearizable', ['reserve'])
    describeHistories(kit, 'of put and take are linearizable', ['put', 'take', 'take'])
    describeHistories(kit, 'of reserve, put and take are linearizable', ['reserve', 'put', 'take'])
  })
}

function describeHistories(
  { it, settings }: PortKit<OneTimeStore>,
  name: string,
  kinds: readonly KeyInput['kind'][],
): void {
  it(name, (store, tools) =>
    checkHistories(store, tools, settings, {
      step: fc.record({ kind: fc.constantFrom(...kinds), holder: fc.constantFrom('x', 'y', 'z') }),
      prepare: async () => {},
      call: (way, run, step, serial) => {
        const input = { ...step, serial }
        return { input, output: call(way, run, input) }
      },
      spec: SPEC,
    }),
  )
}

async function call(store: OneTimeStore, key: string, { kind, holder, serial }: KeyInput): Promise<string> {
  const at = { namespace: 'history', key, now: START }
  const expiresAt = START + MINUTE
  switch (kind) {
    case 'reserve':
      return (await store.reserve({ ...at, holder, expiresAt })).outcome
    case 'put':
      return (await store.put({ ...at, value: { serial }, expiresAt })).outcome
    case 'take': {
      const taken = await store.take({ ...at, holder })
      return taken.outcome === 'taken' ? `taken ${taken.value['serial']}` : 'not_found'
    }
  }
}
