import { ATTACK_CASES, type AttackLevel, type AttackReport } from '../../../src/index.js'

/** What was found on one library. */
export interface PeerFindings {
  readonly version?: string
  /** Their names, with spaces between them. */
  readonly algorithms: string
  /** Attacks that were accepted, and valid tokens that were refused, by id: under which algorithms, or `all`. */
  readonly findings: Readonly<Record<AttackLevel, Readonly<Record<string, string>>>>
  /** Attacks and valid tokens that were neither accepted nor refused. */
  readonly faults: readonly string[]
}

/** What was found on each library, by name. */
export type PeerTable = Readonly<Record<string, PeerFindings>>

/** Sums up a report, without what differs from one run to the next. */
export function toPeerFindings(report: AttackReport, version?: string): PeerFindings {
  const findingsOf = (level: AttackLevel) => {
    const ids = new Set(report.findings.filter(finding => finding.level === level).map(({ id }) => id))
    return Object.fromEntries([...ids].map(id => [id, algorithmsOf(report, id)]))
  }
  return {
    ...(version !== undefined && { version }),
    algorithms: report.algorithms.join(' '),
    findings: {
      forgery: findingsOf('forgery'),
      strictness: findingsOf('strictness'),
      valid: findingsOf('valid'),
    },
    faults: report.findings.filter(({ outcome }) => outcome === 'fault').map(({ id }) => id),
  }
}

function algorithmsOf({ verdicts }: AttackReport, id: string): string {
  const own = verdicts.filter(verdict => verdict.id === id)
  const found = own.filter(({ isFinding }) => isFinding)
  return found.length === own.length ? 'all' : found.map(({ algorithm }) => algorithm).join(' ')
}

/** The table as Markdown: how many cases of each group each library did not refuse. */
export function toMarkdown(table: PeerTable): string {
  const titles = Object.entries(table).map(([name, { version }]) =>
    version === undefined ? name : `${name} ${version}`,
  )
  const lines = [
    row(['', 'cases', ...titles]),
    row(['---', '---:', ...titles.map(() => '---:')]),
    row(['**forgeries accepted**', ...countAll('forgery', table)]),
    row(['**valid tokens refused**', ...countAll('valid', table)]),
    row(['**lenient**', ...countAll('strictness', table)]),
    ...strictGroups().flatMap(group => {
      const counts = Object.values(table).map(({ findings }) =>
        countIn(group, Object.keys(findings.strictness)),
      )
      return counts.every(count => count === 0)
        ? []
        : [row([`\`${group}\``, countIn(group, idsOf('strictness')), ...counts])]
    }),
  ]
  return lines.join('\n')
}

function countAll(level: AttackLevel, table: PeerTable): readonly number[] {
  const found = Object.values(table).map(({ findings }) => Object.keys(findings[level]).length)
  return [idsOf(level).length, ...found]
}

function strictGroups(): readonly string[] {
  return [...new Set(idsOf('strictness').map(toGroup))]
}

function idsOf(level: AttackLevel): readonly string[] {
  return ATTACK_CASES.filter(attack => attack.level === level).map(({ id }) => id)
}

function countIn(group: string, ids: readonly string[]): number {
  return ids.filter(id => toGroup(id) === group).length
}

function toGroup(id: string): string {
  return id.slice(0, id.indexOf('/'))
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`
}
