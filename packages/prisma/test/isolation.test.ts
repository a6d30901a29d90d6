import type { RotateSessionOutcome } from '@authcore/core/ports'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { describeWithPostgres } from './setup/describe-with-postgres.js'
import { apiKeyRecord, putCommand, rotation, START, sessionRecord } from './setup/fixtures.js'
import { openPostgres, type PostgresInstance } from './setup/postgres.js'

const CALLERS = Array.from({ length: 50 }, (_, caller) => caller)

await describeWithPostgres('default_transaction_isolation', server => {
  describe.each(['read committed', 'repeatable read', 'serializable'] as const)('%s', isolation => {
    let database: PostgresInstance
    beforeAll(async () => {
      database = await openPostgres(server, { isolation })
    })
    afterAll(() => database.end())
    beforeEach(() => database.empty())

    it('never forks a session: one rotates, the others get its successor', async () => {
      const { sessions } = database.stores
      await sessions.insert({ session: sessionRecord(), now: START })
      const outcomes = await settle(
        CALLERS.map(caller =>
          sessions.rotate(rotation(0, { successorHash: `${caller}`, sealedSuccessor: `sealed ${caller}` })),
        ),
      )
      const current = await sessions.find({ id: 'session-1', now: START })
      expect(current).toMatchObject({ generation: 1, sealedSuccessor: `sealed ${current?.currentHash}` })
      expect(count(outcomes, 'rotated')).toBe(1)
      expect(count(outcomes, 'rotated') + count(outcomes, 'replayed')).toBe(outcomes.length)
      for (const outcome of outcomes) expect(outcome).toMatchObject({ session: current })
    })

    it('never grants a use twice', async () => {
      const { apiKeys } = database.stores
      await apiKeys.insert({ apiKey: apiKeyRecord({ remainingUses: 20 }), now: START })
      const outcomes = await settle(CALLERS.map(() => apiKeys.consumeUse({ id: 'live_1', now: START })))
      const left = (await apiKeys.find({ id: 'live_1', now: START }))?.remainingUses ?? 20
      const consumed = outcomes.flatMap(outcome =>
        outcome.outcome === 'consumed' ? [outcome.remainingUses] : [],
      )
      expect(new Set(consumed).size).toBe(consumed.length)
      expect(consumed.length).toBe(20 - left)
    })

    it('never stores two documents for one version', async () => {
      const { documents } = database.stores
      for (const expectedVersion of [0, 1]) {
        const outcomes = await settle(
          CALLERS.map(caller => documents.put(putCommand({ expectedVersion, writeId: `write-${caller}` }))),
        )
        expect(outcomes.filter(({ outcome }) => outcome === 'stored').length).toBeLessThanOrEqual(1)
        const found = await documents.find({ namespace: 'factor', id: 'document-1', now: START })
        expect(found?.version).toBe(expectedVersion + 1)
      }
    })

    async function settle<Outcome>(calls: readonly Promise<Outcome>[]): Promise<readonly Outcome[]> {
      const settled = await Promise.allSettled(calls)
      const outcomes = settled.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
      const refused = settled.flatMap(result => (result.status === 'rejected' ? [result.reason] : []))
      // above the default a caller may be told to come again; it is the only error there is
      for (const reason of refused) expect(String(reason)).toContain('40001')
      if (isolation === 'read committed') expect(refused).toEqual([])
      return outcomes
    }
  })
})

function count(outcomes: readonly RotateSessionOutcome[], wanted: RotateSessionOutcome['outcome']): number {
  return outcomes.filter(({ outcome }) => outcome === wanted).length
}
