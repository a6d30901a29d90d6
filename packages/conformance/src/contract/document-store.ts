import type { DocumentStore } from '@authcore/core/ports'
import { expect } from '../expect.js'
import { MINUTE, PAST, SECOND, START } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import {
  END,
  findDocument,
  KEY,
  LIST,
  lastingPutCommand,
  listIds,
  NOW,
  putCommand,
  putDocument,
  replaceDocument,
  replacement,
  TAG,
  toDocument,
} from './document-fixtures.js'

/** The contract of a document store, without what breaks it. */
export function describeDocumentStore(kit: PortKit<DocumentStore>): void {
  kit.describe('put', () => describePut(kit))
  kit.describe('repeats of put', () => describeRepeats(kit))
  kit.describe('expiry', () => describeExpiry(kit))
  kit.describe('list', () => describeList(kit))
  kit.describe('remove', () => describeRemove(kit))
  kit.describe('removeAll', () => describeRemoveAll(kit))
  kit.describe('sweep', () => describeSweep(kit))
}

function describePut({ it }: PortKit<DocumentStore>): void {
  it('creates a document of version 1, as it was given', async store => {
    const command = lastingPutCommand()
    expect(await store.put(command)).toEqual({ outcome: 'stored', version: 1 })
    expect(await findDocument(store)).toEqual(toDocument(command))
  })

  it('keeps a document without tags, and one with 8 in their order', async store => {
    const tags = ['z', 'a', 'm', 'Z', '1', 'b', 'é', 'y']
    await putDocument(store, { tags })
    await putDocument(store, { id: 'bare', tags: [] })
    expect(await findDocument(store)).toEqual(toDocument(putCommand({ tags })))
    expect(await store.find({ ...KEY, id: 'bare', now: NOW })).toEqual(
      toDocument(putCommand({ id: 'bare', tags: [] })),
    )
    for (const tag of tags) expect(await listIds(store, { tag })).toEqual(['document-1'])
  })

  it('replaces everything but the creation, one version after the other', async store => {
    await store.put(lastingPutCommand())
    const second = replacement(1, { tags: ['new'], expiresAt: END })
    expect(await store.put(second)).toEqual({ outcome: 'stored', version: 2 })
    expect(await findDocument(store)).toEqual(toDocument(second, START))
    const third = lastingPutCommand({ expectedVersion: 2, writeId: 'write-3', value: {}, now: NOW + 1 })
    expect(await store.put(third)).toEqual({ outcome: 'stored', version: 3 })
    // the expiry of the version before is gone as well
    expect(await findDocument(store, END)).toEqual(toDocument(third, START))
  })

  for (const version of [0, 2, 99]) {
    it(`is a conflict for one who expects version ${version} of 1, and changes nothing`, async store => {
      await putDocument(store)
      const other = replacement(version, { tags: ['other'], writeId: 'other' })
      expect(await store.put(other)).toEqual({ outcome: 'conflict' })
      expect(await findDocument(store)).toEqual(toDocument(putCommand()))
      expect(await listIds(store, { tag: 'other' })).toEqual([])
    })
  }

  it('is a conflict for one who expects a document where there is none', async store => {
    expect(await replaceDocument(store, 1)).toEqual({ outcome: 'conflict' })
    expect(await findDocument(store)).toBeAbsent()
    expect(await listIds(store)).toEqual([])
    expect(await putDocument(store)).toEqual({ outcome: 'stored', version: 1 })
  })

  it('knows nothing of other ids and namespaces', async store => {
    await putDocument(store, { namespace: 'a', id: 'b:c' })
    const others = [
      ['a:b', 'c'],
      ['a', 'b'],
      ['', 'a:b:c'],
      ['b:c', 'a'],
      ['1:a', 'b:c'],
      ['a:b:c', ''],
      ['{a', 'b:c}'],
    ] as const
    for (const [namespace, id] of others) {
      expect(await store.find({ namespace, id, now: NOW })).toBeAbsent()
      expect(await putDocument(store, { namespace, id })).toEqual({ outcome: 'stored', version: 1 })
    }
    expect(await store.find({ namespace: 'a', id: 'b:c', now: NOW })).toMatch({ version: 1 })
  })

  it('stays apart from what a caller holds', async store => {
    const value = { list: [1] }
    const tags = [TAG]
    await putDocument(store, { value, tags })
    value.list.push(2)
    tags.push('later')
    expect(await findDocument(store)).toMatch({ value: { list: [1] }, tags: [TAG] })
  })
}

