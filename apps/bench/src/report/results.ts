import type { GroupResult } from '../harness/run-group.js'

/** One number that is no comparison of two subjects: a size, a delay, a count. */
export interface Figure {
  readonly id: string
  readonly title: string
  readonly value: number
  readonly unit: string
  /** What a reader must know about it. */
  readonly note?: string
}

/** Where a run was made. */
export interface Machine {
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly system: string
  /** How many processes wanted to compute at the end, on average over the last minute (`loadavg`). */
  readonly load: number
}

/** All that one run came to; `results/latest.json` holds it. */
export interface Results {
  readonly startedAt: string
  readonly durationSeconds: number
  readonly mode: 'full' | 'quick'
  readonly machine: Machine
  readonly groups: readonly GroupResult[]
  readonly figures: readonly Figure[]
  /** What could not be measured, and why. */
  readonly skipped: readonly string[]
}
