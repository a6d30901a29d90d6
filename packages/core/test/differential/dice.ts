/** Chance that can be repeated: the same seed gives the same run. */
export interface Dice {
  /** A whole number from 0 to `sides - 1`. */
  roll(sides: number): number
  pick<Value>(values: readonly Value[]): Value
}

/**
 * Mulberry32: small, fast, good enough to choose tests with.
 * @param index gives a stream of its own, so that each test can be repeated alone
 */
export function createDice(seed: number, index = 0): Dice {
  let state = scramble(scramble(seed) ^ index)
  const roll = (sides: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * sides)
  }
  return {
    roll,
    pick(values) {
      if (values.length === 0) throw new RangeError('nothing to pick from')
      // the index is within the array
      return values[roll(values.length)] as (typeof values)[number]
    },
  }
}

/** Neighbours must not get similar streams (the finalizer of MurmurHash3). */
function scramble(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
