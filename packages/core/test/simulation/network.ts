import type { RotateSessionCommand, Stores } from '../../src/ports/index.js'
import type { Dice } from '../differential/dice.js'
import type { Timeline } from './timeline.js'

/** One process as its stores see it. */
export interface Life {
  /** The process is gone: no answer reaches it any more, though what it asked for may still happen. */
  end(): void
  /** Rejects when that happens. */
  readonly ended: Promise<never>
}

/** What a caller sees of a process that ended, or of an answer that got lost. */
export class LostAnswer extends Error {}

type Call = (argument: unknown) => Promise<unknown>

const OUTCOMES = ['in time', 'lost before', 'lost after'] as const

/** The way between the nodes and the stores: calls are late, overtake each other, and get lost on either side. */
export class Network {
  readonly #stores: Stores
  readonly #timeline: Timeline
  readonly #dice: Dice
  readonly #note: (line: string) => void
  readonly #rotations = new Map<string, number>()
  readonly #outages = new Map<string, number>()
  /** How many calls in 100 get lost. */
  lossPercent = 0
  /** How many calls in 100 take seconds. */
  slowPercent = 0

  constructor(stores: Stores, timeline: Timeline, dice: Dice, note: (line: string) => void) {
    this.#stores = stores
    this.#timeline = timeline
    this.#dice = dice
    this.#note = note
  }

  /** Rotations of a session that were asked for and have neither happened nor been given up. */
  countRotations(sessionId: string): number {
    return this.#rotations.get(sessionId) ?? 0
  }

  /** For so long every call of a store fails. */
  breakStore(name: keyof Stores, milliseconds: number): void {
    this.#outages.set(name, this.#timeline.now + milliseconds)
  }

  heal(): void {
    this.#outages.clear()
    this.lossPercent = 0
    this.slowPercent = 0
  }

  connect(node: string): { readonly stores: Stores; readonly life: Life } {
    const state = { isAlive: true }
    let tellEnd: (error: Error) => void = () => {}
    const ended = new Promise<never>((_, reject) => {
      tellEnd = reject
    })
    ended.catch(() => {})
    const targets = Object.entries(this.#stores) as [keyof Stores, object][]
    const stores = targets.map(([name, target]) => {
      const proxy = new Proxy(target, {
        get: (_, method) => {
          const call: unknown = Reflect.get(target, method)
          if (typeof call !== 'function' || typeof method !== 'string') return call
          return (argument: unknown) =>
            this.#send(node, name, method, argument, state, value => call.call(target, value))
        },
      })
      return [name, proxy] as const
    })
    const end = () => {
      state.isAlive = false
      tellEnd(new LostAnswer('the process ended'))
    }
    return { stores: Object.fromEntries(stores) as unknown as Stores, life: { end, ended } }
  }

  #send(
    node: string,
    store: keyof Stores,
    method: string,
    argument: unknown,
    state: { readonly isAlive: boolean },
    call: Call,
  ): Promise<unknown> {
    const outcome = this.#rollOutcome(store)
    const [there, back] = [this.#rollDelay(), this.#rollDelay()]
    const forget = this.#countRotation(store, method, argument)
    const name = `${node} ${store}.${method}`
    return new Promise((resolve, reject) => {
      const answer = (run: () => void) =>
        this.#timeline.after(back, () => {
          if (state.isAlive) run()
        })
      const fail = () => answer(() => reject(new Error('the store does not answer')))
      this.#timeline.after(there, async () => {
        // what a process sent before it ended arrives, or does not
        const isLost = outcome === 'lost before' || (!state.isAlive && this.#dice.roll(2) === 0)
        if (isLost) {
          forget()
          this.#note(`${name}: lost before`)
          fail()
          return
        }
        try {
          const value = await call(argument)
          this.#note(`${name}: ${outcome}${describeOutcome(value)}`)
          if (outcome === 'in time') answer(() => resolve(value))
          else fail()
        } catch (error) {
          answer(() => reject(error))
        } finally {
          forget()
        }
      })
    })
  }

  #rollOutcome(store: keyof Stores): (typeof OUTCOMES)[number] {
    if (this.#timeline.now < (this.#outages.get(store) ?? 0)) return 'lost before'
    if (this.#dice.roll(100) >= this.lossPercent) return 'in time'
    return this.#dice.pick(['lost before', 'lost after'])
  }

  #rollDelay(): number {
    if (this.#dice.roll(100) < this.slowPercent) return this.#dice.roll(4000)
    return this.#dice.roll(10)
  }

  #countRotation(store: keyof Stores, method: string, argument: unknown): () => void {
    if (store !== 'sessions' || method !== 'rotate') return () => {}
    const { id } = argument as RotateSessionCommand
    this.#rotations.set(id, this.countRotations(id) + 1)
    return () => this.#rotations.set(id, this.countRotations(id) - 1)
  }
}

function describeOutcome(value: unknown): string {
  const outcome: unknown = Object(value).outcome
  return typeof outcome === 'string' ? `, ${outcome}` : ''
}
