import type { RateLimitCommand, RateLimitStore } from '@authcore/core/ports'
import { expect, expectRefusals } from '../expect.js'
import {
  BROKEN_TEXTS,
  HOSTILE_TEXTS,
  HOUR,
  MINUTE,
  NOT_INSTANTS,
  NOT_STRINGS,
  PAST,
  START,
  untyped,
} from '../fixtures.js'
import type { PortKit } from '../port-kit.js'

function attempt(fields: Partial<RateLimitCommand> = {}): RateLimitCommand {
  return { key: 'login:user-1', limit: 5, windowSeconds: 60, cost: 1, now: START, ...fields }
}

/** The contract of a rate limit store. */
export function describeRateLimitStore(kit: PortKit<RateLimitStore>): void {
  kit.describe('take', () => describeTake(kit))
  kit.describe('reset', () => describeReset(kit))
  kit.describe('sweep', () => describeSweep(kit))
  kit.describe('hostile values', () => describeHostile(kit))
  kit.describe('races', () => describeRaces(kit))
}

function describeTake({ it }: PortKit<RateLimitStore>): void {
  it('lets the limit pass at once, then one per interval', async store => {
    for (const remaining of [4, 3, 2, 1, 0]) {
      expect(await store.take(attempt())).toEqual({
        allowed: true,
        remaining,
        retryAfterMs: 0,
        resetAfterMs: (5 - remaining) * 12_000,
      })
    }
    const refused = { allowed: false, remaining: 0, retryAfterMs: 12_000, resetAfterMs: MINUTE }
    expect(await store.take(attempt())).toEqual(refused)
    expect(await store.take(attempt())).toEqual(refused)
    const late = { allowed: false, remaining: 0, retryAfterMs: 1, resetAfterMs: 48_001 }
    expect(await store.take(attempt({ now: START + 11_999 }))).toEqual(late)
    const passed = { allowed: true, remaining: 0, retryAfterMs: 0, resetAfterMs: MINUTE }
    expect(await store.take(attempt({ now: START + 12_000 }))).toEqual(passed)
    expect(await store.take(attempt({ now: START + 12_000 }))).toMatch({ allowed: false })
  })

  it('costs nothing when it refuses', async store => {
    await store.take(attempt({ cost: 3 }))
    for (let time = 0; time < 3; time += 1) {
      expect(await store.take(attempt({ cost: 3 }))).toEqual({
        allowed: false,
        remaining: 2,
        retryAfterMs: 12_000,
        resetAfterMs: 36_000,
      })
    }
    expect(await store.take(attempt({ cost: 2 }))).toMatch({ allowed: true, remaining: 0 })
  })

  it('asks only with cost 0', async store => {
    const untouched = { allowed: true, remaining: 5, retryAfterMs: 0, resetAfterMs: 0 }
    expect(await store.take(attempt({ cost: 0 }))).toEqual(untouched)
    await store.take(attempt({ cost: 5 }))
    const used = { allowed: true, remaining: 0, retryAfterMs: 0, resetAfterMs: MINUTE }
    expect(await store.take(attempt({ cost: 0 }))).toEqual(used)
    expect(await store.take(attempt({ cost: 0 }))).toEqual(used)
    expect(await store.take(attempt({ cost: 0, now: START + MINUTE }))).toEqual(untouched)
  })

  it('does not drift when the interval is no whole number of milliseconds', async store => {
    const command = attempt({ limit: 3, windowSeconds: 10 })
    await store.take({ ...command, cost: 3 })
    for (let count = 1; count <= 200; count += 1) {
      const now = START + Math.ceil((count * 10_000) / 3)
      expect((await store.take({ ...command, now: now - 1 })).allowed).toEqual(false)
      expect((await store.take({ ...command, now })).allowed).toEqual(true)
    }
  })

  it('goes on from what was used when the limit of a key changes', async store => {
    await store.take(attempt({ limit: 3, windowSeconds: 60, cost: 1 }))
    expect(await store.take(attempt({ limit: 10, windowSeconds: 60, cost: 0 }))).toMatch({
      remaining: 6,
      resetAfterMs: 20_000,
    })
    await store.take(attempt({ limit: 100, windowSeconds: 3600, cost: 100, now: START + MINUTE }))
    expect(await store.take(attempt({ now: START + MINUTE }))).toMatch({ allowed: false, remaining: 0 })
  })

  it('is never laxer than before when the limit of a key changes to one of other fractions', async store => {
    await store.take(attempt({ limit: 3, windowSeconds: 1, cost: 1 }))
    expect(await store.take(attempt({ limit: 10, windowSeconds: 1, cost: 0 }))).toMatch({
      remaining: 6,
      resetAfterMs: 334,
    })
  })

  it('is exact for the largest limit of a day', async store => {
    const limit = Number.MAX_SAFE_INTEGER
    const command = attempt({ limit, windowSeconds: 86_400 })
    expect(await store.take({ ...command, cost: 1 })).toMatch({ remaining: limit - 1 })
    expect(await store.take({ ...command, cost: limit })).toMatch({ allowed: false, retryAfterMs: 1 })
    expect(await store.take({ ...command, cost: limit - 1 })).toMatch({ allowed: true, remaining: 0 })
    expect(await store.take({ ...command, cost: 1 })).toMatch({ allowed: false, retryAfterMs: 1 })
  })

  it('goes by the clock of the caller: in the past, and at and before the epoch', async store => {
    for (const now of [-1_000_000, -1, 0, PAST]) {
      const key = `at ${now}`
      expect(await store.take(attempt({ key, limit: 7, now }))).toEqual({
        allowed: true,
        remaining: 6,
        retryAfterMs: 0,
        resetAfterMs: 8572,
      })
      expect(await store.take(attempt({ key, limit: 7, cost: 7, now }))).toMatch({ allowed: false })
    }
  })

  it('takes a clock that steps back for what it says', async store => {
    await store.take(attempt({ cost: 5 }))
    expect(await store.take(attempt({ now: START - 1000 }))).toEqual({
      allowed: false,
      remaining: 0,
      retryAfterMs: 13_000,
      resetAfterMs: 61_000,
    })
  })
}

