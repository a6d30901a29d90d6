import type { RevocationEntry, RevocationKind, RevocationStore } from '@authcore/core/ports'
import { expect, expectRefusals } from '../expect.js'
import {
  BROKEN_TEXTS,
  HOSTILE_TEXTS,
  HOUR,
  MINUTE,
  NOT_INSTANTS,
  NOT_STRINGS,
  PAST,
  SECOND,
  START,
  sessionRecord,
  untyped,
} from '../fixtures.js'
import { type PortKit, requireStore } from '../port-kit.js'
import { GRACE_SECONDS, REVOKE, rotation } from './session-fixtures.js'

const KINDS = ['token', 'session', 'subject', 'client', 'signing_key'] as const
const END = START + MINUTE

function revocation(fields: Partial<RevocationEntry> = {}): RevocationEntry {
  return { kind: 'token', id: 'token-1', revokedAt: START, expiresAt: END, ...fields }
}

const revoke = (store: RevocationStore, ...entries: readonly RevocationEntry[]) =>
  store.revoke({ entries, now: START })

const find = (store: RevocationStore, now: number = START, id = 'token-1', kind: RevocationKind = 'token') =>
  store.find({ marks: [{ kind, id }], now })

/** The contract of a revocation store. */
export function describeRevocationStore(kit: PortKit<RevocationStore>): void {
  kit.describe('revoke and find', () => describeRevoke(kit))
  kit.describe('sweep', () => describeSweep(kit))
  kit.describe('hostile values', () => describeHostile(kit))
  kit.describe('races', () => describeRaces(kit))
  if (kit.settings.only.includes('sessions')) {
    kit.describe('sessions beside it', () => describeSessions(kit))
  }
}

function describeRevoke({ it }: PortKit<RevocationStore>): void {
  it('answers all marks in the order asked', async store => {
    await revoke(
      store,
      revocation({ id: 'a', revokedAt: START + 1 }),
      revocation({ id: 'b', revokedAt: START + 2 }),
    )
    const marks = ['b', 'x', 'a', 'b'].map(id => ({ kind: 'token', id }) as const)
    expect(await store.find({ marks, now: START })).toEqual([START + 2, undefined, START + 1, START + 2])
  })

  it('takes none, one and many', async store => {
    await revoke(store)
    expect(await store.find({ marks: [], now: START })).toEqual([])
    const entries = Array.from({ length: 300 }, (_, index) =>
      revocation({ id: `token-${index}`, revokedAt: START + index }),
    )
    await revoke(store, ...entries)
    const answer = await store.find({ marks: entries.toReversed(), now: START })
    expect(answer).toEqual(entries.map(({ revokedAt }) => revokedAt).toReversed())
  })

  it('keeps kinds apart', async store => {
    for (const revoked of KINDS) {
      await revoke(store, revocation({ kind: revoked, id: `id of ${revoked}` }))
      const marks = KINDS.map(kind => ({ kind, id: `id of ${revoked}` }))
      const answer = await store.find({ marks, now: START })
      expect(answer).toEqual(KINDS.map(kind => (kind === revoked ? START : undefined)))
    }
  })

  it('forgets an entry at the millisecond of its expiry', async store => {
    await revoke(store, revocation())
    expect(await find(store, END - 1)).toEqual([START])
    expect(await find(store, END)).toEqual([undefined])
  })

  it('keeps the later instant and the later expiry, in any order, apart and together', async store => {
    const orders = [
      [revocation({ revokedAt: START + 1 }), revocation({ revokedAt: START + 5, expiresAt: END - 500 })],
      [revocation({ revokedAt: START + 5, expiresAt: END - 500 }), revocation({ revokedAt: START + 1 })],
    ]
    for (const [index, entries] of orders.entries()) {
      for (const entry of entries) await revoke(store, { ...entry, id: `apart-${index}` })
      await revoke(store, ...entries.map(entry => ({ ...entry, id: `together-${index}` })))
      for (const id of [`apart-${index}`, `together-${index}`]) {
        expect(await find(store, END - 1, id)).toEqual([START + 5])
        expect(await find(store, END, id)).toEqual([undefined])
      }
    }
  })

  it('may be repeated', async store => {
    await revoke(store, revocation())
    await revoke(store, revocation())
    expect(await find(store)).toEqual([START])
    expect(await find(store, END)).toEqual([undefined])
  })

  it('takes nothing over from an expired entry', async store => {
    await revoke(store, revocation({ revokedAt: START + 900, expiresAt: START + SECOND }))
    const later = revocation({ revokedAt: START + 100 })
    await store.revoke({ entries: [later], now: START + SECOND })
    expect(await find(store, START + SECOND)).toEqual([START + 100])
  })

  it('keeps nothing that has expired before it came', async store => {
    await revoke(store, revocation({ expiresAt: START }))
    expect(await find(store)).toEqual([undefined])
  })

  it('is not ended early by the clock of the database', async store => {
    await store.revoke({ entries: [revocation({ revokedAt: PAST, expiresAt: PAST + MINUTE })], now: PAST })
    expect(await find(store, PAST + 1)).toEqual([PAST])
  })
}

