interface DueEvent {
  readonly at: number
  readonly number: number
  readonly run: () => unknown
}

/** Virtual time: it passes only when the simulation says so, and everything that is due happens in one order. */
export class Timeline {
  #now: number
  #made = 0
  readonly #due: DueEvent[] = []

  constructor(start: number) {
    this.#now = start
  }

  /** The true time in epoch milliseconds; the clocks of the nodes differ from it. */
  get now(): number {
    return this.#now
  }

  get isEmpty(): boolean {
    return this.#due.length === 0
  }

  /** Runs something `milliseconds` from now. */
  after(milliseconds: number, run: () => unknown): void {
    this.#made += 1
    this.#due.push({ at: this.#now + milliseconds, number: this.#made, run })
  }

  wait(milliseconds: number): Promise<void> {
    return new Promise(resolve => this.after(milliseconds, resolve))
  }

  /** Lets time pass, and everything happen that is due by then. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds
    for (let next = this.#takeDue(until); next !== undefined; next = this.#takeDue(until)) {
      this.#now = Math.max(this.#now, next.at)
      next.run()
      await settle()
    }
    this.#now = until
  }

  /** Lets time pass until nothing is under way. */
  async drain(): Promise<void> {
    while (!this.isEmpty) await this.advance(1000)
  }

  #takeDue(until: number): DueEvent | undefined {
    const next = this.#due.reduce<DueEvent | undefined>((first, event) => {
      if (event.at > until) return first
      if (first === undefined || event.at < first.at) return event
      return event.at === first.at && event.number < first.number ? event : first
    }, undefined)
    if (next !== undefined) this.#due.splice(this.#due.indexOf(next), 1)
    return next
  }
}

/** Waits until every promise that can move has moved; nothing here waits for the outside world. */
export function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
