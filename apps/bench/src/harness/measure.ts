import type { Operation } from './operation.js'
import { median } from './statistics.js'

/** One sample: what a slice of time came to. */
export interface Sample {
  /** Nanoseconds per operation on the clock of the wall. */
  readonly wall: number
  /** Nanoseconds per operation that the process computed, all its threads together. */
  readonly cpu: number
  readonly operations: number
}

const ALLOCATION_ROUNDS = 15
const ALLOCATION_BATCH = 200

/** On a busy machine the clock of the wall runs on while others compute; then a slice lasts longer, but not for ever. */
const MAX_WALL_FACTOR = 4

/**
 * Runs batches until they have computed for the given time, or waited for a multiple of it. Preparing a batch is not
 * counted.
 * @param options `batchSize` operations in a batch
 */
export async function measure(
  operation: Operation,
  { milliseconds, batchSize }: { readonly milliseconds: number; readonly batchSize: number },
): Promise<Sample> {
  const budget = milliseconds * 1e6
  let wall = 0
  let cpu = 0
  let operations = 0
  while (cpu < budget && wall < budget * MAX_WALL_FACTOR) {
    const batch = await timeBatch(operation, batchSize)
    wall += batch.wall
    cpu += batch.cpu
    operations += batchSize
  }
  return { wall: wall / operations, cpu: cpu / operations, operations }
}

/** Finds a batch that takes about the given time, so that the clock is asked rarely. */
export async function findBatchSize(operation: Operation, milliseconds: number): Promise<number> {
  let batchSize = 1
  while (batchSize < 5000) {
    const { cpu: spent } = await timeBatch(operation, batchSize)
    if (spent >= milliseconds * 0.5e6) break
    batchSize = Math.min(5000, batchSize * (spent < milliseconds * 0.1e6 ? 4 : 2))
  }
  return batchSize
}

/**
 * Bytes that one operation allocates on the heap: the median over several batches, in some of which the collector
 * runs. `undefined` where it cannot be started (`--expose-gc`).
 */
export async function measureAllocation(
  operation: Operation,
  batchSize: number,
): Promise<number | undefined> {
  const collect = globalThis.gc
  if (collect === undefined) return undefined
  const size = Math.min(ALLOCATION_BATCH, Math.max(batchSize, 4))
  const figures: number[] = []
  for (let round = 0; round < ALLOCATION_ROUNDS; round++) {
    const run = operation.prepareBatch(size)
    collect()
    const before = process.memoryUsage().heapUsed
    const running = run()
    if (running instanceof Promise) await running
    figures.push((process.memoryUsage().heapUsed - before) / size)
  }
  return Math.max(0, median(figures))
}

async function timeBatch(
  operation: Operation,
  batchSize: number,
): Promise<{ readonly wall: number; readonly cpu: number }> {
  const run = operation.prepareBatch(batchSize)
  const before = process.cpuUsage()
  const start = process.hrtime.bigint()
  const running = run()
  // a subject that answers at once does not pay for waiting
  if (running instanceof Promise) await running
  const wall = Number(process.hrtime.bigint() - start)
  const { user, system } = process.cpuUsage(before)
  return { wall, cpu: (user + system) * 1000 }
}
