import type { DocumentStore, JsonObject, PutDocumentCommand } from '@authcore/core/ports'
import { expect, expectRefusals } from '../expect.js'
import { BROKEN_TEXTS, HOSTILE_JSON, HOSTILE_TEXTS, NOT_INSTANTS, NOT_STRINGS, untyped } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import {
  findDocument,
  KEY,
  LIST,
  listIds,
  NOW,
  putCommand,
  putDocument,
  replacement,
  TAG,
  toDocument,
} from './document-fixtures.js'

/** What a document store does with values that were chosen to break it. */
export function describeHostileDocuments(kit: PortKit<DocumentStore>): void {
  const { it } = kit
  kit.describe('hostile values', () => {
    it('are ordinary ids, tags and names of attempts', async store => {
      for (const text of HOSTILE_TEXTS) {
        const command = putCommand({ id: text, tags: [text], writeId: text })
        expect(await store.put(command)).toEqual({ outcome: 'stored', version: 1 })
        expect(await store.put({ ...command, writeId: `${text}'` })).toEqual({ outcome: 'conflict' })
      }
      for (const text of HOSTILE_TEXTS) {
        const command = putCommand({ id: text, tags: [text], writeId: text })
        expect(await store.put(command)).toEqual({ outcome: 'stored', version: 1 })
        expect(await store.find({ ...KEY, id: text, now: NOW })).toEqual(toDocument(command))
        expect(await listIds(store, { tag: text })).toEqual([text])
        const key = { ...KEY, id: text, now: NOW }
        expect(await store.remove({ ...key, tag: `${text}'` })).toEqual({ outcome: 'not_found' })
        expect(await store.remove({ ...key, tag: text })).toEqual({ outcome: 'removed' })
      }
    })

    it('are ordinary namespaces, and lie beside each other', async store => {
      for (const namespace of HOSTILE_TEXTS) {
        await putDocument(store, { namespace, id: '', tags: [''], value: { namespace } })
      }
      for (const namespace of HOSTILE_TEXTS) {
        expect(await store.list({ ...LIST, namespace, tag: '' })).toMatch([{ id: '', value: { namespace } }])
        expect(await store.removeAll({ namespace, tag: '', now: NOW })).toEqual({ removed: 1 })
        expect(await store.find({ namespace, id: '', now: NOW })).toBeAbsent()
      }
    })

    it('are ordinary values, and reach no prototype', async store => {
      await putDocument(store, { value: HOSTILE_JSON })
      expect((await findDocument(store))?.value).toEqual(HOSTILE_JSON)
      await store.put(replacement(1, { value: { replaced: HOSTILE_JSON } }))
      expect((await findDocument(store))?.value).toEqual({ replaced: HOSTILE_JSON })
      await store.put(replacement(2, { value: {} }))
      expect((await findDocument(store))?.value).toEqual({})
      expect(untyped<{ admin?: unknown }>({}).admin).toBeAbsent()
    })

    it('may have 64 KiB as a value and not a byte more', async store => {
      const frame = '{"text":""}'.length
      const largest = ['x'.repeat(65_536 - frame), 'é'.repeat((65_536 - frame - 1) / 2), '"'.repeat(30_000)]
      for (const [index, text] of largest.entries()) {
        await putDocument(store, { id: `large-${index}`, value: { text } })
        expect((await store.find({ ...KEY, id: `large-${index}`, now: NOW }))?.value).toEqual({ text })
      }
      const tooLarge = ['x'.repeat(65_537 - frame), 'é'.repeat(33_000), '"'.repeat(33_000), 'x'.repeat(1e6)]
      await expectRefusals(tooLarge.map(text => () => putDocument(store, { value: { text } })))
      expect(await findDocument(store)).toBeAbsent()
    })

    it('are refused as tags when they are more than 8 or one is there twice', async store => {
      const many = Array.from({ length: 9 }, (_, index) => `tag-${index}`)
      const lists: readonly unknown[] = [many, ['a', 'b', 'a'], ['', ''], 'a', { 0: 'a' }, null, undefined]
      await expectRefusals(lists.map(tags => () => putDocument(store, { tags: untyped(tags) })))
      expect(await findDocument(store)).toBeAbsent()
      expect(await putDocument(store, { tags: many.slice(1) })).toMatch({ outcome: 'stored' })
    })

    it('are refused when they are no strings, before anything is touched', async store => {
      await putDocument(store)
      for (const value of [...NOT_STRINGS, ...BROKEN_TEXTS]) await expectRefusals(callsWithText(store, value))
      expect(await store.list(LIST)).toEqual([toDocument(putCommand())])
      expect(await store.find({ ...KEY, id: 'new', now: NOW })).toBeAbsent()
    })

    it('are refused as values that JSON would change', async store => {
      const values = [
        undefined,
        null,
        'text',
        1,
        [1],
        new Date(0),
        { at: new Date(0) },
        { n: Number.NaN },
        { run: () => 1 },
        { text: '\ud800' },
        { '\udc00': 1 },
      ]
      await expectRefusals(
        values.map(value => () => putDocument(store, { value: untyped<JsonObject>(value) })),
      )
      expect(await findDocument(store)).toBeAbsent()
    })

    it('are refused as instants, versions and counts', async store => {
      await putDocument(store)
      for (const value of NOT_INSTANTS) await expectRefusals(callsWithNumber(store, untyped(value)))
      for (const value of [-1, 0.5, '1', Number.NaN, { $gte: 0 }, null]) {
        const expectedVersion = untyped<number>(value)
        await expectRefusals([
          () => store.put(putCommand({ id: 'new', expectedVersion })),
          () => store.remove({ ...KEY, expectedVersion, now: NOW }),
        ])
      }
      await expectRefusals([
        () => store.list({ ...LIST, limit: -1 }),
        () => store.list({ ...LIST, limit: 1.5 }),
        () => store.sweep({ now: NOW, limit: 0.5 }),
      ])
      expect(await findDocument(store)).toEqual(toDocument(putCommand()))
    })
  })
}

