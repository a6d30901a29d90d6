import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RateLimitCommand, RateLimitStore } from '../../../src/ports/rate-limit-store.js'
import { HOSTILE_IDS, NOT_STRINGS, START, type StoreFactory, untyped } from './fixtures.js'

function attempt(fields: Partial<RateLimitCommand> = {}): RateLimitCommand {
  return { key: 'login:user-1', limit: 5, windowSeconds: 60, cost: 1, now: START, ...fields }
}

/** A bucket that refills by the clock: the plain way to say what the limit means, in exact numbers. */
class Bucket {
  readonly #capacity: bigint
  #level: bigint
  #at: number
  /** The level counts parts: `windowMs` parts are one unit, `limit` parts come back each millisecond. */
  constructor(
    readonly limit: number,
    readonly windowMs: number,
    now: number,
  ) {
    this.#capacity = BigInt(limit) * BigInt(windowMs)
    this.#level = this.#capacity
    this.#at = now
  }

  levelAt(now: number): bigint {
    const level = this.#level + BigInt(now - this.#at) * BigInt(this.limit)
    return level > this.#capacity ? this.#capacity : level
  }

  has(cost: number, now: number): boolean {
    return this.levelAt(now) >= BigInt(cost) * BigInt(this.windowMs)
  }

  take(cost: number, now: number): boolean {
    const has = this.has(cost, now)
    this.#level = this.levelAt(now) - (has ? BigInt(cost) * BigInt(this.windowMs) : 0n)
    this.#at = now
    return has
  }

  isFull(now: number): boolean {
    return this.levelAt(now) === this.#capacity
  }
}

const limits = fc.record({
  limit: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 1_000_000 })),
  windowMs: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 86_400_000 })),
})
/** Each attempt by its share of the limit and of the window that passes before it. */
const attempts = fc.array(
  fc.record({
    share: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    pause: fc.oneof(fc.constantFrom(0, 0.1), fc.double({ min: 0, max: 1.2, noNaN: true })),
  }),
  { minLength: 1, maxLength: 40 },
)

