import type { DocumentRecord, DocumentStore } from '@authcore/core/ports'
import fc from 'fast-check'
import { expect } from '../expect.js'
import { START } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import { checkModel, type ModelCommand } from './model-property.js'

interface ModelDocument extends DocumentRecord {
  readonly writeId: string
}

interface DocumentModel {
  readonly run: string
  now: number
  writes: number
  /** By id; expired ones stay until another takes their place. */
  readonly documents: Map<string, ModelDocument>
}

type DocumentCommand = ModelCommand<DocumentModel, DocumentStore>

/** Registers the property that a document store does what a map of records says. */
export function describeDocumentModel(kit: PortKit<DocumentStore>): void {
  kit.describe('any order of commands', () => {
    kit.it('does what the model does', (store, { tally }) =>
      checkModel({
        store,
        commands: COMMANDS,
        createModel: (run): DocumentModel => ({ run, now: START, writes: 0, documents: new Map() }),
        settings: kit.settings,
        tally,
      }),
    )
  })
}

function findLive({ documents, now }: DocumentModel, id: string): ModelDocument | undefined {
  const document = documents.get(id)
  return document !== undefined && (document.expiresAt === undefined || now < document.expiresAt)
    ? document
    : undefined
}

function toRecord({ writeId: _, ...record }: ModelDocument): DocumentRecord {
  return record
}

function newestFirst(one: DocumentRecord, other: DocumentRecord): number {
  return other.createdAt - one.createdAt || (one.id < other.id ? -1 : 1)
}

function listInModel(model: DocumentModel, tag: string): readonly ModelDocument[] {
  const live = [...model.documents.keys()].flatMap(id => findLive(model, id) ?? [])
  return live.filter(({ tags }) => tags.includes(tag)).sort(newestFirst)
}

interface PutShape {
  readonly id: string
  readonly tags: readonly string[]
  /** How far the expected version is from the one that is there. */
  readonly off: number
  readonly lifetime: number | undefined
  readonly isRepeat: boolean
}

const put = ({ id, tags, off, lifetime, isRepeat }: PutShape): DocumentCommand => ({
  name: `put(${id}, ${tags}, ${off}, ${lifetime}, ${isRepeat})`,
  async run(model, store) {
    const { run: namespace, now } = model
    const live = findLive(model, id)
    const version = live?.version ?? 0
    const expectedVersion = Math.max(0, isRepeat ? version - 1 : version + off)
    const write = model.writes++
    const writeId = isRepeat && live !== undefined ? live.writeId : `write-${write}`
    const fields = { tags, value: { write }, ...(lifetime !== undefined && { expiresAt: now + lifetime }) }
    const outcome = await store.put({ namespace, id, ...fields, expectedVersion, writeId, now })
    if (isRepeat && live !== undefined) {
      expect(outcome).toEqual({ outcome: 'stored', version })
    } else if (expectedVersion !== version) {
      expect(outcome).toEqual({ outcome: 'conflict' })
    } else {
      expect(outcome).toEqual({ outcome: 'stored', version: version + 1 })
      const createdAt = live?.createdAt ?? now
      const document = { namespace, id, ...fields, version: version + 1, createdAt, updatedAt: now, writeId }
      model.documents.set(id, document)
    }
  },
})

const find = (id: string): DocumentCommand => ({
  name: `find(${id})`,
  async run(model, store) {
    const live = findLive(model, id)
    expect(await store.find({ namespace: model.run, id, now: model.now })).toEqual(live && toRecord(live))
  },
})

const list = (tag: string, limit: number): DocumentCommand => ({
  name: `list(${tag}, ${limit})`,
  async run(model, store) {
    const expected = listInModel(model, tag).slice(0, limit).map(toRecord)
    expect(await store.list({ namespace: model.run, tag, now: model.now, limit })).toEqual(expected)
  },
})

const remove = (id: string, tag: string | undefined, off: number | undefined): DocumentCommand => ({
  name: `remove(${id}, ${tag}, ${off})`,
  async run(model, store) {
    const live = findLive(model, id)
    const expectedVersion = off === undefined ? undefined : Math.max(0, (live?.version ?? 0) + off)
    const outcome = await store.remove({
      namespace: model.run,
      id,
      now: model.now,
      ...(tag !== undefined && { tag }),
      ...(expectedVersion !== undefined && { expectedVersion }),
    })
    if (live === undefined || (tag !== undefined && !live.tags.includes(tag))) {
      expect(outcome).toEqual({ outcome: 'not_found' })
    } else if (expectedVersion !== undefined && expectedVersion !== live.version) {
      expect(outcome).toEqual({ outcome: 'conflict' })
    } else {
      expect(outcome).toEqual({ outcome: 'removed' })
      model.documents.delete(id)
    }
  },
})

const removeAll = (tag: string): DocumentCommand => ({
  name: `removeAll(${tag})`,
  async run(model, store) {
    const carrying = listInModel(model, tag)
    expect(await store.removeAll({ namespace: model.run, tag, now: model.now })).toEqual({
      removed: carrying.length,
    })
    for (const { id } of carrying) model.documents.delete(id)
  },
})

const sweep = (limit: number): DocumentCommand => ({
  name: `sweep(${limit})`,
  async run({ now }, store) {
    expect((await store.sweep({ now, limit })).removed).toBeAtMost(limit)
  },
})

const advance = (milliseconds: number): DocumentCommand => ({
  name: `advance(${milliseconds})`,
  async run(model) {
    model.now += milliseconds
  },
})

const id = fc.constantFrom('a', 'b', 'a:b', 'B')
const tag = fc.constantFrom('x', 'y', 'x:y')
const tags = fc.constantFrom<readonly string[]>([], ['x'], ['y'], ['x', 'y'], ['x:y', 'x'])
const off = fc.constantFrom(0, 0, 0, 0, 1, -1)
const lifetime = fc.constantFrom(undefined, undefined, 0, 1000, 5000, 30_000)
const puts = fc
  .record({
    id,
    tags,
    off,
    lifetime,
    isRepeat: fc.oneof(
      { weight: 4, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
  })
  .map(put)
const COMMANDS: readonly fc.Arbitrary<DocumentCommand>[] = [
  puts,
  puts,
  puts,
  id.map(find),
  fc.tuple(tag, fc.constantFrom(1, 10)).map(parts => list(...parts)),
  fc
    .tuple(id, fc.constantFrom(undefined, 'x', 'y'), fc.constantFrom(undefined, undefined, 0, 1, -1))
    .map(parts => remove(...parts)),
  fc.oneof(
    tag.map(removeAll),
    fc.nat({ max: 3 }).map(sweep),
    fc.constantFrom(0, 1, 999, 1000, 5000).map(advance),
    fc.constantFrom(0, 1, 999, 1000, 5000).map(advance),
  ),
]
