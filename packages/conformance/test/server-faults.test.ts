import { memoryStores } from '@authcore/core/memory'
import type { SessionStore, Stores } from '@authcore/core/ports'
import { afterAll, describe, expect, it } from 'vitest'
import { type ServerFaultKind, type StoreFault, storeConformance, withFaults } from '../src/index.js'
import { collectFailures } from './collect-failures.js'
import { type Saboteur, sabotagedStores } from './saboteurs/saboteurs.js'

const KINDS: readonly ServerFaultKind[] = ['reset', 'lose_answer', 'slow', 'hang', 'restart']

const SAME: Readonly<Record<ServerFaultKind, StoreFault>> = {
  reset: 'error_before',
  lose_answer: 'connection_reset',
  slow: 'slow',
  hang: 'hang',
  restart: 'restart',
}

/** Memory stores behind a switch, as a proxy in front of a server would be. */
function switchedStores(stores: Stores = memoryStores()) {
  let broken: ServerFaultKind | undefined
  const faulty = withFaults(stores, () => broken && SAME[broken])
  return {
    stores: faulty.stores,
    faults: {
      kinds: KINDS,
      inject: async (kind: ServerFaultKind) => {
        broken = kind
      },
      heal: async () => {
        broken = undefined
        faulty.heal()
        await faulty.release()
      },
    },
  }
}

const capabilities = { sharedSessionRevocation: true, sweeps: true, serverFaults: KINDS }
const settings = { runs: 5, histories: 5, callers: [2] }

storeConformance({
  runner: { describe, it, afterAll },
  name: 'memory behind a switch',
  createStores: () => switchedStores(),
  capabilities,
  ...settings,
  print: () => {},
})

describe('faults of a server', () => {
  it('must be there when they are promised', async () => {
    const createStores = () => ({ stores: memoryStores() })
    const failures = await collectFailures({ ...settings, createStores, capabilities }, 100)
    expect(failures).toHaveLength(2 * KINDS.length)
    for (const failure of failures) expect(failure).toContain('faults of the server')
  })

  it('find a store that rotates a second time when the answer of the first was lost', async () => {
    const forking: Saboteur = {
      name: 'forks',
      store: 'sessions',
      sabotage: ({ sessions }): Partial<SessionStore> => ({
        async rotate(command) {
          const outcome = await sessions.rotate(command)
          return outcome.outcome === 'replayed' ? { outcome: 'rotated', session: outcome.session } : outcome
        },
      }),
    }
    const createStores = () => switchedStores(sabotagedStores(forking))
    const failures = await collectFailures({ ...settings, createStores, capabilities }, 100)
    expect(failures.filter(failure => failure.includes('lose_answer at any call'))).toHaveLength(1)
  })
})
