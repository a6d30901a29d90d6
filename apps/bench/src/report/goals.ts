import type { GroupResult, SubjectResult } from '../harness/run-group.js'
import { pairedRatio } from '../harness/statistics.js'
import type { Results } from './results.js'

/**
 * What is to be reached. `time-ratio` divides the time of `subject` by that of `of`; `speed-ratio` the other way
 * round, for the fastest of `of`; `figure` is a number by itself.
 */
export interface Goal {
  readonly id: string
  readonly text: string
  readonly value:
    | {
        readonly kind: 'time-ratio' | 'speed-ratio'
        readonly group: string
        readonly subject: string
        readonly of: readonly string[]
      }
    | { readonly kind: 'figure'; readonly id: string }
  readonly atMost?: number
  readonly atLeast?: number
  /** Why it is missed, where the limit is known. */
  readonly limit?: string
}

/** What became of a goal. */
export interface GoalVerdict {
  readonly goal: Goal
  readonly outcome: 'reached' | 'missed' | 'not measured'
  readonly value?: number
}

/**
 * Reads the goals. @throws TypeError for anything that is no list of goals, with the place
 */
export function parseGoals(value: unknown): readonly Goal[] {
  if (!Array.isArray(value)) throw new TypeError('Goals must be an array.')
  return value.map(parseGoal)
}

/** Compares what was measured with the goals. */
export function judgeGoals(goals: readonly Goal[], results: Results): readonly GoalVerdict[] {
  return goals.map(goal => {
    const value = findValue(goal, results)
    if (value === undefined || Number.isNaN(value)) return { goal, outcome: 'not measured' }
    const isReached = value <= (goal.atMost ?? Infinity) && value >= (goal.atLeast ?? -Infinity)
    return { goal, outcome: isReached ? 'reached' : 'missed', value }
  })
}

/** One line for a reader. */
export function describeVerdict({ goal, outcome, value }: GoalVerdict): string {
  const bound = goal.atMost === undefined ? `at least ${goal.atLeast}` : `at most ${goal.atMost}`
  const figure = value === undefined ? '' : `${formatFigure(value)}, `
  return `${outcome.padEnd(12)} ${goal.text}: ${figure}goal ${bound}`
}

/** The time that comparisons are made with: what the process computed, or what its users wait for. */
export function timesOf(group: GroupResult, subject: SubjectResult): readonly number[] {
  return group.clock === 'wall' ? subject.wall : subject.cpu
}

/** Three digits are what a benchmark can mean. */
export function formatFigure(value: number): string {
  if (value === 0 || Math.abs(value) >= 100) return String(Math.round(value))
  return String(Number(value.toPrecision(3)))
}

function findValue({ value }: Goal, { groups, figures }: Results): number | undefined {
  if (value.kind === 'figure') return figures.find(({ id }) => id === value.id)?.value
  const group = groups.find(({ id }) => id === value.group)
  const subject = group?.subjects.find(({ name }) => name === value.subject)
  if (group === undefined || subject === undefined) return undefined
  const others = group.subjects.filter(({ name }) => value.of.includes(name))
  if (others.length < value.of.length) return undefined
  const ratios = others.map(other => pairedRatio(timesOf(group, subject), timesOf(group, other)))
  return value.kind === 'time-ratio' ? Math.max(...ratios) : 1 / Math.max(...ratios)
}

function parseGoal(value: unknown, index: number): Goal {
  const goal = Object(value) as Partial<Goal>
  const problem = findProblem(goal)
  if (problem !== undefined) throw new TypeError(`Goal ${index} (${String(goal.id)}) ${problem}.`)
  // the line above has looked at every member
  return goal as Goal
}

function findProblem({ id, text, value, atMost, atLeast }: Partial<Goal>): string | undefined {
  if (typeof id !== 'string' || typeof text !== 'string') return 'needs an id and a text'
  if ((typeof atMost === 'number') === (typeof atLeast === 'number')) return 'needs one of atMost and atLeast'
  switch (value?.kind) {
    case 'figure':
      return typeof value.id === 'string' ? undefined : 'names no figure'
    case 'time-ratio':
    case 'speed-ratio':
      return Array.isArray(value.of) && value.of.length > 0 ? undefined : 'names nobody to compare with'
    default:
      return 'has no kind of value that is known'
  }
}
