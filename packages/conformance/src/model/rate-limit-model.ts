import type { RateLimitStore } from '@authcore/core/ports'
import fc from 'fast-check'
import { expect } from '../expect.js'
import { START } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import { checkModel, type ModelCommand, pick } from './model-property.js'

/** A bucket that refills by the clock: the plain way to say what a limit means, in exact numbers. */
class Bucket {
  readonly limit: number
  readonly windowMs: number
  readonly #capacity: bigint
  #level: bigint
  #at: number

  /** The level counts parts: `windowMs` parts are one unit, `limit` parts come back each millisecond. */
  constructor(limit: number, windowMs: number, now: number) {
    this.limit = limit
    this.windowMs = windowMs
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

  fill(): void {
    this.#level = this.#capacity
  }

  isFull(now: number): boolean {
    return this.levelAt(now) === this.#capacity
  }
}

interface RateLimitModel {
  readonly run: string
  now: number
  readonly buckets: Bucket[]
}

type RateLimitCommandOfModel = ModelCommand<RateLimitModel, RateLimitStore>

/** Registers the property that a rate limit store passes exactly what refilling buckets pass. */
export function describeRateLimitModel(kit: PortKit<RateLimitStore>): void {
  kit.describe('any order of commands', () => {
    kit.it('does what the model does', (store, { tally }) =>
      checkModel({
        store,
        commands: COMMANDS,
        createModel: (run): RateLimitModel => ({ run, now: START, buckets: [] }),
        settings: kit.settings,
        tally,
      }),
    )
  })
}

const open = (limit: number, windowMs: number): RateLimitCommandOfModel => ({
  name: `open(${limit}, ${windowMs})`,
  async run({ buckets, now }) {
    buckets.push(new Bucket(limit, windowMs, now))
  },
})

/** `share` of the limit is asked for, after `pause` of the window. */
const take = (number: number, share: number, pause: number): RateLimitCommandOfModel => ({
  name: `take(${number}, ${share}, ${pause})`,
  async run(model, store) {
    const bucket = pick(model.buckets, number)
    if (bucket === undefined) return
    const { limit, windowMs } = bucket
    model.now += Math.floor(pause * windowMs)
    const { now } = model
    const cost = Math.floor(share * limit)
    const key = `${model.run}-${model.buckets.indexOf(bucket)}`
    const outcome = await store.take({ key, limit, windowSeconds: windowMs / 1000, cost, now })
    const { allowed, retryAfterMs, resetAfterMs } = outcome
    expect(allowed).toEqual(bucket.take(cost, now))
    expect(outcome.remaining).toEqual(Number(bucket.levelAt(now) / BigInt(windowMs)))
    expect(allowed ? retryAfterMs : 0).toEqual(0)
    expect(bucket.has(allowed ? 0 : cost, now + retryAfterMs)).toEqual(true)
    if (retryAfterMs > 0) expect(bucket.has(cost, now + retryAfterMs - 1)).toEqual(false)
    expect(bucket.isFull(now + resetAfterMs)).toEqual(true)
    if (resetAfterMs > 0) expect(bucket.isFull(now + resetAfterMs - 1)).toEqual(false)
  },
})

const reset = (number: number): RateLimitCommandOfModel => ({
  name: `reset(${number})`,
  async run(model, store) {
    const bucket = pick(model.buckets, number)
    if (bucket === undefined) return
    await store.reset({ key: `${model.run}-${model.buckets.indexOf(bucket)}`, now: model.now })
    bucket.fill()
  },
})

const sweep = (limit: number): RateLimitCommandOfModel => ({
  name: `sweep(${limit})`,
  async run({ now }, store) {
    expect((await store.sweep({ now, limit })).removed).toBeAtMost(limit)
  },
})

const number = fc.nat({ max: 7 })
const share = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }))
const pause = fc.oneof(fc.constantFrom(0, 0, 0.1), fc.double({ min: 0, max: 1.2, noNaN: true }))
const limit = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 1_000_000 }))
const windowMs = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 86_400_000 }))
const COMMANDS: readonly fc.Arbitrary<RateLimitCommandOfModel>[] = [
  fc.tuple(limit, windowMs).map(parts => open(...parts)),
  ...[1, 2, 3, 4].map(() => fc.tuple(number, share, pause).map(parts => take(...parts))),
  fc.oneof(number.map(reset), fc.nat({ max: 3 }).map(sweep)),
]