function describeRepeats({ it }: PortKit<DocumentStore>): void {
  it('answer the same again and change nothing', async store => {
    await putDocument(store)
    const repeat = { value: { other: true }, tags: ['other'], now: NOW, expiresAt: END + MINUTE }
    expect(await putDocument(store, repeat)).toEqual({ outcome: 'stored', version: 1 })
    expect(await findDocument(store)).toEqual(toDocument(putCommand()))
    await replaceDocument(store, 1)
    expect(await replaceDocument(store, 1, repeat)).toEqual({ outcome: 'stored', version: 2 })
    expect(await findDocument(store)).toEqual(toDocument(replacement(1), START))
    expect(await listIds(store, { tag: 'other' })).toEqual([])
    expect(await listIds(store)).toEqual(['document-1'])
  })

  it('of another attempt are conflicts', async store => {
    await putDocument(store)
    expect(await putDocument(store, { writeId: 'write-2' })).toEqual({ outcome: 'conflict' })
    await replaceDocument(store, 1)
    expect(await replaceDocument(store, 1, { writeId: 'other' })).toEqual({ outcome: 'conflict' })
    // the attempt is one with its version: the same name for the next one is another attempt
    expect(await replaceDocument(store, 2, { writeId: 'write-2' })).toEqual({ outcome: 'stored', version: 3 })
  })

  it('are conflicts once the document was replaced or removed', async store => {
    await putDocument(store)
    await replaceDocument(store, 1)
    expect(await putDocument(store)).toEqual({ outcome: 'conflict' })
    await store.remove({ ...KEY, now: NOW })
    expect(await replaceDocument(store, 1)).toEqual({ outcome: 'conflict' })
    expect(await findDocument(store)).toBeAbsent()
  })
}

function describeExpiry({ it }: PortKit<DocumentStore>): void {
  it('comes at its millisecond, everywhere', async store => {
    await putDocument(store)
    expect(await findDocument(store, END - 1)).toBePresent()
    expect(await listIds(store, { now: END - 1 })).toEqual(['document-1'])
    expect(await findDocument(store, END)).toBeAbsent()
    expect(await listIds(store, { now: END })).toEqual([])
    expect(await store.remove({ ...KEY, now: END })).toEqual({ outcome: 'not_found' })
    expect(await store.removeAll({ ...LIST, now: END })).toEqual({ removed: 0 })
    expect(await replaceDocument(store, 1, { now: END, expiresAt: END + 1 })).toEqual({ outcome: 'conflict' })
  })

  it('lets a new document begin at version 1', async store => {
    await putDocument(store)
    await replaceDocument(store, 1)
    const next = putCommand({ tags: ['next'], writeId: 'next', now: END, expiresAt: END + MINUTE })
    expect(await store.put(next)).toEqual({ outcome: 'stored', version: 1 })
    expect(await findDocument(store, END)).toEqual(toDocument(next))
    expect(await listIds(store, { now: END })).toEqual([])
    expect(await listIds(store, { tag: 'next', now: END })).toEqual(['document-1'])
  })

  it('moves with each replacement, in both directions', async store => {
    await putDocument(store)
    await replaceDocument(store, 1, { expiresAt: END + MINUTE })
    expect(await findDocument(store, END + MINUTE - 1)).toBePresent()
    await replaceDocument(store, 2, { expiresAt: NOW + 1 })
    expect(await findDocument(store, NOW)).toBePresent()
    expect(await findDocument(store, NOW + 1)).toBeAbsent()
  })

  it('does not come without an instant', async store => {
    await store.put(lastingPutCommand())
    expect(await findDocument(store, 2 * START)).toBePresent()
    expect(await listIds(store, { now: 2 * START })).toEqual(['document-1'])
  })

  it('that is past leaves nothing, neither of a new document nor of the one before', async store => {
    expect(await putDocument(store, { expiresAt: START })).toEqual({ outcome: 'stored', version: 1 })
    expect(await findDocument(store, START)).toBeAbsent()
    await putDocument(store)
    expect(await replaceDocument(store, 1, { expiresAt: NOW })).toEqual({ outcome: 'stored', version: 2 })
    expect(await findDocument(store)).toBeAbsent()
    expect(await listIds(store)).toEqual([])
    // of one who may not replace it, it takes nothing away
    await putDocument(store, { writeId: 'again', now: NOW })
    expect(await replaceDocument(store, 2, { expiresAt: NOW })).toEqual({ outcome: 'conflict' })
    expect(await findDocument(store)).toBePresent()
  })

  it('is not brought forward by the clock of the database', async store => {
    const expiresAt = PAST + MINUTE
    await putDocument(store, { now: PAST, expiresAt })
    expect(await findDocument(store, PAST + 1)).toMatch({ version: 1 })
    expect(await replaceDocument(store, 1, { now: PAST + 1, expiresAt })).toMatch({ outcome: 'stored' })
    expect(await listIds(store, { now: PAST + 2 })).toEqual(['document-1'])
    expect(await putDocument(store, { writeId: 'w', now: PAST + 2, expiresAt })).toEqual({
      outcome: 'conflict',
    })
    expect(await store.removeAll({ ...LIST, now: PAST + 3 })).toEqual({ removed: 1 })
  })
}

