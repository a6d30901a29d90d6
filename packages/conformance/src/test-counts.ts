import type { StoreName } from './options.js'

/** A part of the report. */
export type ReportSection = StoreName | 'isolation' | 'endToEnd'

/** What happened in one section. */
export interface SectionCounts {
  passed: number
  failed: number
  races: number
  commands: number
  histories: number
  faults: number
}

/** Counts what the tests do, while they do it. */
export interface TestCounts {
  /** Runs a test and books its outcome, and all that it counts, under a section. */
  track(section: ReportSection, test: () => Promise<void>): Promise<void>
  races: number
  commands: number
  histories: number
  faults: number
  readonly sections: ReadonlyMap<ReportSection, Readonly<SectionCounts>>
}

/** What is counted beside the tests. */
export const COUNTED = ['races', 'commands', 'histories', 'faults'] as const

/** Creates counts that stand at zero. */
export function createTestCounts(): TestCounts {
  const sections = new Map<ReportSection, SectionCounts>()
  const counts: TestCounts = {
    races: 0,
    commands: 0,
    histories: 0,
    faults: 0,
    sections,
    async track(name, test) {
      const section = sections.get(name) ?? createSection()
      sections.set(name, section)
      const before = { ...counts }
      try {
        await test()
        section.passed += 1
      } catch (error) {
        section.failed += 1
        throw error
      } finally {
        for (const counted of COUNTED) section[counted] += counts[counted] - before[counted]
      }
    },
  }
  return counts
}

/** A section in which nothing has happened. */
export function createSection(): SectionCounts {
  return { passed: 0, failed: 0, races: 0, commands: 0, histories: 0, faults: 0 }
}
