import { describe, expect, it } from 'vitest'
import { SABOTAGES } from './sabotage.js'
import { type SimulationResult, simulate } from './simulation.js'

/** `npm run simulate` runs long; `SEED=7 SEEDS=1 npm run simulate` replays one run and prints all of it. */
const IS_LONG = process.env['MODE'] === 'simulate'
/** As many as take about 20 seconds on two slow cores; CI has the time for more. */
const DEFAULT_SEEDS = process.env['CI'] === undefined ? 500 : 1000
const FIRST_SEED = Number(process.env['SEED'] ?? 1)
const SEEDS = Number(process.env['SEEDS'] ?? (IS_LONG ? 20_000 : DEFAULT_SEEDS))
const LAST_STEPS = 80

// covers RFC9700-4.14
describe('simulation', () => {
  it(
    `${SEEDS} runs from seed ${FIRST_SEED} on keep every promise`,
    async () => {
      const counts = new Map<string, number>()
      const failures: string[] = []
      for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS && failures.length < 5; seed += 1) {
        const result = await simulate(seed)
        for (const [name, count] of result.counts) counts.set(name, (counts.get(name) ?? 0) + count)
        if (result.failure !== undefined) failures.push(describeFailure(result))
        if (IS_LONG && SEEDS === 1) process.stdout.write(`${result.trace.join('\n')}\n`)
      }
      if (IS_LONG) process.stdout.write(`${[...counts].sort().map(describeCount).join('\n')}\n`)
      expect(failures.join('\n\n')).toBe('')
    },
    IS_LONG ? 7_200_000 : 1_200_000,
  )

  it('is the same run for the same seed', async () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      expect(await simulate(seed)).toEqual(await simulate(seed))
    }
    expect((await simulate(1)).trace).not.toEqual((await simulate(2)).trace)
  })
})

describe('a run finds', () => {
  it.each(Object.entries(SABOTAGES))('%s', async (_, sabotage) => {
    const found = await findFailure(300, seed => simulate(seed, sabotage))
    expect(found).toBeDefined()
    // what was found replays from its seed
    expect(found && (await simulate(found.seed, sabotage))).toEqual(found)
  })
})

async function findFailure(
  seeds: number,
  run: (seed: number) => Promise<SimulationResult>,
): Promise<SimulationResult | undefined> {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const result = await run(seed)
    if (result.failure !== undefined) return result
  }
  return undefined
}

function describeFailure({ seed, failure, trace }: SimulationResult): string {
  return `seed ${seed}: ${failure}\nreplay with SEED=${seed} SEEDS=1 npm run simulate\n${trace.slice(-LAST_STEPS).join('\n')}`
}

function describeCount([name, count]: readonly [string, number]): string {
  return `${String(count).padStart(9)} ${name}`
}