function describeList({ it }: PortKit<DocumentStore>): void {
  it('begins with the newest, those of one instant by id without a collation', async store => {
    for (const id of ['b', 'B', 'a', '_', '0']) await putDocument(store, { id, writeId: id })
    await putDocument(store, { id: 'new', now: START + 1 })
    await putDocument(store, { id: 'old', now: START - 1 })
    // a replacement is no creation
    await putDocument(store, { id: 'old', expectedVersion: 1, writeId: 'w', now: NOW })
    expect(await listIds(store)).toEqual(['new', '0', 'B', '_', 'a', 'b', 'old'])
    expect(await listIds(store, { limit: 3 })).toEqual(['new', '0', 'B'])
    expect(await listIds(store, { limit: 0 })).toEqual([])
  })

  it('holds whole records', async store => {
    const command = lastingPutCommand()
    await store.put(command)
    expect(await store.list(LIST)).toEqual([toDocument(command)])
  })

  it('is that of one tag in one namespace', async store => {
    await putDocument(store)
    await putDocument(store, { id: 'other', tags: ['subject:u2'] })
    await putDocument(store, { namespace: 'passkey', id: 'elsewhere' })
    expect(await listIds(store)).toEqual(['document-1'])
    expect(await listIds(store, { tag: 'subject:u2' })).toEqual(['other'])
    expect(await listIds(store, { tag: 'subject:u' })).toEqual([])
    expect(await listIds(store, { tag: 'SUBJECT:u1' })).toEqual([])
    expect(await listIds(store, { namespace: 'passkey' })).toEqual(['elsewhere'])
    expect(await listIds(store, { namespace: 'fact' })).toEqual([])
  })

  it('follows the tags of each replacement', async store => {
    await store.put(lastingPutCommand({ tags: ['a', 'b'] }))
    await store.put(lastingPutCommand({ tags: ['b', 'c'], expectedVersion: 1, writeId: 'write-2', now: NOW }))
    expect(await listIds(store, { tag: 'a' })).toEqual([])
    expect(await listIds(store, { tag: 'b' })).toEqual(['document-1'])
    expect(await listIds(store, { tag: 'c' })).toEqual(['document-1'])
    await store.put(lastingPutCommand({ tags: ['a'], expectedVersion: 2, writeId: 'write-3', now: NOW }))
    expect(await listIds(store, { tag: 'a' })).toEqual(['document-1'])
    expect(await listIds(store, { tag: 'b' })).toEqual([])
  })

  it('passes over many that have ended', async store => {
    for (let count = 0; count < 120; count += 1) {
      await putDocument(store, { id: `gone-${count}`, expiresAt: NOW })
    }
    await putDocument(store, { id: 'live', now: START - 1 })
    expect(await listIds(store, { limit: 2 })).toEqual(['live'])
  })
}

