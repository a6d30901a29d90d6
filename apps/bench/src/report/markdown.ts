import type { GroupResult, SubjectResult } from '../harness/run-group.js'
import { pairedRatio, quantile, summarize } from '../harness/statistics.js'
import { formatFigure, type GoalVerdict, timesOf } from './goals.js'
import type { Figure, Results } from './results.js'
import { drawBars } from './svg.js'

/** The files of a report by name. */
export type ReportFiles = Readonly<Record<string, string>>

const REPORT = 'REPORT.md'

/** Writes the report: the goals, a table and a plot of each group, the figures, and how it was measured. */
export function writeReport(results: Results, verdicts: readonly GoalVerdict[]): ReportFiles {
  const plots = results.groups.map(group => [plotName(group), drawGroup(group)] as const)
  const text = [
    '# Benchmarks',
    '',
    describeRun(results),
    '',
    '## Goals',
    '',
    ...writeGoals(verdicts),
    '',
    ...writeFigures(results.figures),
    ...results.groups.flatMap(writeGroup),
    ...writeSkipped(results.skipped),
  ]
  return { ...Object.fromEntries(plots), [REPORT]: `${text.join('\n').trimEnd()}\n` }
}

/** Nanoseconds in the unit that reads best. */
export function formatTime(nanoseconds: number): string {
  if (nanoseconds < 1000) return `${formatFigure(nanoseconds)} ns`
  if (nanoseconds < 1e6) return `${formatFigure(nanoseconds / 1000)} µs`
  return `${formatFigure(nanoseconds / 1e6)} ms`
}

/** True for the subjects that are this project. */
export function isOurs(name: string): boolean {
  return name.startsWith('authcore')
}

function describeRun({ startedAt, durationSeconds, mode, machine }: Results): string {
  const { node, cpu, cores, system, load } = machine
  return [
    `A ${mode} run of ${Math.round(durationSeconds)} s, ${startedAt}: Node ${node}, ${cpu}, ${cores} cores, ${system}, load ${formatFigure(load)} at the end.`,
    'Each subject runs in a process of its own; all of a group take turns in small slices whose order rotates, so only ratios within a group mean something.',
    'Times are medians over the rounds, the spread is the interquartile range, and a ratio is the median of the ratios within each round.',
  ].join(' ')
}

function writeGoals(verdicts: readonly GoalVerdict[]): readonly string[] {
  const rows = verdicts.map(({ goal, outcome, value }) => {
    const bound = goal.atMost === undefined ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`
    return `| ${goal.text} | ${bound} | ${value === undefined ? '' : formatFigure(value)} | ${outcome} |`
  })
  const limits = verdicts.flatMap(({ goal, outcome }) =>
    outcome === 'missed' && goal.limit !== undefined ? [`- ${goal.text}: ${goal.limit}`] : [],
  )
  return [
    '| what | goal | figure | |',
    '|---|---|---|---|',
    ...rows,
    ...(limits.length > 0 ? ['', 'Where a goal was missed:', '', ...limits] : []),
  ]
}

function writeFigures(figures: readonly Figure[]): readonly string[] {
  if (figures.length === 0) return []
  const rows = figures.map(
    ({ title, value, unit, note = '' }) => `| ${title} | ${formatFigure(value)} ${unit} | ${note} |`,
  )
  return ['## Figures', '', '| what | figure | |', '|---|---|---|', ...rows, '']
}

function writeGroup(group: GroupResult): readonly string[] {
  const [first] = group.subjects
  return [
    `## ${group.title}`,
    '',
    `![${group.title}](${plotName(group)})`,
    '',
    `| | ${group.clock === 'wall' ? 'time' : 'CPU time'} | spread | ${group.clock === 'wall' ? 'CPU' : 'wall'} | allocated | relative to ${first?.name ?? ''} |`,
    '|---|---|---|---|---|---|',
    ...group.subjects.map(subject => writeRow(group, subject, first ?? subject)),
    '',
    ...group.notes.map(note => `- ${note}`),
    '',
  ]
}

function writeRow(group: GroupResult, subject: SubjectResult, first: SubjectResult): string {
  const times = timesOf(group, subject)
  const { median, spread } = summarize(times)
  const other = summarize(group.clock === 'wall' ? subject.cpu : subject.wall).median
  const bytes = subject.bytesPerOperation
  return [
    `| ${isOurs(subject.name) ? `**${subject.name}**` : subject.name}`,
    formatTime(median),
    `${Math.round(spread * 100)} %`,
    formatTime(other),
    bytes === undefined ? '' : `${formatFigure(bytes / 1024)} KiB`,
    `${formatFigure(pairedRatio(times, timesOf(group, first)))} |`,
  ].join(' | ')
}

function writeSkipped(skipped: readonly string[]): readonly string[] {
  return skipped.length === 0 ? [] : ['## Not measured', '', ...skipped.map(reason => `- ${reason}`), '']
}

function plotName({ id }: GroupResult): string {
  return `${id}.svg`
}

function drawGroup(group: GroupResult): string {
  const bars = group.subjects.map(subject => {
    const times = timesOf(group, subject)
    const value = quantile(times, 0.5)
    return {
      label: subject.name,
      value,
      low: quantile(times, 0.25),
      high: quantile(times, 0.75),
      text: formatTime(value),
      isOurs: isOurs(subject.name),
    }
  })
  return drawBars(group.title, 'per operation, less is better', bars)
}
