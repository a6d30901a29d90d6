import type { SessionStore } from '@authcore/core/ports'
import { expect, expectRefusals } from '../expect.js'
import {
  BROKEN_TEXTS,
  HOSTILE_JSON,
  HOSTILE_TEXTS,
  NOT_INSTANTS,
  NOT_STRINGS,
  SECOND,
  START,
  sessionRecord,
  untyped,
} from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import { insertSession, REVOKE, rotation } from './session-fixtures.js'

const LIST = { subject: 'user-1', now: START, limit: 10 } as const

/** What a session store does with values that were chosen to break it. */
export function describeHostileSessions(kit: PortKit<SessionStore>): void {
  const { it } = kit
  kit.describe('hostile values', () => {
    it('are ordinary ids and subjects', async store => {
      for (const id of HOSTILE_TEXTS) await insertSession(store, { id, subject: id })
      for (const id of HOSTILE_TEXTS) {
        const session = sessionRecord({ id, subject: id })
        expect(await store.find({ id, now: START })).toEqual(session)
        expect(await store.list({ ...LIST, subject: id })).toEqual([session])
        expect(await store.rotate(rotation(0, { id }))).toMatch({ outcome: 'rotated', session: { id } })
      }
      for (const id of HOSTILE_TEXTS) {
        const now = START + SECOND
        expect(await store.revoke({ ...REVOKE, id, subject: `${id}'`, now })).toEqual({ found: false })
        expect(await store.revokeAll({ ...REVOKE, subject: id, exceptId: id, now })).toEqual({ ids: [] })
        expect(await store.revoke({ ...REVOKE, id, subject: id, now })).toEqual({ found: true })
        expect(await store.revokeAll({ ...REVOKE, subject: id, now })).toEqual({ ids: [id] })
      }
    })

    it('are ordinary in every other field', async store => {
      for (const [index, text] of HOSTILE_TEXTS.entries()) {
        const session = await insertSession(store, {
          id: `session-${index}`,
          clientId: text,
          scope: [text, text],
          roles: [text],
          amr: [text],
          acr: text,
          label: text,
          currentHash: text,
          confirmation: { jkt: text },
          claims: { text, [text]: text },
        })
        expect(await store.find({ id: session.id, now: START })).toEqual(session)
        const command = rotation(0, { id: session.id, presentedHash: text, sealedSuccessor: text })
        expect(await store.rotate(command)).toMatch({
          outcome: 'rotated',
          session: { sealedSuccessor: text },
        })
      }
    })

    it('are ordinary claims, and reach no prototype', async store => {
      const session = await insertSession(store, { claims: HOSTILE_JSON })
      expect(await store.find({ id: session.id, now: START })).toEqual(session)
      await store.rotate(rotation(0))
      expect((await store.find({ id: session.id, now: START }))?.claims).toEqual(HOSTILE_JSON)
      expect(untyped<{ admin?: unknown }>({}).admin).toBeAbsent()
    })

    it('keep lists in their order, also long ones', async store => {
      const scope = Array.from({ length: 300 }, (_, index) => `scope-${(index * 7) % 300}`)
      const session = await insertSession(store, { scope })
      expect((await store.find({ id: session.id, now: START }))?.scope).toEqual(scope)
    })

    it('are refused when they are no strings, before anything is touched', async store => {
      const session = await insertSession(store)
      for (const value of [...NOT_STRINGS, ...BROKEN_TEXTS]) await expectRefusals(callsWithText(store, value))
      expect(await store.list(LIST)).toEqual([session])
      expect(await store.find({ id: 'new', now: START })).toBeAbsent()
    })

    it('are refused where a field of a record has another type', async store => {
      const fields: readonly Readonly<Record<string, unknown>>[] = [
        { scope: 'read' },
        { scope: [{}] },
        { scope: undefined },
        { roles: { 0: 'a' } },
        { amr: [1] },
        { claims: [] },
        { claims: 'text' },
        { claims: null },
        { claims: { at: new Date(0) } },
        { claims: { n: Number.NaN } },
        { generation: -1 },
        { generation: 0.5 },
        { generation: '0' },
        { label: {} },
        { clientId: { $ne: '' } },
        { createdAt: 'now' },
        { absoluteExpiresAt: Number.POSITIVE_INFINITY },
        { claims: { text: '\ud800' } },
      ]
      await expectRefusals(
        fields.map(field => () => store.insert({ session: sessionRecord(untyped(field)), now: START })),
      )
      expect(await store.find({ id: 'session-1', now: START })).toBeAbsent()
    })

    it('are refused as instants and counts', async store => {
      const session = await insertSession(store)
      for (const value of NOT_INSTANTS) await expectRefusals(callsWithNumber(store, untyped(value)))
      await expectRefusals([
        () => store.rotate(rotation(0, { graceSeconds: -1 })),
        () => store.rotate(rotation(-1)),
        () => store.rotate(rotation(0.5)),
        () => store.list({ ...LIST, limit: -1 }),
        () => store.list({ ...LIST, limit: 1.5 }),
        () => store.sweep({ now: START, limit: -1 }),
      ])
      expect(await store.find({ id: 'session-1', now: START })).toEqual(session)
    })
  })
}

function callsWithText(store: SessionStore, value: unknown): readonly (() => unknown)[] {
  const text = untyped<string>(value)
  const calls = [
    () => store.find({ id: text, now: START }),
    () => store.insert({ session: sessionRecord({ id: text }), now: START }),
    () => store.insert({ session: sessionRecord({ id: 'new', subject: text }), now: START }),
    () => store.insert({ session: sessionRecord({ id: 'new', currentHash: text }), now: START }),
    () => store.rotate(rotation(0, { id: text })),
    () => store.rotate(rotation(0, { presentedHash: text })),
    () => store.rotate(rotation(0, { successorHash: text })),
    () => store.rotate(rotation(0, { sealedSuccessor: text })),
    () => store.revoke({ ...REVOKE, id: text }),
    () => store.revoke({ ...REVOKE, reason: untyped(text) }),
    () => store.revokeAll({ ...REVOKE, subject: text }),
    () => store.list({ ...LIST, subject: text }),
  ]
  // what is left out is not malformed
  if (value === undefined) return calls
  return [
    ...calls,
    () => store.revoke({ ...REVOKE, subject: text }),
    () => store.revokeAll({ ...REVOKE, subject: 'user-1', exceptId: text }),
  ]
}

function callsWithNumber(store: SessionStore, value: number): readonly (() => unknown)[] {
  return [
    () => store.find({ id: 'session-1', now: value }),
    () => store.insert({ session: sessionRecord({ id: 'new' }), now: value }),
    () => store.rotate({ ...rotation(0), now: value }),
    () => store.rotate({ ...rotation(0), idleExpiresAt: value }),
    () => store.rotate({ ...rotation(0), graceSeconds: value }),
    () => store.rotate({ ...rotation(0), presentedGeneration: value }),
    () => store.revoke({ ...REVOKE, now: value }),
    () => store.revokeAll({ ...REVOKE, subject: 'user-1', now: value }),
    () => store.list({ ...LIST, now: value }),
    () => store.list({ ...LIST, limit: value }),
    () => store.sweep({ now: value, limit: 1 }),
    () => store.sweep({ now: START, limit: value }),
  ]
}
