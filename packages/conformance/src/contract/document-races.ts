import type { DocumentStore } from '@authcore/core/ports'
import { expect } from '../expect.js'
import type { PortKit } from '../port-kit.js'
import {
  END,
  findDocument,
  KEY,
  lastingPutCommand,
  listIds,
  NOW,
  putDocument,
  replaceDocument,
  TAG,
} from './document-fixtures.js'

/** What a document store does for many callers at once. */
export function describeDocumentRaces(kit: PortKit<DocumentStore>): void {
  const { settings } = kit
  kit.describe('races', () => {
    for (const callers of settings.callers) describeRacesOf(callers, kit)
    describeRacesWithRemoval(kit)
  })
}

const toWinners = (outcomes: readonly { readonly outcome: string }[]): readonly number[] =>
  outcomes.flatMap(({ outcome }, caller) => (outcome === 'stored' || outcome === 'removed' ? [caller] : []))

function describeRacesOf(callers: number, { it }: PortKit<DocumentStore>): void {
  it(`of ${callers} creations have one that is stored`, async (store, { race }) => {
    const outcomes = await race(callers, (way, caller) =>
      putDocument(way, { writeId: `write-${caller}`, value: { caller }, tags: [TAG, `caller:${caller}`] }),
    )
    const winners = toWinners(outcomes)
    expect(winners.length).toEqual(1)
    expect(await findDocument(store)).toMatch({ version: 1, value: { caller: winners[0] } })
    expect(await listIds(store)).toEqual(['document-1'])
    for (let caller = 0; caller < Math.min(callers, 5); caller += 1) {
      const isWinner = caller === winners[0]
      expect(await listIds(store, { tag: `caller:${caller}` })).toEqual(isWinner ? ['document-1'] : [])
    }
  })

  it(`of ${callers} creations in the place of an expired one have one that is stored`, async (store, {
    race,
  }) => {
    await putDocument(store)
    await replaceDocument(store, 1)
    const outcomes = await race(callers, (way, caller) =>
      putDocument(way, { writeId: `next-${caller}`, value: { caller }, now: END, expiresAt: END + 9 }),
    )
    const winners = toWinners(outcomes)
    expect(winners.length).toEqual(1)
    expect(await findDocument(store, END)).toMatch({ version: 1, value: { caller: winners[0] } })
  })

  it(`of ${callers} replacements of one version have one that is stored`, async (store, { race }) => {
    await putDocument(store)
    const outcomes = await race(callers, (way, caller) =>
      replaceDocument(way, 1, { writeId: `next-${caller}`, value: { caller } }),
    )
    const winners = toWinners(outcomes)
    expect(winners.length).toEqual(1)
    expect(await findDocument(store)).toMatch({ version: 2, value: { caller: winners[0] } })
  })

  it(`of ${callers} repeats of one attempt agree`, async (store, { race }) => {
    for (const outcome of await race(callers, way => putDocument(way))) {
      expect(outcome).toEqual({ outcome: 'stored', version: 1 })
    }
    for (const outcome of await race(callers, way => replaceDocument(way, 1))) {
      expect(outcome).toEqual({ outcome: 'stored', version: 2 })
    }
    expect(await findDocument(store)).toMatch({ version: 2 })
    expect(await listIds(store)).toEqual(['document-1'])
  })

  it(`of ${callers} removals have one that removes`, async (store, { race }) => {
    await putDocument(store)
    const outcomes = await race(callers, way => way.remove({ ...KEY, now: NOW }))
    expect(toWinners(outcomes).length).toEqual(1)
    expect(await findDocument(store)).toBeAbsent()
  })
}

