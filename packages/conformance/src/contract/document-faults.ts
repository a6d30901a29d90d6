import type { DocumentStore } from '@authcore/core/ports'
import { expect } from '../expect.js'
import { createFaults, STORE_FAULTS, type StoreFault } from '../faults/with-faults.js'
import { START } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import type { TestTally } from '../test-counts.js'
import { findDocument, KEY, listIds, NOW, putCommand, replacement, toDocument } from './document-fixtures.js'

/** What a document store keeps when an answer is lost, late or an error. */
export function describeDocumentFaults({ describe, it }: PortKit<DocumentStore>): void {
  describe('faults', () => {
    for (const fault of STORE_FAULTS) {
      it(`${fault} at any write: a repeat ends what was begun, once`, async (store, { tally }) => {
        const creation = putCommand()
        const created = await writeThroughFault(store, fault, tally, way => way.put(creation))
        expect(created).toEqual({ outcome: 'stored', version: 1 })
        expect(await findDocument(store)).toEqual(toDocument(creation))

        const next = replacement(1)
        const replaced = await writeThroughFault(store, fault, tally, way => way.put(next))
        expect(replaced).toEqual({ outcome: 'stored', version: 2 })
        expect(await findDocument(store)).toEqual(toDocument(next, START))
        expect(await listIds(store)).toEqual(['document-1'])

        const removed = await writeThroughFault(store, fault, tally, way => way.remove({ ...KEY, now: NOW }))
        expect(removed.outcome).toBeOneOf(['removed', 'not_found'])
        expect(await findDocument(store)).toBeAbsent()
        expect(await listIds(store)).toEqual([])
      })
    }
  })
}

/**
 * Makes a call that meets a fault, then repeats it without one; an effect that comes late comes after the repeat.
 * @returns the answer of the repeat
 */
async function writeThroughFault<Outcome>(
  store: DocumentStore,
  fault: StoreFault,
  tally: TestTally,
  write: (way: DocumentStore) => Promise<Outcome>,
): Promise<Outcome> {
  const faults = createFaults(({ number }) => (number === 0 ? fault : undefined))
  const attempt = write(faults.wrap('documents', store)).catch(() => undefined)
  await (fault === 'hang' ? faults.hung : attempt)
  faults.heal()
  const outcome = await write(store)
  await faults.release()
  await attempt
  tally.faults += faults.counts.faults
  return outcome
}
