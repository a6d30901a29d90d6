import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRateLimiter, RateLimitError, type RateLimitPolicy } from '../../src/index.js'
import { memoryStores } from '../../src/memory/index.js'
import { deploy, holdClock, override, race } from '../fixtures.js'

const policy = { name: 'api', limit: 5, windowSeconds: 60 } as const
const user = { kind: 'subject', id: 'user-1' } as const

describe('a rate limit', () => {
  it('lets the limit pass at once, then one per interval, and refuses with everything that is known', async () => {
    const { auth, clock } = deploy()
    for (const remaining of [4, 3, 2, 1, 0]) {
      expect(await auth.rateLimits.take(policy, user)).toEqual({
        policy: 'api',
        limit: 5,
        windowSeconds: 60,
        remaining,
        resetAfterSeconds: (5 - remaining) * 12,
      })
    }
    const refused = auth.rateLimits.take(policy, user)
    await expect(refused).rejects.toBeInstanceOf(RateLimitError)
    await expect(refused).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterSeconds: 12,
      status: { policy: 'api', limit: 5, windowSeconds: 60, remaining: 0, resetAfterSeconds: 60 },
    })
    clock.advance(12)
    expect(await auth.rateLimits.take(policy, user)).toMatchObject({ remaining: 0 })
  })

  it('costs what the policy says; a refused attempt costs nothing', async () => {
    const { auth } = deploy()
    await auth.rateLimits.take({ ...policy, cost: 3 }, user)
    await expect(auth.rateLimits.take({ ...policy, cost: 3 }, user)).rejects.toMatchObject({
      retryAfterSeconds: 12,
      status: { remaining: 2 },
    })
    expect(await auth.rateLimits.check(policy, user)).toMatchObject({ remaining: 2, resetAfterSeconds: 36 })
    expect(await auth.rateLimits.check(policy, user)).toMatchObject({ remaining: 2 })
  })

  it('counts each name, kind and id by itself', async () => {
    const { auth } = deploy()
    const others = [
      [policy, { kind: 'subject', id: 'user-2' }],
      [policy, { kind: 'client', id: 'user-1' }],
      [{ ...policy, name: 'other' }, user],
      [policy, { kind: 'subject', id: 'user-1\n' }],
      [policy, { kind: 'subject', id: '\nuser-1' }],
      [
        { ...policy, name: 'ap' },
        { kind: 'i', id: 'subject\nuser-1' },
      ],
    ] as const
    await auth.rateLimits.take({ ...policy, cost: 5 }, user)
    for (const [rule, identity] of others) {
      expect(await auth.rateLimits.take({ ...rule, cost: 5 }, identity)).toMatchObject({ remaining: 0 })
    }
  })

  it('begins anew after a reset', async () => {
    const { auth } = deploy()
    await auth.rateLimits.take({ ...policy, cost: 5 }, user)
    await auth.rateLimits.reset('api', user)
    expect(await auth.rateLimits.take(policy, user)).toMatchObject({ remaining: 4 })
  })

  it.each([2, 1000])('lets exactly the limit of %i parallel attempts pass', async callers => {
    const { auth, eventsOf } = deploy()
    const limit = Math.ceil(callers / 4)
    const { values, codes } = await race(callers, () =>
      auth.rateLimits.take({ name: 'race', limit, windowSeconds: 3600 }, user),
    )
    expect(values.length).toBe(limit)
    expect(new Set(values.map(status => status?.remaining)).size).toBe(limit)
    expect(codes).toEqual(Array.from({ length: callers - limit }, () => 'rate_limited'))
    expect(eventsOf('rate_limit.refused')).toHaveLength(callers - limit)
  })

  it('never lets more pass in any window than twice the limit, and never more at once than the limit', async () => {
    const hits = fc.array(
      fc.record({ waitMs: fc.nat({ max: 3000 }), cost: fc.integer({ min: 1, max: 3 }) }),
      {
        minLength: 1,
        maxLength: 60,
      },
    )
    await fc.assert(
      fc.asyncProperty(hits, fc.integer({ min: 3, max: 9 }), async (attempts, limit) => {
        const { auth, clock } = deploy()
        const passed: { at: number; cost: number }[] = []
        for (const { waitMs, cost } of attempts) {
          clock.advanceMs(waitMs)
          const taken = auth.rateLimits.take({ name: 'p', limit, windowSeconds: 10, cost }, user)
          if (await taken.then(Boolean, () => false)) passed.push({ at: clock(), cost })
        }
        for (const { at } of passed) {
          const unitsSince = (ms: number) =>
            passed.reduce((sum, hit) => (hit.at >= at && hit.at <= at + ms ? sum + hit.cost : sum), 0)
          expect(unitsSince(0)).toBeLessThanOrEqual(limit)
          expect(unitsSince(9_999)).toBeLessThanOrEqual(2 * limit)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('tells who was refused, and keeps no address in the store', async () => {
    const keys: string[] = []
    const stores = memoryStores()
    const take: typeof stores.rateLimits.take = command => {
      keys.push(command.key)
      return stores.rateLimits.take(command)
    }
    const { auth, eventsOf } = deploy({
      stores: { ...stores, rateLimits: override(stores.rateLimits, { take }) },
    })
    const address = { kind: 'address', id: '192.0.2.77' }
    await auth.rateLimits.take({ ...policy, limit: 1 }, address)
    await expect(auth.rateLimits.take({ ...policy, limit: 1 }, address)).rejects.toThrow()
    expect(eventsOf('rate_limit.refused')).toMatchObject([
      { policy: 'api', kind: 'address', id: '192.0.2.77' },
    ])
    expect(keys).toHaveLength(2)
    for (const key of keys) expect(key).toMatch(/^[\w-]{43}$/)
  })
})

describe('a store that is away', () => {
  const broken = () => {
    const stores = memoryStores()
    const take = () => Promise.reject(new Error('connect ECONNREFUSED'))
    return deploy({ stores: { ...stores, rateLimits: override(stores.rateLimits, { take }) } })
  }

  it('refuses unless told', async () => {
    const { auth } = broken()
    await expect(auth.rateLimits.take(policy, user)).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(auth.rateLimits.take(policy, user, { whenUnavailable: 'refuse' })).rejects.toMatchObject({
      code: 'store_unavailable',
    })
  })

  it('lets pass by name, with an event', async () => {
    const { auth, eventsOf } = broken()
    expect(await auth.rateLimits.take(policy, user, { whenUnavailable: 'accept' })).toBeUndefined()
    expect(eventsOf('rate_limit.check_skipped')).toMatchObject([{ policy: 'api' }])
    expect(eventsOf('store.failed')).toMatchObject([{ operation: 'rateLimits.take' }])
  })

  it('takes nothing from a polluted Object.prototype', async () => {
    const { auth } = broken()
    const polluted: Record<string, unknown> = Object.prototype as never
    Object.assign(polluted, { whenUnavailable: 'accept', cost: 2, id: 'x' })
    try {
      await expect(auth.rateLimits.take(policy, user)).rejects.toMatchObject({ code: 'store_unavailable' })
      const empty = { kind: 'subject' } as unknown as typeof user
      await expect(auth.rateLimits.take(policy, empty)).rejects.toMatchObject({ code: 'argument_invalid' })
      const working = deploy()
      expect(await working.auth.rateLimits.take(policy, user)).toMatchObject({ remaining: 4 })
    } finally {
      for (const name of ['whenUnavailable', 'cost', 'id']) delete polluted[name]
    }
  })
})

describe('what makes no sense', () => {
  it.each<[string, unknown]>([
    ['no policy', undefined],
    ['a policy that is null', null],
    ['a name with capitals', { ...policy, name: 'API' }],
    ['a name that ends the field', { ...policy, name: 'a";q=9' }],
    ['a name with a line break', { ...policy, name: 'a\nb' }],
    ['a name that is too long', { ...policy, name: 'n'.repeat(65) }],
    ['no name', { ...policy, name: undefined }],
    ['a limit of 0', { ...policy, limit: 0 }],
    ['a limit that is not whole', { ...policy, limit: 1.5 }],
    ['a limit that is text', { ...policy, limit: '5' }],
    ['a limit that is too large', { ...policy, limit: 1e9 + 1 }],
    ['a window of 0', { ...policy, windowSeconds: 0 }],
    ['an endless window', { ...policy, windowSeconds: Number.POSITIVE_INFINITY }],
    ['a window of years', { ...policy, windowSeconds: 366 * 86_400 + 1 }],
    ['a cost of 0', { ...policy, cost: 0 }],
    ['a cost above the limit', { ...policy, cost: 6 }],
  ])('is refused before the store is asked: %s', async (_, wrong) => {
    const asked: string[] = []
    const store = new Proxy(memoryStores().rateLimits, {
      get: (target, name) => {
        asked.push(String(name))
        return Reflect.get(target, name)
      },
    })
    const limiter = createRateLimiter({ store, clock: holdClock() })
    await expect(limiter.take(wrong as RateLimitPolicy, user)).rejects.toMatchObject({
      code: 'argument_invalid',
    })
    await expect(limiter.check(wrong as RateLimitPolicy, user)).rejects.toMatchObject({
      code: 'argument_invalid',
    })
    expect(asked).toEqual([])
  })

  it.each<[string, unknown]>([
    ['nobody', undefined],
    ['an empty id', { kind: 'subject', id: '' }],
    ['an id that is an object', { kind: 'subject', id: { $ne: null } }],
    ['an id that is too long', { kind: 'subject', id: 'x'.repeat(1025) }],
    ['an id that is broken text', { kind: 'subject', id: 'a\ud800' }],
    ['a kind with a line break', { kind: 'a\nb', id: 'x' }],
    ['an empty kind', { kind: '', id: 'x' }],
  ])('is refused as an identity: %s', async (_, wrong) => {
    const { auth } = deploy()
    await expect(auth.rateLimits.take(policy, wrong as typeof user)).rejects.toMatchObject({
      code: 'argument_invalid',
    })
    await expect(auth.rateLimits.reset('api', wrong as typeof user)).rejects.toMatchObject({
      code: 'argument_invalid',
    })
  })
})

describe('a limiter on its own', () => {
  it('counts with a store and a clock, and tells its events', async () => {
    const events: unknown[] = []
    const clock = holdClock()
    const limiter = createRateLimiter({
      store: memoryStores().rateLimits,
      clock,
      events: event => events.push(event),
    })
    await limiter.take({ ...policy, limit: 1 }, user)
    await expect(limiter.take({ ...policy, limit: 1 }, user)).rejects.toMatchObject({ code: 'rate_limited' })
    expect(events).toMatchObject([{ type: 'rate_limit.refused', at: clock(), id: 'user-1' }])
  })

  it('counts the same as the limiter of a deployment on that store', async () => {
    const { auth, stores, clock } = deploy()
    await auth.rateLimits.take(policy, user)
    expect(await createRateLimiter({ store: stores.rateLimits, clock }).take(policy, user)).toMatchObject({
      remaining: 3,
    })
  })
})