function describeSweep({ it, isSweeping }: PortKit<RevocationStore>): void {
  const now = START + 20 * SECOND
  const insertOld = async (store: RevocationStore): Promise<void> => {
    const old = Array.from({ length: 5 }, (_, count) =>
      revocation({ id: `old-${count}`, expiresAt: START + 10 * SECOND + count }),
    )
    await revoke(store, ...old, revocation())
  }

  if (isSweeping) {
    it('deletes expired entries in batches and nothing else', async store => {
      await insertOld(store)
      expect(await store.sweep({ now: START + 10 * SECOND - 1, limit: 10 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now, limit: 0 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now, limit: 2 })).toEqual({ removed: 2 })
      expect(await store.sweep({ now, limit: 10 })).toEqual({ removed: 3 })
      expect(await find(store, now)).toEqual([START])
    })
  } else {
    it('leaves deleting to the database, and live entries alone', async store => {
      await insertOld(store)
      expect((await store.sweep({ now, limit: 2 })).removed).toBeAtMost(2)
      expect(await find(store, now)).toEqual([START])
    })
  }
}

function describeHostile({ it }: PortKit<RevocationStore>): void {
  it('are ordinary ids', async store => {
    const entries = KINDS.flatMap((kind, of) =>
      HOSTILE_TEXTS.map((id, index) => revocation({ kind, id, revokedAt: START + index * 10 + of })),
    )
    await revoke(store, ...entries)
    const answer = await store.find({ marks: entries, now: START })
    expect(answer).toEqual(entries.map(({ revokedAt }) => revokedAt))
  })

  it('are refused when they are no strings or unknown kinds, and then nothing is recorded', async store => {
    const malformed = [
      ...[...NOT_STRINGS, ...BROKEN_TEXTS].map(id => revocation({ id: untyped(id) })),
      ...NOT_STRINGS.map(kind => revocation({ kind: untyped(kind) })),
      ...['everything', '__proto__', 'toString', ''].map(kind => revocation({ kind: untyped(kind) })),
    ]
    await expectRefusals([
      ...malformed.map(entry => () => revoke(store, revocation(), entry)),
      ...malformed.map(entry => () => store.find({ marks: [revocation(), entry], now: START })),
    ])
    expect(await find(store)).toEqual([undefined])
  })

  it('are refused as instants and counts', async store => {
    for (const value of NOT_INSTANTS) {
      const now = untyped<number>(value)
      await expectRefusals([
        () => store.revoke({ entries: [revocation()], now }),
        () => revoke(store, revocation(), { ...revocation(), revokedAt: now }),
        () => revoke(store, revocation(), { ...revocation(), expiresAt: now }),
        () => store.find({ marks: [], now }),
        () => store.sweep({ now, limit: 1 }),
        () => store.sweep({ now: START, limit: now }),
      ])
    }
    expect(await find(store)).toEqual([undefined])
  })
}

