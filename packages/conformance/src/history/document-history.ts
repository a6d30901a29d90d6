import type { DocumentStore } from '@authcore/core/ports'
import fc from 'fast-check'
import { START } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import { checkHistories } from './check-histories.js'
import type { SequentialSpec } from './find-linearization.js'

/** One document, or none of version 0. */
interface DocumentState {
  readonly version: number
  readonly writeId?: string
}

interface DocumentInput {
  readonly kind: 'put' | 'find' | 'remove'
  readonly version: number
  readonly writeId: string
}

const NONE: DocumentState = { version: 0 }

const SPEC: SequentialSpec<DocumentState, DocumentInput, string> = {
  initial: NONE,
  apply(state, { kind, version, writeId }) {
    switch (kind) {
      case 'put': {
        if (state.version === version) return { state: { version: version + 1, writeId }, output: 'stored' }
        const isRepeat = state.version === version + 1 && state.writeId === writeId
        return { state, output: isRepeat ? 'stored' : 'conflict' }
      }
      case 'find':
        return { state, output: `${state.version} ${state.writeId ?? ''}` }
      case 'remove':
        if (state.version === 0) return { state, output: 'not_found' }
        return state.version === version ? { state: NONE, output: 'removed' } : { state, output: 'conflict' }
    }
  },
}

/** Registers the checks that concurrent writes and removals of one document happen in some order. */
export function describeDocumentHistories(kit: PortKit<DocumentStore>): void {
  kit.describe('concurrent histories', () => {
    describeHistories(kit, 'of put and find are linearizable', ['put', 'put', 'find'])
    describeHistories(kit, 'of put, find and remove are linearizable', ['put', 'put', 'find', 'remove'])
  })
}

function describeHistories(
  { it, settings }: PortKit<DocumentStore>,
  name: string,
  kinds: readonly DocumentInput['kind'][],
): void {
  it(name, (store, tools) =>
    checkHistories(store, tools, settings, {
      step: fc.record({
        kind: fc.constantFrom(...kinds),
        version: fc.constantFrom(0, 0, 1, 1, 2),
        // few names, so that some attempts are repeats
        writeId: fc.constantFrom('x', 'y', 'z'),
      }),
      prepare: async () => {},
      call: (way, run, step) => ({ input: step, output: call(way, run, step) }),
      spec: SPEC,
    }),
  )
}

async function call(
  store: DocumentStore,
  id: string,
  { kind, version, writeId }: DocumentInput,
): Promise<string> {
  const at = { namespace: 'history', id, now: START }
  switch (kind) {
    case 'put': {
      const write = { tags: [writeId], value: { writeId }, expectedVersion: version, writeId }
      return (await store.put({ ...at, ...write })).outcome
    }
    case 'find': {
      const document = await store.find(at)
      return document === undefined ? '0 ' : `${document.version} ${document.value['writeId']}`
    }
    case 'remove':
      return (await store.remove({ ...at, expectedVersion: version })).outcome
  }
}