/** The contract of a rate limit store. */
export function describeRateLimitStore(name: string, createStore: StoreFactory<RateLimitStore>): void {
  describe(`${name}: take`, () => {
    it('lets the limit pass at once, then one per interval', async () => {
      const store = await createStore()
      for (const remaining of [4, 3, 2, 1, 0]) {
        expect(await store.take(attempt())).toEqual({
          allowed: true,
          remaining,
          retryAfterMs: 0,
          resetAfterMs: (5 - remaining) * 12_000,
        })
      }
      const refused = { allowed: false, remaining: 0, retryAfterMs: 12_000, resetAfterMs: 60_000 }
      expect(await store.take(attempt())).toEqual(refused)
      expect(await store.take(attempt())).toEqual(refused)
      expect(await store.take(attempt({ now: START + 11_999 }))).toMatchObject({
        allowed: false,
        retryAfterMs: 1,
      })
      expect(await store.take(attempt({ now: START + 12_000 }))).toMatchObject({
        allowed: true,
        remaining: 0,
        resetAfterMs: 60_000,
      })
      expect(await store.take(attempt({ now: START + 12_000 }))).toMatchObject({ allowed: false })
    })

    it('asks only with cost 0', async () => {
      const store = await createStore()
      const untouched = { allowed: true, remaining: 5, retryAfterMs: 0, resetAfterMs: 0 }
      expect(await store.take(attempt({ cost: 0 }))).toEqual(untouched)
      await store.take(attempt({ cost: 5 }))
      const used = { allowed: true, remaining: 0, retryAfterMs: 0, resetAfterMs: 60_000 }
      expect(await store.take(attempt({ cost: 0 }))).toEqual(used)
      expect(await store.take(attempt({ cost: 0 }))).toEqual(used)
      expect(await store.take(attempt({ cost: 0, now: START + 60_000 }))).toEqual(untouched)
    })

    it('does not drift when the interval is no whole number of milliseconds', async () => {
      const store = await createStore()
      const command = attempt({ limit: 3, windowSeconds: 1 })
      await store.take({ ...command, cost: 3 })
      for (let count = 1; count <= 3000; count += 1) {
        const now = START + Math.ceil((count * 1000) / 3)
        expect((await store.take({ ...command, now: now - 1 })).allowed).toBe(false)
        expect((await store.take({ ...command, now })).allowed).toBe(true)
      }
    })

    it('never loses a unit in a race', async () => {
      const store = await createStore()
      const outcomes = await Promise.all(Array.from({ length: 30 }, () => store.take(attempt())))
      expect(outcomes.filter(({ allowed }) => allowed)).toHaveLength(5)
    })

    it('keeps keys apart', async () => {
      const store = await createStore()
      for (const key of HOSTILE_IDS) {
        expect(await store.take(attempt({ key, cost: 5 }))).toMatchObject({ allowed: true })
        expect(await store.take(attempt({ key }))).toMatchObject({ allowed: false })
      }
    })

    it('goes on from what was used when the limit of a key changes', async () => {
      const store = await createStore()
      await store.take(attempt({ limit: 3, windowSeconds: 1, cost: 1 }))
      expect(await store.take(attempt({ limit: 10, windowSeconds: 1, cost: 0 }))).toMatchObject({
        remaining: 6,
        resetAfterMs: 334,
      })
      await store.take(attempt({ limit: 1, windowSeconds: 60, cost: 0 }))
      await store.take(attempt({ limit: 100, windowSeconds: 3600, cost: 100, now: START + 2000 }))
      expect(await store.take(attempt({ now: START + 2000 }))).toMatchObject({
        allowed: false,
        remaining: 0,
      })
    })

    it('is exact at the edge of what numbers hold', async () => {
      const store = await createStore()
      const limit = Number.MAX_SAFE_INTEGER
      const command = attempt({ limit, windowSeconds: 86_400 })
      expect(await store.take({ ...command, cost: 1 })).toMatchObject({ remaining: limit - 1 })
      expect(await store.take({ ...command, cost: limit })).toMatchObject({ allowed: false, retryAfterMs: 1 })
      expect(await store.take({ ...command, cost: limit - 1 })).toMatchObject({ allowed: true, remaining: 0 })
    })

    it('works at and before the epoch', async () => {
      const store = await createStore()
      for (const now of [-1_000_000, -1, 0]) {
        await store.reset({ key: 'login:user-1', now })
        const outcome = await store.take(attempt({ limit: 7, now }))
        expect(outcome).toEqual({ allowed: true, remaining: 6, retryAfterMs: 0, resetAfterMs: 8572 })
      }
    })

    it.each([
      { limit: 0 },
      { limit: -1 },
      { limit: 1.5 },
      { limit: Number.NaN },
      { limit: untyped<number>('5') },
      { cost: 6 },
      { cost: -1 },
      { cost: 0.5 },
      { windowSeconds: 0 },
      { windowSeconds: -1 },
      { windowSeconds: 0.0001 },
      { windowSeconds: Number.POSITIVE_INFINITY },
      { windowSeconds: untyped<number>('60') },
      { now: Number.NaN },
      ...NOT_STRINGS.map(key => ({ key: untyped<string>(key) })),
    ])('refuses %o', async fields => {
      const store = await createStore()
      await expect(store.take({ ...attempt(), ...fields })).rejects.toThrow(TypeError)
    })
  })

  describe(`${name}: any sequence of attempts`, () => {
    it('passes exactly what a refilling bucket passes', { timeout: 60_000 }, async () => {
      const property = fc.asyncProperty(limits, attempts, async ({ limit, windowMs }, sequence) => {
        const store = await createStore()
        const bucket = new Bucket(limit, windowMs, START)
        let now = START
        for (const { share, pause } of sequence) {
          now += Math.floor(pause * windowMs)
          const cost = Math.floor(share * limit)
          const outcome = await store.take({ key: 'k', limit, windowSeconds: windowMs / 1000, cost, now })
          expect(outcome.allowed).toBe(bucket.take(cost, now))
          expect(outcome.remaining).toBe(Number(bucket.levelAt(now) / BigInt(windowMs)))
          expect(bucket.has(outcome.allowed ? 0 : cost, now + outcome.retryAfterMs)).toBe(true)
          if (outcome.retryAfterMs > 0) expect(bucket.has(cost, now + outcome.retryAfterMs - 1)).toBe(false)
          expect(bucket.isFull(now + outcome.resetAfterMs)).toBe(true)
          if (outcome.resetAfterMs > 0) expect(bucket.isFull(now + outcome.resetAfterMs - 1)).toBe(false)
        }
      })
      await fc.assert(property, { numRuns: 200 })
    })

    it('never passes more in any stretch of time than the limit and the rate', {
      timeout: 60_000,
    }, async () => {
      const property = fc.asyncProperty(limits, attempts, async ({ limit, windowMs }, sequence) => {
        const store = await createStore()
        const passed: { readonly at: number; readonly cost: number }[] = []
        let now = START
        for (const { share, pause } of sequence) {
          now += Math.floor(pause * windowMs)
          const cost = Math.floor(share * limit)
          const { allowed } = await store.take({
            key: 'k',
            limit,
            windowSeconds: windowMs / 1000,
            cost,
            now,
          })
          if (allowed) passed.push({ at: now, cost })
        }
        passed.forEach((first, index) => {
          let units = 0
          for (const { at, cost } of passed.slice(index)) {
            units += cost
            // units <= limit + elapsed * limit / window, without a division
            const surplus = BigInt(units - limit) * BigInt(windowMs)
            expect(surplus <= BigInt(at - first.at) * BigInt(limit)).toBe(true)
          }
        })
      })
      await fc.assert(property, { numRuns: 200 })
    })
  })

  describe(`${name}: reset and sweep`, () => {
    it('forgets one key', async () => {
      const store = await createStore()
      await store.take(attempt({ cost: 5 }))
      await store.take(attempt({ key: 'other', cost: 5 }))
      await store.reset({ key: 'login:user-1', now: START })
      await store.reset({ key: 'unknown', now: START })
      expect(await store.take(attempt({ cost: 5 }))).toMatchObject({ allowed: true })
      expect(await store.take(attempt({ key: 'other' }))).toMatchObject({ allowed: false })
      await expect(store.reset({ key: untyped({ $ne: '' }), now: START })).rejects.toThrow(TypeError)
    })

    it('deletes untouched keys in batches and nothing else', async () => {
      const store = await createStore()
      for (let count = 0; count < 5; count += 1) await store.take(attempt({ key: `old-${count}` }))
      await store.take(attempt({ cost: 5 }))
      expect(await store.sweep({ now: START + 11_999, limit: 10 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now: START + 12_000, limit: 2 })).toEqual({ removed: 2 })
      expect(await store.sweep({ now: START + 12_000, limit: 10 })).toEqual({ removed: 3 })
      expect(await store.take(attempt({ cost: 2, now: START + 12_000 }))).toMatchObject({ allowed: false })
    })
  })
}