function describeRaces({ it, settings }: PortKit<RevocationStore>): void {
  for (const callers of settings.callers) {
    it(`of ${callers} revocations end with the latest instant and expiry`, async (store, { race }) => {
      await race(callers, (way, caller) =>
        revoke(
          way,
          revocation({ revokedAt: START + caller, expiresAt: END + ((caller * 7) % callers) }),
          revocation({ kind: 'subject', id: `subject-${caller}` }),
        ),
      )
      expect(await find(store)).toEqual([START + callers - 1])
      const marks = Array.from(
        { length: callers },
        (_, caller) => ({ kind: 'subject', id: `subject-${caller}` }) as const,
      )
      expect(await store.find({ marks, now: START })).toEqual(marks.map(() => START))
    })
  }

  it('of batches in opposite orders do not block each other', async (store, { race }) => {
    const entries = Array.from({ length: 20 }, (_, index) => revocation({ id: `token-${index}` }))
    await race(40, (way, caller) => revoke(way, ...(caller % 2 === 0 ? entries : entries.toReversed())))
    expect(await store.find({ marks: entries, now: START })).toEqual(entries.map(() => START))
  })

  it('of sweeps with revocations lose none', async (store, { race }) => {
    await race(40, async (way, caller) => {
      if (caller % 4 === 0) await way.sweep({ now: START, limit: 10 })
      else await revoke(way, revocation({ id: `token-${caller}` }))
    })
    for (let caller = 1; caller < 40; caller += 4) {
      expect(await find(store, START, `token-${caller}`)).toEqual([START])
    }
  })
}

function describeSessions({ itWithStores, settings }: PortKit<RevocationStore>): void {
  const isShared = settings.capabilities.sharedSessionRevocation
  const marks = [
    { kind: 'session', id: 'session-1' },
    { kind: 'token', id: 'session-1' },
    { kind: 'session', id: 'session-2' },
  ] as const
  const expected = (instant: number) => [isShared ? instant : undefined, undefined, undefined]
  const title = isShared
    ? 'count as revoked as soon as they are ended'
    : 'count as revoked by an entry alone, and not because they ended'

  const endings = [
    ['by a revocation', { ...REVOKE, now: START + 7 }],
    ['by a reuse', rotation(0, { presentedHash: 'stolen', now: START + 7, graceSeconds: GRACE_SECONDS })],
    ['with all of a subject', { subject: 'user-1', reason: 'subject_revoked', now: START + 7 }],
  ] as const
  for (const [ending, command] of endings) {
    itWithStores(`${title}: ${ending}`, async stores => {
      const sessions = requireStore(stores, 'sessions')
      const revocations = requireStore(stores, 'revocations')
      const findAt = (now: number) => revocations.find({ marks, now })
      await sessions.insert({ session: sessionRecord(), now: START })
      expect(await findAt(START)).toEqual([undefined, undefined, undefined])
      if ('presentedHash' in command) await sessions.rotate(command)
      else if ('id' in command) await sessions.revoke(command)
      else await sessions.revokeAll(command)
      expect(await findAt(START + 7)).toEqual(expected(START + 7))
      expect(await findAt(START + HOUR - 1)).toEqual(expected(START + 7))
      expect(await findAt(START + HOUR)).toEqual([undefined, undefined, undefined])
    })
  }

  itWithStores('count with the later instant of session and entry', async stores => {
    const sessions = requireStore(stores, 'sessions')
    const revocations = requireStore(stores, 'revocations')
    const findAt = async (now: number) => (await revocations.find({ marks, now }))[0]
    const mark = (revokedAt: number) =>
      revocations.revoke({
        entries: [{ kind: 'session', id: 'session-1', revokedAt, expiresAt: START + 2 * HOUR }],
        now: START,
      })
    await sessions.insert({ session: sessionRecord(), now: START })
    await mark(START + 3)
    expect(await findAt(START + 5)).toEqual(START + 3)
    await sessions.revoke(REVOKE)
    expect(await findAt(START + 5)).toEqual(isShared ? START + 5 : START + 3)
    await mark(START + 9)
    expect(await findAt(START + 5)).toEqual(START + 9)
    expect(await findAt(START + HOUR)).toEqual(START + 9)
    expect(await findAt(START + 2 * HOUR)).toBeAbsent()
  })

  if (isShared) {
    itWithStores('count as revoked at once for everybody who asks', async (stores, { race }) => {
      await requireStore(stores, 'sessions').insert({ session: sessionRecord(), now: START })
      await race(20, async (way, caller) => {
        if (caller % 2 === 0) await requireStore(way, 'sessions').rotate(rotation(0, { now: START + 5 }))
        else await requireStore(way, 'sessions').revoke(REVOKE)
        if (caller % 2 === 0) return
        const answer = await requireStore(stores, 'revocations').find({ marks, now: START + 5 })
        expect(answer).toEqual(expected(START + 5))
      })
    })
  }
}