function callsWithText(store: DocumentStore, value: unknown): readonly (() => unknown)[] {
  const text = untyped<string>(value)
  const put = (fields: Partial<PutDocumentCommand>) => () => store.put(putCommand({ id: 'new', ...fields }))
  const calls = [
    put({ id: text }),
    put({ namespace: text }),
    put({ writeId: text }),
    put({ tags: [TAG, text] }),
    () => store.find({ ...KEY, id: text, now: NOW }),
    () => store.find({ ...KEY, namespace: text, now: NOW }),
    () => store.list({ ...LIST, namespace: text }),
    () => store.list({ ...LIST, tag: text }),
    () => store.remove({ ...KEY, id: text, now: NOW }),
    () => store.remove({ ...KEY, namespace: text, now: NOW }),
    () => store.removeAll({ namespace: text, tag: TAG, now: NOW }),
    () => store.removeAll({ namespace: 'factor', tag: text, now: NOW }),
  ]
  // what is left out is not malformed
  return value === undefined ? calls : [...calls, () => store.remove({ ...KEY, tag: text, now: NOW })]
}

function callsWithNumber(store: DocumentStore, value: number): readonly (() => unknown)[] {
  const calls = [
    () => store.put(putCommand({ id: 'new', now: value })),
    () => store.find({ ...KEY, now: value }),
    () => store.list({ ...LIST, now: value }),
    () => store.list({ ...LIST, limit: value }),
    () => store.remove({ ...KEY, now: value }),
    () => store.removeAll({ namespace: 'factor', tag: TAG, now: value }),
    () => store.sweep({ now: value, limit: 1 }),
    () => store.sweep({ now: NOW, limit: value }),
  ]
  // what is left out is not malformed
  if (value === undefined) return calls
  return [...calls, () => store.put(putCommand({ id: 'new', expiresAt: value }))]
}
