import type { ApiKeyRecord, SessionRecord, Stores } from '@authcore/core/ports'
import { createRevocations, type Issued, issueKeys, type Population, startSessions } from './population.js'

/** Writes what the store would write, without AuthCore and one by one. */
export interface Copier {
  /** Copies a key that is in the store, so often, each under an id and for an owner of its own. */
  copyKey(record: ApiKeyRecord, copies: number): Promise<void>
  copySession(record: SessionRecord, copies: number): Promise<void>
  /** Leaves the database as if its records had come one by one, long ago. */
  settle(): Promise<void>
}

/** So many are sent to the store at once, and so many revocations in one command. */
const BATCH = 50
const REVOCATIONS = 500

/**
 * Fills empty stores with a population. What AuthCore issued goes through the store and stands among its copies.
 * @param onProgress is told every few thousand records
 */
export async function fillStores(
  stores: Stores,
  copier: Copier,
  population: Population,
  onProgress: (text: string) => void,
): Promise<void> {
  const { now, count, issued } = population
  const copies = count / issued - 1
  const tell = (kind: string) => (done: number) => onProgress(`${done} of ${count} ${kind}`)
  await fill(issueKeys(population), copies, tell('keys'), {
    insert: apiKey => stores.apiKeys.insert({ apiKey, now }),
    copy: copier.copyKey,
  })
  await fill(startSessions(population), copies, tell('sessions'), {
    insert: session => stores.sessions.insert({ session, now }),
    copy: copier.copySession,
  })
  let revoked = 0
  for (const entries of createRevocations(population, REVOCATIONS)) {
    await stores.revocations.revoke({ entries, now })
    revoked += entries.length
    tell('revocations')(revoked)
  }
  onProgress('settling')
  await copier.settle()
}

async function fill<Record>(
  issuing: AsyncGenerator<Issued<Record>>,
  copies: number,
  tell: (done: number) => void,
  {
    insert,
    copy,
  }: {
    readonly insert: (record: Record) => Promise<void>
    readonly copy: (record: Record, copies: number) => Promise<void>
  },
): Promise<void> {
  let done = 0
  let batch: Record[] = []
  const write = async (): Promise<void> => {
    await Promise.all(batch.map(insert))
    const [first] = batch
    if (first !== undefined && copies > 0) await copy(first, batch.length * copies)
    done += batch.length * (copies + 1)
    batch = []
    tell(done)
  }
  for await (const { record } of issuing) {
    batch.push(record)
    if (batch.length === BATCH) await write()
  }
  await write()
}
