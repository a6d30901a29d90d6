import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, loadavg, release, type } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Arguments } from './arguments.js'
import type { Group } from './harness/operation.js'
import { type GroupResult, type Pace, runGroup } from './harness/run-group.js'
import { summarize } from './harness/statistics.js'
import { createStockroom, type Stockroom } from './harness/stockroom.js'
import { createProgress, type Progress } from './progress.js'
import { describeVerdict, type GoalVerdict, judgeGoals, parseGoals, timesOf } from './report/goals.js'
import { formatTime, type ReportFiles, writeReport } from './report/markdown.js'
import type { Figure, Machine, Results } from './report/results.js'
import { measureFigures } from './suites/figures.js'
import { groups } from './suites/groups.js'

const FOLDER = fileURLToPath(new URL('../results/', import.meta.url))
const GOALS = fileURLToPath(new URL('../goals.json', import.meta.url))

const FULL: Pace = { rounds: 21, sliceMilliseconds: 60, warmUpMilliseconds: 700, batchMilliseconds: 4 }
const QUICK: Pace = { rounds: 5, sliceMilliseconds: 25, warmUpMilliseconds: 250, batchMilliseconds: 4 }

/** A group with a pace of its own keeps it in a quick run as well, with fewer rounds. */
const QUICK_ROUNDS = 3

/**
 * Runs what is asked for, writes the report, and prints a line for each goal.
 * @returns the exit code
 */
export async function runBenchmarks(given: Arguments): Promise<number> {
  const progress = createProgress(process.stderr, Date.now)
  const results = await measureAll(given, progress)
  const verdicts = judgeGoals(parseGoals(JSON.parse(readFileSync(GOALS, 'utf8'))), results)
  if (given.only.length === 0) {
    write({ ...writeReport(results, verdicts), 'latest.json': toJson(results, verdicts) })
    console.log(`Written to ${FOLDER}`)
  }
  const shown =
    given.only.length === 0 ? verdicts : verdicts.filter(({ outcome }) => outcome !== 'not measured')
  for (const verdict of shown) console.log(describeVerdict(verdict))
  for (const reason of results.skipped) console.log(`not measured ${reason}`)
  // a quick run leaves out what takes long; a full one has no excuse
  const isGood = shown.every(
    ({ outcome }) => outcome === 'reached' || (outcome === 'not measured' && given.quick),
  )
  return given.check && !isGood ? 1 : 0
}

async function measureAll(given: Arguments, progress: Progress): Promise<Results> {
  const started = new Date()
  const skipped: string[] = []
  const results: GroupResult[] = []
  const wanted = groups.filter(candidate => isWanted(candidate, given))
  const stockroom = createStockroom(wanted, progress.show)
  for (const group of wanted) {
    const result = await attempt(group, stockroom, given.quick ? QUICK : FULL, progress, skipped)
    if (result === undefined) continue
    results.push(result)
    printGroup(result, progress)
  }
  const figures = given.methods || given.only.length > 0 ? [] : await measureFigures(progress, skipped)
  return {
    startedAt: started.toISOString(),
    durationSeconds: (Date.now() - started.getTime()) / 1000,
    mode: given.quick ? 'quick' : 'full',
    machine: describeMachine(),
    groups: results,
    figures: [...figures, ...figuresOfSubjects(results)],
    skipped,
  }
}

function isWanted(
  { id, kind = 'peers', isLong = false }: Group,
  { quick, methods, only }: Arguments,
): boolean {
  if (only.length > 0) return only.some(name => id.startsWith(name))
  if ((kind === 'methods') !== methods) return false
  return !(quick && isLong)
}

/** A server that is away must not cost the rest of the report. */
async function attempt(
  group: Group,
  stockroom: Stockroom,
  pace: Pace,
  progress: Progress,
  skipped: string[],
): Promise<GroupResult | undefined> {
  try {
    const place = await stockroom.enter(group)
    return await runGroup(group, paceOf(group, pace), { place, onProgress: progress.show })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    skipped.push(`${group.id}: ${reason.split('\n')[0]}`)
    progress.print(reason)
    return undefined
  } finally {
    await stockroom.leave(group)
  }
}

function paceOf(group: Group, pace: Pace): Pace {
  if (group.pace === undefined) return pace
  return { ...pace, ...group.pace, ...(pace === QUICK && { rounds: QUICK_ROUNDS }) }
}

/** What subjects counted themselves, such as writes, under `<group>/<subject>/<name>`. */
function figuresOfSubjects(results: readonly GroupResult[]): readonly Figure[] {
  return results.flatMap(({ id, title, subjects }) =>
    subjects.flatMap(subject =>
      Object.entries(subject.figures).map(([name, value]) => ({
        id: `${id}/${subject.name}/${name}`,
        title: `${title}, ${subject.name}: ${name}`,
        value,
        unit: '',
      })),
    ),
  )
}

function printGroup(group: GroupResult, progress: Progress): void {
  progress.print(group.title)
  for (const subject of group.subjects) {
    const { median, spread } = summarize(timesOf(group, subject))
    const bytes = subject.bytesPerOperation
    const allocated = bytes === undefined ? '' : `  ${Math.round(bytes)} B`
    progress.print(
      `  ${subject.name.padEnd(34)} ${formatTime(median).padStart(9)}  ± ${Math.round(spread * 100)} %${allocated}`,
    )
  }
}

function describeMachine(): Machine {
  const processors = cpus()
  return {
    node: process.versions.node,
    cpu: processors[0]?.model ?? 'unknown processor',
    cores: processors.length,
    system: `${type()} ${release()} ${arch()}`,
    load: loadavg()[0] ?? 0,
  }
}

function write(files: ReportFiles): void {
  mkdirSync(FOLDER, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(FOLDER + name, text)
}

function toJson(results: Results, verdicts: readonly GoalVerdict[]): string {
  const goals = verdicts.map(({ goal, outcome, value }) => ({ id: goal.id, outcome, value }))
  return `${JSON.stringify({ ...results, goals }, undefined, 2)}\n`
}