function describeRemove({ it }: PortKit<DocumentStore>): void {
  it('deletes one document, and a repeat finds nothing', async store => {
    await putDocument(store)
    await putDocument(store, { id: 'other' })
    expect(await store.remove({ ...KEY, now: NOW })).toEqual({ outcome: 'removed' })
    expect(await findDocument(store)).toBeAbsent()
    expect(await listIds(store)).toEqual(['other'])
    expect(await store.remove({ ...KEY, now: NOW })).toEqual({ outcome: 'not_found' })
    expect(await putDocument(store, { writeId: 'again' })).toEqual({ outcome: 'stored', version: 1 })
    expect(await listIds(store)).toEqual(['document-1', 'other'])
  })

  it('spares a document without the tag', async store => {
    await putDocument(store)
    expect(await store.remove({ ...KEY, tag: 'subject:u2', now: NOW })).toEqual({ outcome: 'not_found' })
    expect(await store.remove({ ...KEY, tag: 'subject:u2', expectedVersion: 9, now: NOW })).toEqual({
      outcome: 'not_found',
    })
    expect(await findDocument(store)).toBePresent()
    expect(await store.remove({ ...KEY, tag: 'kind:totp', now: NOW })).toEqual({ outcome: 'removed' })
  })

  it('spares a document of another version', async store => {
    await putDocument(store)
    await replaceDocument(store, 1)
    for (const expectedVersion of [0, 1, 3]) {
      expect(await store.remove({ ...KEY, tag: TAG, expectedVersion, now: NOW })).toEqual({
        outcome: 'conflict',
      })
    }
    expect(await findDocument(store)).toMatch({ version: 2 })
    expect(await store.remove({ ...KEY, expectedVersion: 2, now: NOW })).toEqual({ outcome: 'removed' })
    expect(await store.remove({ ...KEY, expectedVersion: 0, now: NOW })).toEqual({ outcome: 'not_found' })
  })
}

function describeRemoveAll({ it }: PortKit<DocumentStore>): void {
  it('deletes what carries the tag in the namespace and nothing else', async store => {
    for (const id of ['a', 'b', 'c']) await putDocument(store, { id })
    await putDocument(store, { id: 'other', tags: ['subject:u2'] })
    await putDocument(store, { namespace: 'passkey', id: 'elsewhere' })
    const all = { namespace: 'factor', tag: TAG, now: NOW }
    expect(await store.removeAll(all)).toEqual({ removed: 3 })
    expect(await store.removeAll(all)).toEqual({ removed: 0 })
    expect(await listIds(store)).toEqual([])
    expect(await listIds(store, { tag: 'kind:totp' })).toEqual([])
    expect(await listIds(store, { tag: 'subject:u2' })).toEqual(['other'])
    expect(await listIds(store, { namespace: 'passkey' })).toEqual(['elsewhere'])
  })

  it('deletes any number', async store => {
    for (let count = 0; count < 250; count += 1) await putDocument(store, { id: `document-${count}` })
    expect(await store.removeAll({ namespace: 'factor', tag: TAG, now: NOW })).toEqual({ removed: 250 })
    expect(await listIds(store)).toEqual([])
  })

  it('goes by the tags of the version that is there', async store => {
    await store.put(lastingPutCommand({ tags: ['before'] }))
    await store.put(lastingPutCommand({ tags: ['after'], expectedVersion: 1, writeId: 'write-2' }))
    const all = { namespace: 'factor', now: NOW }
    expect(await store.removeAll({ ...all, tag: 'before' })).toEqual({ removed: 0 })
    expect(await store.removeAll({ ...all, tag: 'after' })).toEqual({ removed: 1 })
  })
}

function describeSweep({ it, isSweeping }: PortKit<DocumentStore>): void {
  const now = START + 20 * SECOND
  const insertOld = async (store: DocumentStore): Promise<void> => {
    for (let count = 0; count < 5; count += 1) {
      await putDocument(store, { id: `old-${count}`, expiresAt: START + 10 * SECOND + count })
    }
    await putDocument(store, { id: 'young' })
    await store.put(lastingPutCommand({ id: 'lasting' }))
  }

  if (isSweeping) {
    it('deletes expired documents in batches and nothing else', async store => {
      await insertOld(store)
      expect(await store.sweep({ now: START + 10 * SECOND - 1, limit: 10 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now, limit: 0 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now, limit: 2 })).toEqual({ removed: 2 })
      expect(await store.sweep({ now, limit: 10 })).toEqual({ removed: 3 })
      expect(await listIds(store, { now })).toEqual(['lasting', 'young'])
    })
  } else {
    it('leaves deleting to the database, and live documents alone', async store => {
      await insertOld(store)
      expect((await store.sweep({ now, limit: 2 })).removed).toBeAtMost(2)
      expect(await listIds(store, { now })).toEqual(['lasting', 'young'])
    })
  }
}
