import type { AttackLevel } from './attack-case.js'
import type { AttackReport, AttackVerdict } from './attack-report.js'

const LEVELS = ['forgery', 'strictness', 'valid'] as const
const WIDTH = 12

const TITLES: Readonly<Record<AttackLevel, string>> = {
  forgery: 'Forgeries that were not refused:',
  strictness: 'Tokens that were not refused although an RFC asks for it:',
  valid: 'Valid tokens that were not accepted:',
}

/** The report as text of several lines: counts, each finding with its reason, and what was not run. */
export function formatAttackReport(report: AttackReport): string {
  const { name, algorithms, verdicts, findings, counts } = report
  const cases = new Set(verdicts.map(({ id }) => id)).size
  return [
    `Attacks on ${name}: ${verdicts.length} tokens of ${cases} cases under ${algorithms.join(', ')}; ${findings.length} findings`,
    row('', ['tokens', 'wrong', 'faults']),
    ...LEVELS.map(level => row(level, [counts[level].run, counts[level].wrong, counts[level].faults])),
    ...LEVELS.flatMap(level => describeFindings(level, report)),
    ...describeNotRun(report),
  ].join('\n')
}

function describeFindings(level: AttackLevel, { verdicts, findings }: AttackReport): readonly string[] {
  const own = groupBy(
    findings.filter(finding => finding.level === level),
    ({ id }) => id,
  )
  const lines = [...own.values()].flatMap(found => {
    const shown = verdicts.filter(({ id }) => id === found[0]?.id).length
    return [describeFinding(found, shown), `    ${found[0]?.reason}`]
  })
  return lines.length === 0 ? [`${TITLES[level]} none`] : [TITLES[level], ...lines]
}

/** Names the algorithms only where it was not every one that the case is for. */
function describeFinding(findings: readonly AttackVerdict[], shown: number): string {
  const faults = findings.flatMap(({ outcome, detail }) => (outcome === 'fault' ? [detail ?? 'fault'] : []))
  const notes = [
    ...(findings.length === shown ? [] : [`${findings.map(({ algorithm }) => algorithm).join(', ')} alone`]),
    ...new Set(faults),
  ]
  const note = notes.length === 0 ? '' : ` (${notes.join('; ')})`
  return `  ${findings[0]?.id}: ${findings[0]?.title}${note}`
}

function describeNotRun({ notRun }: AttackReport): readonly string[] {
  if (notRun.length === 0) return []
  const lines = [...groupBy(notRun, ({ reason }) => reason)].map(([reason, all]) => {
    const ids = [...new Set(all.map(({ id }) => id))]
    return `  ${ids.length} cases: ${reason}${ids.length > 5 ? '' : ` (${ids.join(', ')})`}`
  })
  return ['Not run:', ...lines]
}

function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}

function row(title: string, columns: readonly (string | number)[]): string {
  return `  ${title.padEnd(WIDTH)}${columns.map(column => String(column).padStart(WIDTH)).join('')}`.trimEnd()
}
