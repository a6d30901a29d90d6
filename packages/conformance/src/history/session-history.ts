import type { RotateSessionOutcome, SessionStore } from '@authcore/core/ports'
import fc from 'fast-check'
import { insertSession, REVOKE, rotation } from '../contract/session-fixtures.js'
import { SECOND, START } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import { checkHistories } from './check-histories.js'
import type { SequentialSpec } from './find-linearization.js'

const NOW = START + SECOND

/** The tokens of a session: number 0 is the first, every other one is the successor that call `serial` made. */
interface SessionState {
  readonly tokens: readonly number[]
  readonly isEnded: boolean
}

type SessionInput =
  | { readonly revoke: true }
  | { readonly presented: number; readonly generation: number; readonly serial: number }

/** The outcome and the token that is current after it. */
type SessionOutput = readonly [outcome: string, current: string]

const SPEC: SequentialSpec<SessionState, SessionInput, SessionOutput> = {
  initial: { tokens: [0], isEnded: false },
  apply(state, input) {
    const current = toHash(state.tokens.at(-1) ?? 0)
    if ('revoke' in input) return { state: { ...state, isEnded: true }, output: ['found', ''] }
    if (state.isEnded) return { state, output: ['revoked', current] }
    const last = state.tokens.length - 1
    if (input.presented === state.tokens[last]) {
      const tokens = [...state.tokens, input.serial]
      return { state: { ...state, tokens }, output: ['rotated', toHash(input.serial)] }
    }
    if (input.generation === last - 1) return { state, output: ['replayed', current] }
    return { state: { ...state, isEnded: true }, output: ['reused', current] }
  },
}

/** Registers the check that concurrent rotations and revocations happen in some order. */
export function describeSessionHistories(kit: PortKit<SessionStore>): void {
  kit.describe('concurrent histories', () => {
    kit.it('of rotate and revoke are linearizable', async (store, tools) => {
      // the tokens that clients have seen so far in each history, by generation
      const known = new Map<string, number[]>()
      await checkHistories(store, tools, kit.settings, {
        step: fc.oneof(
          { weight: 8, arbitrary: fc.constantFrom(0, 0, 0, 1) },
          { weight: 1, arbitrary: fc.constant('revoke' as const) },
        ),
        prepare: async (way, run) => {
          known.set(run, [0])
          await insertSession(way, { id: run, currentHash: toHash(0) })
        },
        call: (way, run, step, serial) => {
          if (step === 'revoke') {
            return { input: { revoke: true } as const, output: revoke(way, run) }
          }
          const tokens = known.get(run) ?? []
          const generation = Math.max(0, tokens.length - 1 - step)
          const presented = tokens[generation] ?? 0
          const input = { presented, generation, serial }
          return { input, output: rotate(way, run, input, tokens) }
        },
        spec: SPEC,
      })
    })
  })
}

async function revoke(store: SessionStore, id: string): Promise<SessionOutput> {
  const { found } = await store.revoke({ ...REVOKE, id, now: NOW })
  return [found ? 'found' : 'not found', '']
}

async function rotate(
  store: SessionStore,
  id: string,
  { presented, generation, serial }: { presented: number; generation: number; serial: number },
  known: number[],
): Promise<SessionOutput> {
  const outcome = await store.rotate(
    rotation(generation, {
      id,
      presentedHash: toHash(presented),
      successorHash: toHash(serial),
      sealedSuccessor: toHash(serial),
    }),
  )
  if (outcome.outcome === 'rotated') known[generation + 1] = serial
  return [outcome.outcome, toCurrent(outcome)]
}

function toCurrent(outcome: RotateSessionOutcome): string {
  switch (outcome.outcome) {
    case 'rotated':
    case 'reused':
    case 'revoked':
      return outcome.session.currentHash
    case 'replayed':
      return outcome.sealedSuccessor
    case 'expired':
    case 'not_found':
      return ''
  }
}

function toHash(token: number): string {
  return `token-${token}`
}
