import type { RotateSessionOutcome, SessionStore } from '@authcore/core/ports'
import { expect } from '../expect.js'
import { MINUTE, SECOND, START, sessionRecord } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import { insertSession, REVOKE, rotation } from './session-fixtures.js'

const NOW = START + SECOND
const LIST = { subject: 'user-1', now: NOW, limit: 1000 } as const

/** What a session store does for many callers at once. */
export function describeSessionRaces(kit: PortKit<SessionStore>): void {
  const { it, settings } = kit
  kit.describe('races', () => {
    for (const callers of settings.callers) {
      it(`of ${callers} on one token have one that rotates; the others get its successor`, async (store, {
        race,
      }) => {
        await insertSession(store)
        const outcomes = await race(callers, (way, caller) =>
          way.rotate(
            rotation(0, { successorHash: `hash-of-${caller}`, sealedSuccessor: `sealed-of-${caller}` }),
          ),
        )
        expect(countOutcomes(outcomes)).toEqual({ rotated: 1, ...(callers > 1 && { replayed: callers - 1 }) })
        const session = await store.find({ id: 'session-1', now: NOW })
        const winner = outcomes.findIndex(({ outcome }) => outcome === 'rotated')
        expect(session).toMatch({ generation: 1, currentHash: `hash-of-${winner}` })
        for (const outcome of outcomes) expect(outcome).toMatch({ session })
      })

      it(`of ${callers} on one old token are one theft`, async (store, { race }) => {
        await insertSession(store)
        await store.rotate(rotation(0))
        const now = NOW + 10 * SECOND
        const outcomes = await race(callers, way => way.rotate(rotation(0, { now })))
        expect(countOutcomes(outcomes)).toEqual({ reused: 1, ...(callers > 1 && { revoked: callers - 1 }) })
        expect(await store.rotate(rotation(1, { now }))).toMatch({ outcome: 'revoked' })
      })

      it(`of ${callers} refreshes with a revocation leave nothing alive once it has answered`, async (store, {
        race,
      }) => {
        await insertSession(store)
        const generation = { current: 0 }
        await race(callers, async (way, caller) => {
          if (caller !== callers >> 1) {
            const outcome = await way.rotate(rotation(generation.current))
            if (outcome.outcome === 'rotated') generation.current = outcome.session.generation
            return
          }
          expect(await way.revoke({ ...REVOKE, now: NOW })).toEqual({ found: true })
          await expectEnded(store)
        })
        await expectEnded(store)
      })
    }

    it('of slides in place with one claim leave nothing that the token opens', async (store, { race }) => {
      await insertSession(store)
      const slide = rotation(0, { successorHash: 'hash-0', sealedSuccessor: '', graceSeconds: 0 })
      const outcomes = await race(40, (way, caller) =>
        way.rotate(caller % 20 === 10 ? { ...slide, successorHash: `claim-of-${caller}` } : slide),
      )
      const winners = [10, 30].filter(caller => outcomes[caller]?.outcome === 'rotated')
      expect(winners.length).toEqual(1)
      expect(await store.rotate({ ...slide, now: NOW + 1 })).toMatch({ outcome: 'revoked' })
      expect((await store.find({ id: 'session-1', now: NOW }))?.currentHash).toEqual(`claim-of-${winners[0]}`)
    })

    it('of an insert that is repeated do not undo a revocation', async (store, { race }) => {
      await insertSession(store)
      await race(40, async (way, caller) => {
        if (caller % 2 === 0) await way.insert({ session: sessionRecord(), now: NOW })
        else await way.revoke({ ...REVOKE, now: NOW })
      })
      await expectEnded(store)
    })

    it('of inserts with one id have one winner', async (store, { race }) => {
      await race(20, (way, caller) =>
        way.insert({
          session: sessionRecord({ subject: `user-${caller}`, currentHash: `hash-of-${caller}` }),
          now: START,
        }),
      )
      const session = await store.find({ id: 'session-1', now: START })
      expect(session).toBePresent()
      for (let caller = 0; caller < 20; caller += 1) {
        const subject = `user-${caller}`
        const listed = await store.list({ ...LIST, subject, now: START })
        expect(listed).toEqual(session?.subject === subject ? [session] : [])
      }
    })

    it('of revokeAll with refreshes and new sessions end every session that was there before', async (store, {
      race,
    }) => {
      const ids = Array.from({ length: 12 }, (_, index) => `old-${index}`)
      for (const id of ids) await insertSession(store, { id })
      await race(37, async (way, caller) => {
        const id = ids[caller % 12] ?? ''
        if (caller === 18) {
          const revoked = await way.revokeAll({ subject: 'user-1', reason: 'subject_revoked', now: NOW })
          expect(ids.filter(old => !revoked.ids.includes(old))).toEqual([])
        } else if (caller < 18) {
          await way.rotate(rotation(0, { id }))
        } else {
          await way.insert({ session: sessionRecord({ id: `new-${caller}` }), now: NOW })
        }
      })
      for (const id of ids) expect(await store.rotate(rotation(1, { id }))).toMatch({ outcome: 'revoked' })
      const listed = await store.list(LIST)
      expect(listed.filter(({ id }) => ids.includes(id))).toEqual([])
    })

    it('of the owner with a thief end with at most one live successor', async (store, { race }) => {
      await insertSession(store)
      await store.rotate(rotation(0))
      await store.rotate(rotation(1))
      const outcomes = await race(20, (way, caller) => way.rotate(rotation(caller % 3)))
      expect(outcomes.filter(({ outcome }) => outcome === 'rotated').length).toBeAtMost(1)
      expect(outcomes.filter(({ outcome }) => outcome === 'reused').length).toEqual(1)
      await expectEnded(store)
    })

    it('of sweeps with refreshes delete nothing that is alive', async (store, { race }) => {
      for (let index = 0; index < 10; index += 1) await insertSession(store, { id: `session-${index}` })
      await race(30, async (way, caller) => {
        const now = START + MINUTE - 1
        if (caller % 3 === 0) await way.sweep({ now, limit: 100 })
        else await way.rotate(rotation(0, { id: `session-${caller % 10}`, now }))
      })
      await store.sweep({ now: START + MINUTE - 1, limit: 100 })
      for (let index = 0; index < 10; index += 1) {
        expect(await store.find({ id: `session-${index}`, now: START + MINUTE - 1 })).toBePresent()
      }
    })
  })
}

async function expectEnded(store: SessionStore): Promise<void> {
  const session = await store.find({ id: 'session-1', now: NOW })
  expect(session?.revokedAt).toEqual(NOW)
  expect(await store.list(LIST)).toEqual([])
  const outcome = await store.rotate({
    ...rotation(session?.generation ?? 0),
    presentedHash: session?.currentHash ?? '',
  })
  expect(outcome).toEqual({ outcome: 'revoked', session })
}

function countOutcomes(outcomes: readonly RotateSessionOutcome[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { outcome } of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}