function describeRacesWithRemoval({ it }: PortKit<DocumentStore>): void {
  it('of replacements and removals of one version have one winner', async (store, { race }) => {
    for (let round = 0; round < 10; round += 1) {
      const key = { ...KEY, id: `document-${round}` }
      await putDocument(store, key)
      const outcomes = await race<{ readonly outcome: string }>(20, (way, caller) =>
        caller % 2 === 0
          ? replaceDocument(way, 1, { ...key, writeId: `next-${caller}` })
          : way.remove({ ...key, expectedVersion: 1, now: NOW }),
      )
      const winners = toWinners(outcomes)
      expect(winners.length).toEqual(1)
      const isReplaced = Number(winners[0]) % 2 === 0
      expect((await store.find({ ...key, now: NOW }))?.version).toEqual(isReplaced ? 2 : undefined)
      expect((await listIds(store, { limit: 100 })).includes(key.id)).toEqual(isReplaced)
    }
  })

  it('of everything with a removal never undo it', async (store, { race }) => {
    await putDocument(store)
    await race(40, async (way, caller) => {
      if (caller === 20) {
        expect(await way.remove({ ...KEY, now: NOW })).toEqual({ outcome: 'removed' })
        expect(await findDocument(store)).toBeAbsent()
      } else {
        const version = (await findDocument(way))?.version
        if (version !== undefined) await replaceDocument(way, version, { writeId: `next-${caller}` })
      }
    })
    expect(await findDocument(store)).toBeAbsent()
    expect(await listIds(store)).toEqual([])
  })

  it('of creations and removals in turn leave what can be found in its list', async (store, { race }) => {
    for (let round = 0; round < 5; round += 1) {
      await race<unknown>(30, (way, caller) =>
        caller % 3 === 0
          ? way.remove({ ...KEY, now: NOW })
          : way.put(
              lastingPutCommand({ writeId: `write-${round}-${caller}`, tags: [TAG, `odd:${caller % 2}`] }),
            ),
      )
      const found = await findDocument(store)
      expect(await listIds(store)).toEqual(found === undefined ? [] : ['document-1'])
      for (const tag of found?.tags ?? []) expect(await listIds(store, { tag })).toEqual(['document-1'])
      expect(await store.removeAll({ namespace: 'factor', tag: TAG, now: NOW })).toEqual({
        removed: found === undefined ? 0 : 1,
      })
      expect(await findDocument(store)).toBeAbsent()
    }
  })

  it('of replacements that change tags leave what can be found in its lists', async (store, { race }) => {
    await store.put(lastingPutCommand({ tags: ['even'] }))
    await race(30, async (way, caller) => {
      const version = (await findDocument(way))?.version ?? 0
      const tags = caller % 2 === 0 ? ['even'] : ['odd']
      return way.put(
        lastingPutCommand({ tags, expectedVersion: version, writeId: `next-${caller}`, now: NOW }),
      )
    })
    const [tag = ''] = (await findDocument(store))?.tags ?? []
    expect(await listIds(store, { tag })).toEqual(['document-1'])
    expect(await listIds(store, { tag: tag === 'even' ? 'odd' : 'even' })).toEqual([])
  })

  it('of creations with a deletion of all end with the next deletion at the latest', async (store, {
    race,
  }) => {
    for (let count = 0; count < 10; count += 1) await putDocument(store, { id: `before-${count}` })
    const outcomes = await race(20, async (way, caller) => {
      if (caller !== 5) return putDocument(way, { id: `during-${caller}` })
      return way.removeAll({ namespace: 'factor', tag: TAG, now: NOW })
    })
    const removed = outcomes.reduce((sum, outcome) => sum + ('removed' in outcome ? outcome.removed : 0), 0)
    const left = await listIds(store, { limit: 100 })
    expect(left.filter(id => id.startsWith('before'))).toEqual([])
    expect(left.length).toEqual(29 - removed)
    expect(await store.removeAll({ namespace: 'factor', tag: TAG, now: NOW })).toEqual({
      removed: left.length,
    })
  })

  it('of deletions of all count each document once', async (store, { race }) => {
    for (let count = 0; count < 30; count += 1) {
      // two tags in turn, so that two deletions meet in any order
      await putDocument(store, { id: `document-${count}`, tags: [TAG, 'other'] })
    }
    const outcomes = await race(10, (way, caller) =>
      way.removeAll({ namespace: 'factor', tag: caller % 2 === 0 ? TAG : 'other', now: NOW }),
    )
    expect(outcomes.reduce((sum, { removed }) => sum + removed, 0)).toEqual(30)
    expect(await listIds(store)).toEqual([])
  })
}
