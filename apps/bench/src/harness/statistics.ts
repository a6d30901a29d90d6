/** What a list of samples comes to. */
export interface Summary {
  readonly median: number
  /** The interquartile range as a part of the median: 0.05 means that half of the samples lie within 5 %. */
  readonly spread: number
  readonly samples: number
}

/**
 * Sums up samples.
 * @throws RangeError when there are none
 */
export function summarize(samples: readonly number[]): Summary {
  const middle = median(samples)
  const range = quantile(samples, 0.75) - quantile(samples, 0.25)
  return { median: middle, spread: middle === 0 ? 0 : range / middle, samples: samples.length }
}

/** The middle of the samples. @throws RangeError when there are none */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5)
}

/**
 * The value below which the given part of the samples lies, interpolated between neighbours.
 * @param part 0 to 1
 * @throws RangeError when there are no samples
 */
export function quantile(samples: readonly number[], part: number): number {
  const sorted = [...samples].sort((left, right) => left - right)
  const position = (sorted.length - 1) * part
  const lower = sorted[Math.floor(position)]
  const upper = sorted[Math.ceil(position)]
  if (lower === undefined || upper === undefined) throw new RangeError('There are no samples.')
  return lower + (upper - lower) * (position - Math.floor(position))
}

/**
 * How one subject compares with another: the median of the ratios within each round. What slows the whole machine
 * down for a while slows both down in that round, and falls out.
 * @throws RangeError when there is no common round
 */
export function pairedRatio(samples: readonly number[], others: readonly number[]): number {
  const rounds = Math.min(samples.length, others.length)
  return median(Array.from({ length: rounds }, (_, round) => at(samples, round) / at(others, round)))
}

/** The same list, begun at another place, so that nobody is always first. */
export function rotate<Item>(items: readonly Item[], by: number): readonly Item[] {
  const start = items.length === 0 ? 0 : by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}

function at(samples: readonly number[], round: number): number {
  return samples[round] ?? Number.NaN
}
