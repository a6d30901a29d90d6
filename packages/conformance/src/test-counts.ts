import type { StoreName } from './options.js'

/** A part of the report. */
export type ReportSection = StoreName | 'isolation' | 'roundTrips' | 'endToEnd'

/** What one test does, counted by itself while it does it: a runner may run several at once. */
export interface TestTally {
  races: number
  commands: number
  histories: number
  faults: number
  /** Set when there was nothing to test: such a test counts neither as passed nor as failed. */
  isLeftOut?: boolean
}

/** What happened in one section. */
export interface SectionCounts extends Omit<TestTally, 'isLeftOut'> {
  passed: number
  failed: number
}

/** Counts what the tests do. */
export interface TestCounts {
  /** Runs a test and books its outcome, and all that it counts, under a section. */
  track(section: ReportSection, test: (tally: TestTally) => Promise<void>): Promise<void>
  /** What one call of a method cost. */
  readonly roundTrips: Map<string, number>
  readonly sections: ReadonlyMap<ReportSection, Readonly<SectionCounts>>
  /** Sections of which nothing was there. */
  readonly leftOut: ReadonlySet<ReportSection>
}

/** What is counted beside the tests. */
export const COUNTED = ['races', 'commands', 'histories', 'faults'] as const

/** Creates counts that stand at zero. */
export function createTestCounts(): TestCounts {
  const sections = new Map<ReportSection, SectionCounts>()
  const leftOut = new Set<ReportSection>()
  return {
    roundTrips: new Map(),
    sections,
    leftOut,
    async track(name, test) {
      const tally: TestTally = { races: 0, commands: 0, histories: 0, faults: 0 }
      const book = (verdict: 'passed' | 'failed'): void => {
        const section = sections.get(name) ?? createSection()
        sections.set(name, section)
        section[verdict] += 1
        for (const counted of COUNTED) section[counted] += tally[counted]
      }
      try {
        await test(tally)
      } catch (error) {
        book('failed')
        throw error
      }
      if (tally.isLeftOut === true) leftOut.add(name)
      else book('passed')
    },
  }
}

/** A section in which nothing has happened. */
export function createSection(): SectionCounts {
  return { passed: 0, failed: 0, races: 0, commands: 0, histories: 0, faults: 0 }
}