function describeReset({ it }: PortKit<RateLimitStore>): void {
  it('forgets one key', async store => {
    await store.take(attempt({ cost: 5 }))
    await store.take(attempt({ key: 'other', cost: 5 }))
    await store.reset({ key: 'login:user-1', now: START })
    await store.reset({ key: 'unknown', now: START })
    expect(await store.take(attempt({ cost: 5 }))).toMatch({ allowed: true })
    expect(await store.take(attempt({ key: 'other' }))).toMatch({ allowed: false })
  })

  it('may be repeated', async store => {
    await store.take(attempt({ cost: 5 }))
    await store.reset({ key: 'login:user-1', now: START })
    await store.reset({ key: 'login:user-1', now: START })
    expect(await store.take(attempt({ cost: 0 }))).toMatch({ remaining: 5, resetAfterMs: 0 })
  })
}

function describeSweep({ it, isSweeping }: PortKit<RateLimitStore>): void {
  const insertOld = async (store: RateLimitStore): Promise<void> => {
    for (let count = 0; count < 5; count += 1) await store.take(attempt({ key: `old-${count}` }))
    await store.take(attempt({ cost: 5 }))
  }

  if (isSweeping) {
    it('deletes untouched keys in batches and nothing else', async store => {
      await insertOld(store)
      expect(await store.sweep({ now: START + 11_999, limit: 10 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now: START + 12_000, limit: 0 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now: START + 12_000, limit: 2 })).toEqual({ removed: 2 })
      expect(await store.sweep({ now: START + 12_000, limit: 10 })).toEqual({ removed: 3 })
      expect(await store.take(attempt({ cost: 2, now: START + 12_000 }))).toMatch({ allowed: false })
    })
  } else {
    it('leaves deleting to the database, and touched keys alone', async store => {
      await insertOld(store)
      expect((await store.sweep({ now: START + 12_000, limit: 2 })).removed).toBeAtMost(2)
      expect(await store.take(attempt({ cost: 2, now: START + 12_000 }))).toMatch({ allowed: false })
    })
  }
}

function describeHostile({ it }: PortKit<RateLimitStore>): void {
  it('are ordinary keys', async store => {
    for (const key of HOSTILE_TEXTS) {
      expect(await store.take(attempt({ key, cost: 5 }))).toMatch({ allowed: true })
      expect(await store.take(attempt({ key }))).toMatch({ allowed: false })
    }
    for (const key of HOSTILE_TEXTS) {
      await store.reset({ key, now: START })
      expect(await store.take(attempt({ key, cost: 5 }))).toMatch({ allowed: true })
    }
  })

  it('are refused, before anything is touched', async store => {
    const fields: readonly Readonly<Record<string, unknown>>[] = [
      ...[...NOT_STRINGS, ...BROKEN_TEXTS].map(key => ({ key })),
      ...NOT_INSTANTS.map(now => ({ now })),
      ...[0, -1, 1.5, Number.NaN, '5', {}].map(limit => ({ limit })),
      ...[6, -1, 0.5, '1', null, {}].map(cost => ({ cost })),
      ...[0, -1, 0.0001, Number.POSITIVE_INFINITY, '60', {}].map(windowSeconds => ({ windowSeconds })),
    ]
    await expectRefusals([
      ...fields.map(field => () => store.take({ ...attempt(), ...field })),
      ...[...NOT_STRINGS, ...BROKEN_TEXTS].map(key => () => store.reset({ key: untyped(key), now: START })),
      ...NOT_INSTANTS.map(now => () => store.reset({ key: 'k', now: untyped(now) })),
      ...NOT_INSTANTS.map(now => () => store.sweep({ now: untyped(now), limit: 1 })),
      () => store.sweep({ now: START, limit: -1 }),
      () => store.sweep({ now: START, limit: untyped('1') }),
    ])
    expect(await store.take(attempt({ cost: 0 }))).toMatch({ remaining: 5 })
  })
}

function describeRaces({ it, settings }: PortKit<RateLimitStore>): void {
  for (const callers of settings.callers) {
    it(`of ${callers} let exactly the limit pass`, async (store, { race }) => {
      const limit = Math.ceil(callers / 4)
      const outcomes = await race(callers, way => way.take(attempt({ limit, windowSeconds: 3600 })))
      const remaining = outcomes.flatMap(outcome => (outcome.allowed ? [outcome.remaining] : []))
      expect(remaining.toSorted((one, other) => one - other)).toEqual(
        Array.from({ length: limit }, (_, index) => index),
      )
      expect(await store.take(attempt({ limit, windowSeconds: 3600, cost: 0 }))).toMatch({
        remaining: 0,
        resetAfterMs: HOUR,
      })
    })
  }

  it('of attempts of different costs never pass more than the limit', async (store, { race }) => {
    const outcomes = await race(60, async (way, caller) => {
      const cost = (caller % 3) + 1
      const { allowed } = await way.take(attempt({ limit: 20, windowSeconds: 3600, cost }))
      return allowed ? cost : 0
    })
    const passed = outcomes.reduce((sum: number, cost) => sum + cost, 0)
    expect(await store.take(attempt({ limit: 20, windowSeconds: 3600, cost: 0 }))).toMatch({
      remaining: 20 - passed,
    })
    // a refused attempt costs nothing, so one of cost 1 can be refused only when nothing is left
    expect(passed).toEqual(20)
  })
}
